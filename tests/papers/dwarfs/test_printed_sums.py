"""What the printed counts of the campaign add up to."""

from secondsight.papers.dwarfs.printed_sums import printed_counts, sums, sums_table


def test_the_parts_are_the_whole_and_the_page_leaves_the_known_dwarfs_out() -> None:
    count, made = printed_counts(), sums()
    assert made["sum_of_parts"] == count["dwarf_subjects"]
    assert made["sum_less_known"] == count["campaign_subjects_retired"]
    assert made["votes_candidates"] < count["dwarf_classifications"] < made["votes_all"]
    assert 0 < made["votes_gap"].value < 0.01


def test_each_sum_stands_beside_what_is_printed() -> None:
    table = sums_table()
    assert table["computed"].tolist() == [v for k, v in sums().items() if k != "votes_gap"]
    assert table["printed"].str.contains("paper|page").all()

"""The printed table: every row has a title, and ours stands beside it."""

from secondsight.datasets.published import published_table
from secondsight.papers.radio.printed_table import (
    TITLES,
    printed_rows,
    row_gaps,
)

PRINTED = published_table("radio_alignment")


def test_every_printed_row_has_a_title() -> None:
    assert set(TITLES) == set(PRINTED.rows)


def test_the_rows_of_the_probe_are_nearer_than_those_of_the_neighbours() -> None:
    assert row_gaps(PRINTED, "probe_f1").max() < row_gaps(PRINTED, "knn_f1").min()


def test_rows_stand_behind_their_titles() -> None:
    table = printed_rows(PRINTED, {"mean_cosine": ("cosine", "both")}, "what", "of")
    assert list(table.columns) == ["what", "of", *PRINTED.columns]
    assert table.iloc[0].tolist()[:2] == ["cosine", "both"]

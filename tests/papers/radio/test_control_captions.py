"""Curated captions less control captions, as printed."""

from secondsight.datasets.published import published_table
from secondsight.papers.radio.control_captions import PROBES, RETRIEVAL, signed, signs

APART = published_table("radio_curated_less_control")


def test_the_differences_are_those_of_the_slides() -> None:
    assert APART.rows["top_5_recall"] == [-0.12, -0.23, 0.04, -0.18]
    assert [min(APART.rows["probe_f1_images"]), max(APART.rows["probe_f1_images"])] == [-0.01, 0.05]
    assert APART.columns == published_table("radio_alignment").columns


def test_probes_gain_and_retrieval_gets_worse() -> None:
    assert signs(APART, PROBES) == {"curated": 7, "control": 3, "printed": 10}
    assert signs(APART, RETRIEVAL) == {"curated": 2, "control": 8, "printed": 10}


def test_what_is_not_printed_is_said() -> None:
    table = signed(APART, {row: row.upper() for row in (*PROBES, *RETRIEVAL)})
    assert table.iloc[3].tolist() == ["RECALL_AT_1", "-0.03", "-0.08", "none printed", "-0.01"]

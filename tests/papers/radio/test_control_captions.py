"""Curated captions less control captions, as printed."""

import pytest

from secondsight.datasets.published import published_table
from secondsight.papers.radio.control_captions import (
    PROBES,
    RETRIEVAL,
    as_printed,
    by_the_log,
    differences,
    how_many,
    signs,
)
from secondsight.papers.radio.printed_table import TITLES

APART, LOG = published_table("radio_curated_less_control"), published_table("radio_log")


def test_the_differences_are_those_of_the_slides() -> None:
    assert APART.rows["top_5_recall"] == [-0.12, -0.23, 0.04, -0.18]
    assert [min(APART.rows["probe_f1_images"]), max(APART.rows["probe_f1_images"])] == [-0.01, 0.05]
    assert APART.columns == published_table("radio_alignment").columns


def test_probes_gain_and_retrieval_gets_worse() -> None:
    assert signs(APART, PROBES) == {"curated": 7, "control": 3, "printed": 10}
    assert signs(APART, RETRIEVAL) == {"curated": 2, "control": 8, "printed": 10}


def test_the_prose_gets_its_numbers() -> None:
    assert how_many(APART)["retrieval_control"] == 8
    found = differences(APART, LOG)
    assert (found["apart_least"], found["apart_most"], found["apart_five_2"]) == (-0.01, 0.05, 0.04)


def test_a_difference_stands_in_brackets_where_one_is_printed() -> None:
    printed = as_printed(published_table("radio_alignment"), APART, TITLES)
    table = printed.set_index("curated captions")
    assert list(table.loc[TITLES["top_5_recall"]])[1].endswith("(-0.23)")
    assert "(" not in table.loc[TITLES["recall_at_1"], "text LoRA"]
    assert "(" not in "".join(table.loc[TITLES["mean_cosine"]])


def test_the_log_and_the_slides_differ_on_one_run() -> None:
    found = by_the_log(LOG, "top_5_recall")
    assert found == {
        "vision LoRA": pytest.approx(-0.2404),
        "text LoRA": pytest.approx(-0.1346),
    }

from pathlib import Path

import pytest

from secondsight.datasets import derived
from secondsight.papers.skies import star_fields as realism_stars
from secondsight.simulate.campaign import catalogue, scene

QUANTITIES = ["stars", "median_colour", "background", "excess"]


def test_an_easy_dwarf_stands_out_and_a_faint_one_does_not() -> None:
    subjects = catalogue()
    dwarfs = subjects[subjects["kind"] == "simulated dwarf"].sort_values("detectability")
    faint = realism_stars.measure_field(scene(dwarfs["image_id"].iloc[0]))
    bright = realism_stars.measure_field(scene(dwarfs["image_id"].iloc[-1]))
    assert bright["excess"] > 5 > faint["excess"]


def test_the_summary_has_every_quantity() -> None:
    table = realism_stars.simulated_stars(3)
    assert table["quantity"].tolist() == QUANTITIES
    assert (table["p16"] <= table["p84"]).all()


def test_the_committed_table_is_that_of_four_fields() -> None:
    table = derived.load("real_stars").table
    assert table["quantity"].tolist() == QUANTITIES
    assert set(table["images"]) == {4}


def test_rows_of_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    names = [name for name, images in realism_stars.subject_rows(1) if len(images) == 1]
    assert names == [f"{kind}, simulated" for kind in realism_stars.KINDS]


def test_with_a_mirror_delve_6_stands_below(mirror: Path) -> None:
    assert "real" in realism_stars.subject_rows(1)[-1][0]


def test_ten_classes_in_two_rows() -> None:
    assert [len(images) for _, images in realism_stars.galaxy10_rows()] == [5, 5]

"""The small model's committed answers on FIRST radio galaxies in four classes."""

from pathlib import Path

import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets.first_radio import read_members
from secondsight.papers.radio.first_answers import (
    FIELDS,
    accuracy_lines,
    answer_numbers,
    answers_on,
)

COMMITTED = pd.read_csv(paths.DERIVED / "first_answers.csv")


def test_the_numbers_are_those_of_the_table() -> None:
    found = answer_numbers(COMMITTED)
    bright = COMMITTED.query("black == 0")
    two = bright.query("label < 2")
    assert (found["first_images"], found["first_black"]) == (2158, 1)
    for field in FIELDS:
        right = (bright[f"{field}_4"] == bright["label"]).mean()
        assert found[f"first_{field}_4"].value == right
        assert found[f"first_{field}_2"].value == (two[f"{field}_2"] == two["label"]).mean()
    assert found["first_lead"].value == pytest.approx(
        found["first_middle_2"].value - found["first_whole_2"].value
    )
    new = two[~two["catalogue"].str.startswith("Mira")]
    assert (found["first_new_2"].n, found["first_new_always_2"].value) == (
        len(new),
        (new["label"] == 1).mean(),
    )


def test_mirabest_stands_beside_them() -> None:
    numbers = answer_numbers(COMMITTED)
    lines = accuracy_lines(numbers["first_middle_2"], numbers)
    assert [line.name for line in lines][:2] == ["MiraBest", "larger set, the middle"]
    assert len(lines) == 7


def test_every_answer_is_a_category_of_its_prompt() -> None:
    for field in FIELDS:
        assert set(COMMITTED[f"{field}_4"]) <= {0, 1, 2, 3}
        assert set(COMMITTED[f"{field}_2"]) <= {0, 1}


def test_the_rows_are_the_images_of_the_archive(mirror: Path) -> None:
    members = read_members(mirror / "radio_first" / "galaxy_data.zip")
    assert COMMITTED["split"].tolist() == [member.split for member in members]
    assert COMMITTED["label"].tolist() == [int(member.label) for member in members]
    assert COMMITTED["catalogue"].tolist() == [member.catalogue for member in members]
    black = [
        member.image_id for member, row in zip(members, COMMITTED["black"], strict=True) if row
    ]
    assert black == ["22.446_0.776"]


def test_some_answers_made_anew_are_the_committed_ones(mirror: Path) -> None:
    members = read_members(mirror / "radio_first" / "galaxy_data.zip")
    places = range(0, len(members), 300)
    anew = answers_on([members[place] for place in places])
    pd.testing.assert_frame_equal(anew, COMMITTED.iloc[list(places)].reset_index(drop=True))

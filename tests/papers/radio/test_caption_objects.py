"""The rule on made captions, the judged sample, and the committed table."""

from pathlib import Path

import pandas as pd
import pytest

from secondsight import paths
from secondsight.errors import DataError
from secondsight.metrics.intervals import proportion
from secondsight.papers.radio import caption_objects as objects
from secondsight.papers.radio.caption_objects import (
    GRADES,
    OBJECTS,
    caption_objects,
    grade,
    judged_numbers,
    named_shares,
    read_judged,
    recall_of_rule,
    strongest,
)

SOLAR, CRAFT, MICRO = OBJECTS


@pytest.fixture
def committed() -> pd.DataFrame:
    """The committed table."""
    return pd.read_csv(paths.DERIVED / "caption_objects.csv", keep_default_na=False)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Two lobes and a bright core.", SOLAR, ""),
        ("Jupiter shines.", SOLAR, "outright"),
        ("It shows a comet.", SOLAR, "outright"),
        ("It is possibly a comet.", SOLAR, "guess"),
        ("It is possibly far away. It is a comet.", SOLAR, "outright"),
        ("A comet, possibly far away.", SOLAR, "outright"),
        ("Resembling a moon. A planet.", SOLAR, "outright"),
        ("Two comet-like objects.", SOLAR, "guess"),
        ("A moonless night.", SOLAR, ""),
        ("Cometary tails.", SOLAR, ""),
        ("A planetary nebula.", SOLAR, ""),
        ("A MOON.", SOLAR, "outright"),
        ("Taken by NASA's Hubble.", CRAFT, "outright"),
        ("The International Space Station.", CRAFT, "outright"),
        ("Taken by NASA's Hubble.", SOLAR, ""),
        ("Perhaps microscopic particles.", MICRO, "guess"),
        ("An excellent cellar.", MICRO, ""),
        ("", MICRO, ""),
    ],
)
def test_the_rule(text: str, kind: str, expected: str) -> None:
    assert grade(text, kind) == expected


def test_each_caption_is_a_row(tmp_path: Path) -> None:
    texts = [["Two well-known lobes."], ["A moon, or a cell."], ["One", "Two words"], ["Hubble."]]
    for name, some in zip("abcd", texts, strict=True):
        pd.DataFrame({"caption": some}).to_csv(tmp_path / name, index=False)
    table = caption_objects(*(tmp_path / name for name in "abcd"))
    assert table.to_numpy().tolist() == [
        ["curated", "test", 0, 3, "", "", ""],
        ["control", "test", 0, 5, "outright", "", "guess"],
        ["curated", "train", 0, 1, "", "", ""],
        ["curated", "train", 1, 2, "", "", ""],
        ["control", "train", 0, 1, "", "outright", ""],
    ]
    assert strongest(table).tolist() == ["", "outright", "", "", "outright"]


def test_the_recall_weights_the_two_parts() -> None:
    sure, none = proportion(30, 30), proportion(0, 30)
    assert recall_of_rule(sure, none, 100, 900).value == 1
    half = recall_of_rule(proportion(20, 20), proportion(2, 20), 100, 1_000)
    assert half.value == pytest.approx(0.5)
    assert half.low < half.value < half.high
    few = recall_of_rule(sure, proportion(1, 30), 100, 900)
    more = recall_of_rule(sure, proportion(10, 300), 100, 900)
    assert few.low < more.low


# --- The committed table and the judged sample ---------------------------------------------


def test_the_committed_table_is_of_all_captions_and_holds_no_text(committed: pd.DataFrame) -> None:
    sizes = committed.groupby(["captions", "part"]).size().to_dict()
    assert sizes == {
        (kind, part): count
        for kind in ("curated", "control")
        for part, count in (("test", 104), ("train", 729))
    }
    assert set(committed[list(OBJECTS)].to_numpy().ravel()) <= set(GRADES)


def test_no_curated_caption_is_flagged_and_some_control_captions_are(
    committed: pd.DataFrame,
) -> None:
    named = (strongest(committed) != "").groupby(committed["captions"]).sum()
    assert named["curated"] == 0
    assert named["control"] > 100


def test_the_sample_is_of_captions_that_there_are(committed: pd.DataFrame) -> None:
    judged = read_judged(committed)
    assert set(judged["judged"]) <= set(GRADES)
    shuffled = judged[judged["shuffled"] == 1]
    flagged = shuffled["rule"] != ""
    assert flagged.groupby(shuffled["captions"]).agg(["sum", "size"]).to_numpy().tolist() == [
        [30, 60],
        [0, 30],
    ]
    assert (judged.loc[judged["shuffled"] == 0, "rule"] == "").all()


def test_the_judged_file_holds_places_and_judgements_alone() -> None:
    lines = objects.JUDGED.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "captions,part,image,judged,shuffled"
    assert max(map(len, lines[1:])) < 40


def test_a_judged_caption_that_is_not_there_is_refused(committed: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"judged_captions\.csv judges a caption"):
        read_judged(committed[committed["part"] == "test"])


def test_outright_is_rarer_than_at_all_and_any_is_more_than_each(committed: pd.DataFrame) -> None:
    shares = named_shares(committed)
    anything = shares["at all", "control", "all"]
    assert shares["outright", "control", "all"].value < anything.value
    assert all(shares["at all", "control", what].value <= anything.value for what in OBJECTS)
    assert shares["at all", "curated", "all"].value == 0


def test_the_sample_is_counted_by_how_it_was_read(committed: pd.DataFrame) -> None:
    numbers = judged_numbers(committed)
    parts = [numbers[f"judged_{part}"] for part in ("flagged", "others", "curated")]
    assert numbers["judged_all"] == sum(parts) == 90
    assert numbers["rule_precision"].n == numbers["judged_flagged"]
    assert numbers["rule_missed"].n == numbers["judged_others"] + numbers["judged_more"]

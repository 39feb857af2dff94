"""The data of the page of galaxies: what the page counts is what the package counts."""

import json
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from secondsight.book import look, look_sheets
from secondsight.datasets.aion_search import NOT_ASKED, Runs
from secondsight.datasets.registry import load
from secondsight.errors import MissingResponses
from secondsight.inference.prompt import load_prompt
from secondsight.metrics.intervals import proportion
from secondsight.papers.replayed import answers, confusion

MODEL = "minivlm-4"
ids = st.lists(st.text("ab-0123456789", min_size=1, max_size=8), min_size=1, unique=True)


def handed_over(path: Path) -> Any:
    """Return what a script hands to the page, under the name that it gives it."""
    name, _, value = path.read_text(encoding="utf-8").removesuffix(");\n").partition(", ")
    assert name == f'SecondSight.data("look/{path.stem}"'
    return json.loads(value)


@pytest.fixture(scope="module")
def lsbg() -> dict[str, Any]:
    return look.simulated("lsbg", [MODEL])


def test_the_counts_of_a_data_set_are_those_of_the_package(lsbg: dict[str, Any]) -> None:
    for prompt in lsbg["prompts"]:
        task = load_prompt(prompt["name"]).categories
        table = confusion(answers(load("lsbg"), prompt["name"], MODEL, "none"), task)
        (model,) = prompt["models"]
        (calls,) = model["calls"]
        given = [prompt["replies"][reply]["answer"] for reply in calls]
        counts = Counter(zip(lsbg["truth"], given, strict=True))
        both = [[counts[truth, answer] for answer in range(2)] for truth in range(2)]
        assert both == table.counts.tolist()


def test_a_simulated_data_set_says_so_and_keeps_its_order(lsbg: dict[str, Any]) -> None:
    assert lsbg["sky"] == "simulated sky"
    written = [lsbg["prefix"] + rest for rest in lsbg["ids"].split(" ")]
    assert written == load("lsbg").table["image_id"].tolist()
    assert sorted(lsbg["pictures"]["place"]) == list(range(500))


@given(ids)
def test_ids_come_back_as_they_were(names: list[str]) -> None:
    raw = look._ids(pd.Series(names))
    assert [raw["prefix"] + rest for rest in raw["ids"].split(" ")] == names


@given(st.lists(st.integers(0, 3), min_size=1))
def test_a_column_of_one_value_is_written_as_the_value(values: list[int]) -> None:
    column = look._column(pd.Series(values))
    assert column == (values[0] if len(set(values)) == 1 else values)


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(25, 60)), min_size=1))
def test_the_interval_of_votes_is_the_packages(pairs: list[tuple[int, int]]) -> None:
    yes, of = (pd.Series(column) for column in zip(*pairs, strict=True))
    intervals = look._votes(yes, of)["intervals"]
    assert intervals.keys() == {f"{n}/{total}" for n, total in pairs}
    own = proportion(*pairs[0])
    assert intervals["/".join(map(str, pairs[0]))] == [round(own.low, 3), round(own.high, 3)]


def answered(repeats: int) -> pd.DataFrame:
    """Two candidates, each asked so often."""
    rows = [
        {"image_id": name, "repeat": repeat, "answer": answer, "probability": share, "text": answer}
        for name, answer, share in (("a", "1", 0.9), ("b", None, np.nan))
        for repeat in range(repeats)
    ]
    return pd.DataFrame(rows).assign(outcome="answered", confidence=None)


def test_each_repeat_is_a_list_and_what_was_not_asked_about_is_told() -> None:
    replies: dict[tuple[object, ...], int] = {}
    model = look._model("m", answered(3), (3, ["0", "1"]), replies)
    assert model["calls"] == [[0, 1, -1]] * 3
    assert model["score"] == [900, -1, -1]
    assert list(replies) == [(1, "answered", "", "1"), (-1, "answered", "", "")]


def test_a_model_that_was_asked_nothing_is_left_out_and_the_books_own_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(dataset: object, prompt: str, model: str, record: str) -> pd.DataFrame:
        raise MissingResponses("none recorded")

    monkeypatch.setattr(look, "answers", nothing)
    assert look._tables(load("lsbg"), "lsbg-1", ["gpt-9"]) == {}
    with pytest.raises(MissingResponses):
        look._tables(load("lsbg"), "lsbg-1", [MODEL])


def released() -> Runs:
    """Two galaxies described by one configuration twice; one has no features to ask about."""
    question, arms = "smooth-or-featured", "has-spiral-arms"
    rows = [
        ("g1", 0, "smooth", NOT_ASKED, "It is smooth."),
        ("g1", 1, "featured-or-disk", "yes", "It has arms."),
        ("g2", 0, "featured-or-disk", "yes", "Arms."),
        ("g2", 1, "featured-or-disk", NOT_ASKED, "A disc."),
    ]
    columns = ["galaxy", "repeat", question, arms, "text"]
    votes = [
        ("g1", "J001000.00-010000.0", question, "smooth", 30, 0.75),
        ("g2", "J120000.00+020000.0", question, "featured-or-disk", 36, 0.9),
        ("g2", "J120000.00+020000.0", arms, "yes", 20, 0.556),
    ]
    others = set(look.QUESTION_TITLES) - {question, arms}
    table = pd.DataFrame(rows, columns=columns).assign(
        configuration="gpt-4o", **dict.fromkeys(others, NOT_ASKED)
    )
    names = ["galaxy", "name", "question", "answer", "votes", "agreement"]
    return Runs(table, pd.DataFrame(votes, columns=names), 0)


def test_real_galaxies_show_votes_beside_codes_and_only_where_volunteers_came_to_a_question() -> (
    None
):
    dataset = look.described(released())
    by_name = {prompt["name"]: prompt for prompt in dataset["prompts"]}
    first, arms = by_name["smooth-or-featured"], by_name["has-spiral-arms"]
    assert (dataset["sky"], dataset["origin"]) == ("real sky", "recorded elsewhere")
    assert first["categories"] == ["featured or disk", "smooth", "not mentioned", "not reached"]
    assert first["truth"] == [1, 0]
    assert (first["yes"], first["votes"]) == ([30, 36], 40)
    assert first["models"][0]["calls"] == [[1, 0], [0, 0]]
    assert (arms["truth"], arms["votes"]) == ([-1, 0], [0, 36])
    assert arms["models"][0]["calls"] == [[-1, 0], [-1, 2]]
    assert "pictures" not in dataset


def test_pictures_that_others_released_are_on_one_sheet(tmp_path: Path) -> None:
    assert look._released([], tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()
    grey = [np.full((4, 6, 3), shade, np.uint8) for shade in (10, 90, 170)]
    where = look._released(grey, tmp_path / look.AION)["pictures"]
    with Image.open(tmp_path / where["folder"].removeprefix("data/") / "0.webp") as sheet:
        assert sheet.size == (where["columns"] * where["width"], where["height"])
        seen = [sheet.getpixel((place * where["width"] + 3, 2))[1] for place in where["place"]]
    assert seen == pytest.approx([10, 90, 170], abs=8)


def test_descriptions_are_in_the_order_of_their_repeats() -> None:
    assert dict(look.texts_of(released())) == {
        "g1": {"gpt-4o": ["It is smooth.", "It has arms."]},
        "g2": {"gpt-4o": ["Arms.", "A disc."]},
    }


@pytest.mark.parametrize(
    ("name", "degrees"),
    [("J120000.00+020000.0", (180.0, 2.0)), ("J001000.00-003600.0", (2.5, -0.6))],
)
def test_a_galaxys_name_tells_where_it_is(name: str, degrees: tuple[float, float]) -> None:
    assert look.sight(name) == degrees


def test_a_script_hands_over_what_was_written(tmp_path: Path) -> None:
    look._write(tmp_path, "lsbg", {"text": "</script> “1”\n"})
    assert handed_over(tmp_path / "lsbg.js") == {"text": "</script> “1”\n"}


@pytest.mark.parametrize("sky", look_sheets.PICTURES)
def test_pictures_are_of_different_images_of_the_sky_at_their_size(sky: str) -> None:
    dataset, chosen = load(sky), look_sheets.pictured(sky)
    assert len(chosen) == len(set(chosen)) == look_sheets.PICTURES[sky]
    assert set(chosen) <= set(dataset.table["image_id"])
    picture = Image.open(BytesIO(dataset.png(chosen[0])))
    assert picture.size == look_sheets.SIZES[sky]


@given(st.lists(st.sampled_from("0123"), min_size=1, max_size=60), st.integers(1, 60))
def test_a_choice_takes_every_kind_in_turn(labels: list[str], most: int) -> None:
    table = pd.DataFrame({"image_id": [str(n) for n in range(len(labels))], "label": labels})
    chosen = look_sheets._in_turn(table, most)
    counts = Counter(labels[int(name)] for name in chosen)
    assert len(chosen) == min(most, len(labels))
    left = {kind for kind, count in Counter(labels).items() if counts[kind] < count}
    assert all(abs(counts[a] - counts[b]) <= 1 for a, b in pairwise(sorted(left)))


def test_sheets_hold_each_picture_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = look_sheets.pictured("lsbg")[:61]
    monkeypatch.setattr(look_sheets, "pictured", lambda sky: chosen)
    look_sheets.write_sheets("lsbg", tmp_path)
    first, last = (Image.open(tmp_path / f"{n}.webp") for n in range(2))
    assert (first.size, last.size) == ((640, 384), (640, 64))
    own = np.asarray(load("lsbg").pixels(chosen[12])).astype(int)
    there = np.asarray(first.convert("RGB").crop((128, 64, 192, 128))).astype(int)
    assert np.abs(own - there).mean() < 8

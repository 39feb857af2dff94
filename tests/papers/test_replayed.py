"""Answers that were asked for here, as the chapters show them."""

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.origins import Origin
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import DWARF, LSBG, MORPHOLOGY
from secondsight.errors import MissingResponses
from secondsight.inference.recording_plan import Plan, Recording, read_plan
from secondsight.metrics.scores import accuracy
from secondsight.papers import replayed
from secondsight.papers.dwarfs.campaign import find_campaign

MODEL = read_plan().model


@pytest.fixture(scope="module")
def sky() -> Dataset:
    return replayed.first_images("lsbg")


@pytest.fixture(scope="module")
def table(sky: Dataset) -> pd.DataFrame:
    return replayed.answers(sky, "lsbg-1", MODEL, "none")


def test_as_many_images_are_asked_about_as_the_papers_did(sky: Dataset) -> None:
    assert len(sky) == replayed.IMAGES == len(replayed.first_images("morphology"))
    assert len(replayed.first_images("dwarfs")) == replayed.IMAGES


def test_the_recorded_answers_are_found(sky: Dataset, table: pd.DataFrame) -> None:
    assert table["image_id"].tolist() == sky.table["image_id"].tolist()
    counts = replayed.confusion(table, LSBG)
    assert counts.n == len(sky)
    assert accuracy(counts).value == (table["answer"] == table["label"]).mean()


def test_the_chapter_of_the_small_model_counts_the_same(table: pd.DataFrame) -> None:
    planned = Recording(dataset="lsbg", prompt="lsbg-1", title="")
    counted = replayed.counts(planned, MODEL, "none")
    assert counted.counts.tolist() == replayed.confusion(table, LSBG).counts.tolist()


def test_a_model_without_recordings_stops_in_a_line(sky: Dataset) -> None:
    with pytest.raises(MissingResponses, match="500 of 500 responses are not recorded"):
        replayed.answers(sky, "lsbg-1", "gpt-5-mini", "none")


def test_what_is_not_planned_is_asked_plainly() -> None:
    assert replayed._planned("dwarfs", "dwarf-1").sampled
    plain = replayed._planned("lsbg", "lsbg-9")
    assert (plain.dataset, plain.prompt, plain.repeats, plain.sampled) == (
        "lsbg",
        "lsbg-9",
        1,
        False,
    )


@pytest.fixture
def small_plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The book's plan with a few images of each data set."""
    plan = read_plan()
    few = [
        one.model_copy(update={"images": 20 + place}) for place, one in enumerate(plan.recording)
    ]
    small = plan.model_copy(update={"recording": tuple(few)})
    monkeypatch.setattr(replayed, "read_plan", lambda: small)
    return small


def test_a_chapter_asks_about_no_more_images_than_are_planned(small_plan: Plan) -> None:
    assert len(replayed.first_images("lsbg")) == 20
    assert len(find_campaign("dwarfs").subjects) == 26
    assert len(find_campaign("dwarfs-repeated").subjects) == 27
    assert {name: counts.n for name, counts in replayed.ask_all(MODEL, "none").items()} == {
        "lsbg": 20, ("lsbg", "names"): 21, "morphology": 22, ("morphology", "names"): 23,
        "radio": 24, ("radio", "names"): 25, "dwarfs": 26,
    }  # fmt: skip
    assert not replayed.is_default(MODEL, "lsbg", "lsbg-1")


def test_without_a_limit_all_are_asked_about(sky: Dataset) -> None:
    assert len(replayed.recorded_part(load("lsbg"))) == len(load("lsbg"))
    assert len(replayed.recorded_part(sky.head(3))) == 3


@pytest.mark.parametrize(
    ("asked", "default"),
    [
        ((MODEL, "lsbg", "lsbg-1"), True),
        (("gpt-5-mini", "lsbg", "lsbg-1"), False),
        ((MODEL, "lsbg-real", "lsbg-1"), False),
        ((MODEL, "lsbg", "lsbg-2"), False),
    ],
)
def test_the_default_is_what_the_book_shows_as_it_is_published(
    asked: tuple[str, str, str], default: bool
) -> None:
    assert replayed.is_default(*asked) is default


def test_what_another_model_was_not_asked_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def counts(planned: Recording, model: str, record: str) -> str:
        if planned.dataset != "morphology":
            raise MissingResponses(f"{planned.dataset} of {model}")
        return planned.prompt

    monkeypatch.setattr(replayed, "counts", counts)
    asked = replayed.ask_all("sky-2", "none")
    assert asked == {"morphology": "morphology-1", ("morphology", "names"): "morphology-1-names"}
    assert [task.key for task in replayed.tasks_in(asked)] == ["morphology"]
    with pytest.raises(MissingResponses, match=f"lsbg of {MODEL}"):
        replayed.ask_all(MODEL, "none")


def test_a_model_that_was_asked_nothing_stops_in_a_line() -> None:
    with pytest.raises(MissingResponses, match="500 of 500 responses are not recorded"):
        replayed.ask_all("sky-2", "none")


def made_up() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image_id": ["a", "b", "c", "d"],
            "label": ["1", "2", "2", "0"],
            "answer": ["2", "1", None, "0"],
            "outcome": ["answered", "answered", "refused", "answered"],
            "text": ["2", "cigar", None, "0"],
        }
    )


def test_what_was_not_read_is_counted_in_a_column_of_its_own() -> None:
    counts = replayed.confusion(made_up(), MORPHOLOGY)
    assert counts.others == ["refused"]
    assert (counts.n, accuracy(counts).value) == (4, 0.25)


def test_answers_are_shown_verbatim_with_what_was_read() -> None:
    shown = replayed.verbatim(made_up(), MORPHOLOGY)
    assert shown.to_numpy().tolist() == [
        ["a", "cigar", "2", "edge-on"],
        ["b", "edge-on", "cigar", "cigar"],
        ["c", "edge-on", "", "refused"],
    ]


def test_an_unknown_truth_is_said_to_be_unknown() -> None:
    shown = replayed.verbatim(made_up().assign(label=[None, "2", None, "0"]), MORPHOLOGY)
    assert shown["true category"].tolist() == ["not known", "edge-on", "not known"]


def test_a_control_may_be_asked_but_states_what_it_is_asked_for() -> None:
    assert set(replayed.all_prompts_of(DWARF)) >= {"dwarf-1", "dwarf-1-names"}
    assert "dwarf-1" in replayed.sure_prompts_of(DWARF)
    assert "dwarf-1-names" not in replayed.sure_prompts_of(DWARF)
    assert replayed.sure_prompts_of(LSBG) == []


def test_prompts_are_those_of_the_task_and_no_controls() -> None:
    assert "lsbg-1" in replayed.prompts_of(LSBG)
    assert "morphology-1" in replayed.prompts_of(MORPHOLOGY)
    assert not [name for name in replayed.prompts_of(LSBG) if not name.startswith("lsbg")]
    assert not [name for name in replayed.prompts_of(LSBG) if name.endswith(replayed.NAMES)]


@pytest.mark.parametrize(
    ("model", "said"),
    [(MODEL, "the papers' models"), ("gpt-5-mini", "what the papers found on it")],
)
def test_another_model_may_be_one_of_the_papers(sky: Dataset, model: str, said: str) -> None:
    assert replayed.whose_images(sky, model).endswith(f"the real sky, or about {said}.")


@pytest.mark.parametrize(
    ("origin", "whose", "said"),
    [
        ("simulated sky", Origin.SIMULATED_SKY, "are simulated by this project"),
        (
            "real sky",
            Origin.REAL_SKY,
            "the folder other on this machine, which are taken to be real",
        ),
    ],
)
def test_the_origin_is_the_data_sets_own(
    sky: Dataset, origin: str, whose: Origin, said: str
) -> None:
    other = Dataset("other", origin, sky.table, sky.png)
    assert replayed.origin_of(other) is whose
    assert said in replayed.whose_images(other, MODEL)
    assert f"other ({origin})" in replayed.answers_line(other, "lsbg-1", MODEL)


def test_examples_are_the_first_of_each_category(sky: Dataset) -> None:
    rows = replayed.examples(sky, LSBG, 3)
    assert [(name, len(images)) for name, images in rows] == [("artifact", 3), ("LSBG", 3)]
    labels = sky.table["label"]
    first = sky.table.loc[labels == "1", "image_id"].iloc[0]
    np.testing.assert_array_equal(rows[1][1][0], sky.pixels(first))


def test_a_category_without_images_has_no_row(sky: Dataset) -> None:
    only = Dataset(sky.name, sky.origin, sky.table[sky.table["label"] == "0"], sky.png)
    assert [name for name, _ in replayed.examples(only, LSBG, 2)] == ["artifact"]


def test_swapped_images_are_those_of_the_pair_each_way() -> None:
    shapes = load("morphology").head(4)
    table = made_up().assign(image_id=shapes.table["image_id"].to_numpy())
    rows = replayed.swapped(shapes, table, MORPHOLOGY, (1, 2))
    assert [(name, len(images)) for name, images in rows] == [
        ("cigar, called edge-on", 1),
        ("edge-on, called cigar", 1),
    ]
    np.testing.assert_array_equal(rows[0][1][0], shapes.pixels(shapes.table["image_id"].iloc[0]))
    right = table.assign(answer=table["label"])
    assert replayed.swapped(shapes, right, MORPHOLOGY, (1, 2)) == []


def test_a_control_is_on_the_same_images(table: pd.DataFrame) -> None:
    named = table.assign(answer=table["answer"].where(table.index % 2 == 0))
    numbers = replayed.control(table, named, LSBG)
    lead = numbers["here_accuracy"].value - numbers["here_names_accuracy"].value
    assert numbers["here_lead"].value == pytest.approx(lead)
    assert numbers["here_constant"] == replayed.most_frequent(replayed.confusion(table, LSBG))
    assert numbers["here_unread"] == table["answer"].isna().sum()

import numpy as np
import pytest

from secondsight.datasets import derived
from secondsight.datasets.published import published_number, published_table
from secondsight.descriptions.answerers import BLIND, RANDOM, RIGHT, Answerer, answerers
from secondsight.descriptions.cosines import read_cosines
from secondsight.descriptions.texts import fixed, references

COUNTS = published_table("galaxy10_counts").rows["images"]


@pytest.fixture(scope="module")
def ways() -> list[Answerer]:
    return answerers(read_cosines(derived.load("description_cosines").table), COUNTS)


def test_the_published_counts_add_up_to_the_images_of_the_published_scores() -> None:
    assert sum(COUNTS) == published_number("astrollava_cosine").n


def test_every_set_scores_every_answer_but_itself(ways: list[Answerer]) -> None:
    sets = set(references())
    for way in ways:
        missing = sets - set(way.scores)
        assert missing == ({way.name.split('"')[1]} if '"' in way.name else set())
    assert {way.group for way in ways} == {BLIND, RIGHT, RANDOM}
    assert [way.name for way in ways if way.group == BLIND] == list(fixed().values())


def test_the_mean_is_that_of_the_classes_by_their_frequency(ways: list[Answerer]) -> None:
    share = np.array(COUNTS) / sum(COUNTS)
    for way in ways:
        for name, spread in way.scores.items():
            assert spread.mean == pytest.approx(float(share @ way.by_class[name]))


def test_a_fixed_text_is_its_cosines_weighted(ways: list[Answerer]) -> None:
    table = derived.load("description_cosines").table
    own = table[(table["answer"] == "fixed/word") & table["reference"].str.startswith("label/")]
    expected = np.average(own["cosine"], weights=COUNTS)
    word = next(way for way in ways if way.name == "Galaxy")
    assert word.scores["label"].mean == pytest.approx(expected)


def test_within_one_set_truth_scores_more_than_chance(ways: list[Answerer]) -> None:
    named = {way.name: way for way in ways}
    for name in references():
        true, drawn = (
            named[way].scores[name].mean
            for way in ("the reference reworded", "a random class, reworded")
        )
        assert true > drawn

"""The scale of mean cosines, from the committed table."""

import numpy as np
import pytest

from secondsight.datasets import derived
from secondsight.descriptions.answerers import Answerer, answerers
from secondsight.descriptions.cosines import read_cosines
from secondsight.descriptions.texts import fixed, references
from secondsight.papers.astrollava import scale
from secondsight.papers.astrollava.small_model import (
    beaten,
    gains,
    own_scores,
    read_described,
    retrieval,
    rows,
)

PRINTED, IMAGES = 0.55, 100


@pytest.fixture(scope="module")
def ways() -> list[Answerer]:
    return answerers(read_cosines(derived.load("description_cosines").table), scale.class_counts())


def test_a_text_that_is_not_about_galaxies_is_no_blind_answer(ways: list[Answerer]) -> None:
    assert fixed()["elsewhere"] not in {way.name for way in scale.blind(ways)}
    assert len(scale.blind(ways)) == len(fixed()) - 1


def test_sets_are_counted_on_either_side_of_what_is_printed(ways: list[Answerer]) -> None:
    table = scale.by_set(ways, PRINTED)
    numbers = scale.scale_numbers(ways, PRINTED, IMAGES)
    assert list(table["references"]) == list(references())
    best, right = (table[name].astype(float) for name in list(table)[1:4:2])
    assert numbers["below_blind"] == (best > PRINTED).sum()
    assert numbers["above_right"] == (right < PRINTED).sum()
    assert numbers["right_lowest"].value <= right.min() <= numbers["right_highest"].value


def test_more_spread_resolves_less(ways: list[Answerer]) -> None:
    sds = scale.spreads(ways)
    leads = scale.resolution(sds, 0.01, IMAGES)["smallest lead, unrelated scores"].astype(float)
    assert list(sds) == ["smallest", "median", "largest"]
    assert leads.is_monotonic_increasing


def test_order_hangs_on_the_references(ways: list[Answerer]) -> None:
    numbers = scale.reference_numbers(ways, scale.class_counts(), 0.01)
    complete = numbers["complete"]
    assert numbers["pairs"] == complete * (complete - 1) / 2
    assert 0 < numbers["reordered"] < numbers["pairs"]
    assert numbers["swing_low"].value < numbers["swing_high"].value


def test_the_small_models_descriptions_are_scored_as_the_others() -> None:
    cosines = read_cosines(derived.load("description_cosines").table)
    described = read_described(derived.load("galaxy10_descriptions").table, cosines)
    own, shares = own_scores(described), retrieval(described)
    assert described.given.sum() == len(described.texts) == len(described.labels)
    assert set(own) == set(gains(described)) == set(references())
    assert 0 <= beaten(described, own) <= len(own)
    assert rows(described, own)[0].scores is own
    assert shares["chance_3"].value == pytest.approx(0.3)
    assert all(shares[f"top_1_{name}"].value <= shares[f"top_3_{name}"].value for name in own)
    most = np.bincount(described.labels).max()
    assert shares["always_1"].value == pytest.approx(most / len(described.labels))

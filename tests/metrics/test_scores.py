import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from metrics.made import answers, confusions
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import Estimate
from secondsight.metrics.scores import (
    accuracy,
    f1,
    f1_values,
    macro_f1,
    precision,
    precision_values,
    recall,
    recall_values,
    score_table,
)


@given(confusions())
def test_accuracy_is_scikit_learns(confusion: Confusion) -> None:
    found = accuracy(confusion)
    assert found.value == pytest.approx(accuracy_score(*answers(confusion)), abs=1e-12)
    assert found.n == confusion.n
    assert found.low <= found.value <= found.high


@given(confusions())
def test_the_scores_of_each_category_are_scikit_learns(confusion: Confusion) -> None:
    places = list(range(len(confusion.categories)))
    expected = precision_recall_fscore_support(*answers(confusion), labels=places, zero_division=0)
    found = [of(confusion.counts) for of in (precision_values, recall_values, f1_values)]
    for ours, theirs in zip(found, expected[:3], strict=True):
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(confusions())
def test_the_estimates_of_a_category_are_its_values(confusion: Confusion) -> None:
    for place, (found, rightly) in enumerate(
        zip(precision_values(confusion.counts), recall_values(confusion.counts), strict=True)
    ):
        for estimate, value in [
            (precision(confusion, place), found),
            (recall(confusion, place), rightly),
        ]:
            assert (estimate.value == pytest.approx(value)) if estimate.n else value == 0


@pytest.mark.parametrize(("column", "place"), [("precision", 0), ("recall", 1), ("F1", 2)])
def test_macro_means_are_scikit_learns(llava: Confusion, column: str, place: int) -> None:
    expected = precision_recall_fscore_support(*answers(llava), average="macro")
    found = score_table(llava).loc["macro mean", column]
    assert found.value == pytest.approx(expected[place], abs=1e-12)
    assert found.low < found.value < found.high


def test_an_answer_outside_the_categories_lowers_recall_and_not_precision() -> None:
    within = Confusion(np.array([[4, 1], [2, 3]]), ["A", "B"], [])
    outside = Confusion(np.array([[4, 1, 5], [2, 3, 0]]), ["A", "B"], ["refused"])
    assert precision(outside, 0) == precision(within, 0)
    assert recall(outside, 0).value == 0.4 < recall(within, 0).value
    assert accuracy(outside).value == 7 / 15 < accuracy(within).value


def test_a_category_never_answered_has_no_precision() -> None:
    confusion = Confusion(np.array([[4, 0], [2, 0]]), ["A", "B"], [])
    assert math.isnan(precision(confusion, 1).value)
    assert recall(confusion, 1).value == 0
    assert f1(confusion, 1).value == 0


def test_a_category_without_images_has_no_recall() -> None:
    confusion = Confusion(np.array([[4, 1], [0, 0]]), ["A", "B"], [])
    assert math.isnan(recall(confusion, 1).value)
    assert precision(confusion, 1).value == 0


def test_all_right_is_1_everywhere(perfect: Confusion) -> None:
    assert accuracy(perfect).value == 1
    assert accuracy(perfect).low < 1
    assert {estimate.value for estimate in score_table(perfect)["F1"]} == {1}


def test_all_wrong_is_0_everywhere(hopeless: Confusion) -> None:
    assert accuracy(hopeless).value == 0
    assert accuracy(hopeless).high > 0
    assert {estimate.value for estimate in score_table(hopeless)["F1"]} == {0}


def test_without_images_nothing_is_defined(empty: Confusion) -> None:
    table = score_table(empty)
    assert math.isnan(accuracy(empty).value)
    assert table["images"].tolist() == [0, 0, 0, 0]
    for column in ("precision", "recall", "F1"):
        assert all(math.isnan(estimate.value) for estimate in table[column])


def test_f1_is_the_same_for_the_same_seed(llava: Confusion) -> None:
    assert f1(llava, 1, seed=3) == f1(llava, 1, seed=3)
    assert f1(llava, 1, seed=3) != f1(llava, 1, seed=4)


@pytest.mark.parametrize("of", [accuracy, macro_f1])
def test_the_level_is_passed_on(llava: Confusion, of: object) -> None:
    narrow, wide = of(llava, 0.5), of(llava, 0.99)  # type: ignore[operator]
    assert (narrow.level, wide.level) == (0.5, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_table_holds_each_category_and_the_means(llava: Confusion) -> None:
    table = score_table(llava, 0.9, seed=2)
    assert table.index.tolist() == [*llava.categories, "macro mean"]
    assert table.columns.tolist() == ["images", "precision", "recall", "F1"]
    assert table["images"].tolist() == [*llava.counts.sum(axis=1), llava.n]
    assert table.loc["cigar", "precision"] == precision(llava, 1, 0.9)
    assert table.loc["cigar", "recall"] == recall(llava, 1, 0.9)
    assert table.loc["cigar", "F1"] == f1(llava, 1, 0.9, seed=2)
    assert table.loc["macro mean", "F1"] == macro_f1(llava, 0.9, seed=2)
    assert all(isinstance(cell, Estimate) for cell in table["recall"])

"""Against plain loops and scikit-learn, on random arrays."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from secondsight.training.results import ALL, mean_rows, over_runs, value

CHANCE = np.random.default_rng(5)


def test_f1_is_that_of_scikit_learn_and_others_are_means() -> None:
    labels = CHANCE.integers(0, 2, 50)
    answers = CHANCE.integers(0, 2, 50).astype(float)
    assert value("knn_f1_text", answers, labels) == pytest.approx(f1_score(labels, answers))
    assert value("recall_at_1", answers, labels) == pytest.approx(answers.mean())
    assert value("knn_f1_text", np.zeros(50), np.zeros(50, dtype=int)) == 0


def test_the_interval_resamples_images_and_averages_runs() -> None:
    labels = CHANCE.integers(0, 2, 80)
    runs = [CHANCE.integers(0, 2, 80).astype(float) for _ in range(3)]
    found = over_runs("knn_f1_text", runs, labels)
    assert found.value == pytest.approx(np.mean([f1_score(labels, run) for run in runs]))
    draws = np.random.default_rng(1).integers(0, 80, (500, 80))
    looped = [np.mean([f1_score(labels[d], run[d]) for run in runs]) for d in draws]
    assert found.low == pytest.approx(np.quantile(looped, 0.025), abs=0.03)
    assert found.high == pytest.approx(np.quantile(looped, 0.975), abs=0.03)


def test_a_difference_takes_the_same_images_from_both() -> None:
    labels = CHANCE.integers(0, 2, 80)
    run = CHANCE.integers(0, 2, 80).astype(float)
    same = over_runs("knn_f1_text", [run, run], labels, [run])
    assert (same.value, same.low, same.high) == (0, 0, 0)
    more = over_runs("recall_at_1", [run + 0.25], labels, [run])
    assert [more.value, more.low, more.high] == pytest.approx([0.25] * 3)


def test_rows_are_of_means_and_of_differences() -> None:
    first, second = ("a", "x"), ("b", "x")
    runs = {first: [{"hit": np.ones(9)}, {"hit": np.zeros(9)}], second: [{"hit": np.ones(9)}]}
    rows = mean_rows(runs, {("a less b", "x"): (first, second)})
    assert rows == [
        ("a", "x", ALL, "hit", 0.5, 0.5, 0.5, 9),
        ("b", "x", ALL, "hit", 1.0, 1.0, 1.0, 9),
        ("a less b", "x", ALL, "hit", -0.5, -0.5, -0.5, 9),
    ]

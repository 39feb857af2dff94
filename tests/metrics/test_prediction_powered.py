import numpy as np
import pytest

from secondsight.metrics.intervals import Estimate
from secondsight.metrics.prediction_powered import prediction_powered, weight_of_answers

PLACES = np.arange(60)
LABELS = (PLACES * 7 % 10 < 3).astype(float)
NOISE = (PLACES * 13 % 17) / 40
ANSWERS = {
    "good": LABELS * 0.6 + NOISE,
    "weak": LABELS * 0.1 + NOISE,
    "against": (1 - LABELS) * 0.3 + NOISE,
}
MORE = (np.arange(500) * 11 % 23) / 30


def numbers(found: Estimate) -> list[float]:
    return [found.value, found.low, found.high]


@pytest.mark.parametrize(
    ("kind", "weight", "expected"),
    [  # from ppi-python 0.2.3, ppi_mean_pointestimate and ppi_mean_ci with lam=weight, alpha=0.05
        ("good", 0.0, [0.3, 0.1840469669545922, 0.41595303304540776]),
        ("good", 1.0, [0.29306666666666664, 0.23761063446477207, 0.34852269886856124]),
        ("good", None, [0.29306666666666664, 0.23761063446477207, 0.34852269886856124]),
        ("weak", 1.0, [0.44306666666666666, 0.3368036670088156, 0.5493296663245177]),
        ("weak", None, [0.37807393809080075, 0.26908787837347764, 0.48705999780812387]),
        ("against", 1.0, [0.26306666666666667, 0.11238413257155477, 0.41374920076177857]),
        ("against", None, [0.3, 0.1840469669545922, 0.41595303304540776]),
    ],
)
def test_it_is_what_its_authors_package_gives(
    kind: str, weight: float | None, expected: list[float]
) -> None:
    found = prediction_powered(LABELS, ANSWERS[kind], MORE, weight=weight)
    assert numbers(found) == pytest.approx(expected, rel=1e-12)
    assert (found.n, found.method) == (60, "prediction-powered")


def test_answers_that_never_change_count_nothing() -> None:
    same = np.full(60, 0.4)
    assert weight_of_answers(LABELS, same, np.full(500, 0.4)) == 0
    alone = prediction_powered(LABELS, same, MORE, weight=0)
    assert numbers(prediction_powered(LABELS, same, np.full(500, 0.4))) == numbers(alone)


def test_perfect_answers_are_as_good_as_labels() -> None:
    rng = np.random.default_rng(0)
    true = (rng.random(2000) < 0.3).astype(float)
    found = prediction_powered(true[:200], true[:200], true[200:])
    alone = prediction_powered(true[:200], true[:200], true[200:], weight=0)
    assert found.high - found.low < 0.4 * (alone.high - alone.low)


def test_the_interval_covers_though_the_answers_are_off() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        true = (rng.random(1500) < 0.3).astype(float)
        answers = np.where(true == 1, 0.9, 0.5) + rng.normal(0, 0.2, 1500)
        found = prediction_powered(true[:300], answers[:300], answers[300:])
        covered += found.low <= 0.3 <= found.high
    assert 0.92 < covered / 400 < 0.98

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from secondsight.metrics.selective import risk_coverage, separation


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=80))
def test_separation_is_scikit_learns_area(pairs: list[tuple[int, bool]]) -> None:
    score, event = map(np.array, zip(*pairs, strict=True))
    found = separation(score, event, resamples=3)
    if event.all() or not event.any():
        assert np.isnan(found.value)
    else:
        assert found.value == pytest.approx(roc_auc_score(event, score))


def test_the_interval_holds_the_planted_area() -> None:
    chance = np.random.default_rng(2)
    event = chance.random(2000) < 0.3
    score = (event + chance.normal(0, 1, 2000)).round(2)
    found = separation(score, event)
    assert found.low < 0.760 < found.high  # of two normals one apart: Phi(1 / sqrt 2)


def test_all_are_covered_at_last_and_risk_is_counted_among_the_covered() -> None:
    confidence = np.array([3, 3, 2, 2, 1, 1, 1, 1])
    right = np.array([1, 1, 1, 0, 0, 0, 1, 0], bool)
    found = risk_coverage(confidence, right, points=8)
    assert [one.covered.value for one in found] == [0.25, 0.5, 1.0]
    assert [one.risk.value for one in found] == [0.0, 0.25, 0.5]


def test_arrays_of_different_length() -> None:
    with pytest.raises(ValueError, match="2 confidences and 3 answers"):
        risk_coverage(np.zeros(2), np.zeros(3))

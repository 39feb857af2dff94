import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.metrics.clusters import mean_over_clusters, over_clusters, ratio_over_clusters
from secondsight.metrics.intervals import share_over_clusters

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30)


@given(VALUES)
def test_a_mean_is_the_mean_and_lies_in_its_interval(values: list[float]) -> None:
    estimate = mean_over_clusters(np.array(values))
    assert estimate.value == pytest.approx(np.mean(values))
    assert estimate.n == len(values)
    assert min(values) - 1e-6 <= estimate.low <= estimate.high <= max(values) + 1e-6


def test_a_ratio_agrees_with_the_share_over_clusters() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 9, 60)
    parts = rng.integers(0, sizes + 1)
    ours, known = ratio_over_clusters(parts, sizes), share_over_clusters(parts, sizes)
    assert ours.value == known.value
    assert (ours.low, ours.high) == pytest.approx((known.low, known.high), abs=0.02)


def test_the_interval_of_a_mean_is_as_wide_as_its_standard_error_says() -> None:
    values = np.random.default_rng(2).normal(size=400)
    estimate = mean_over_clusters(values)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(1.96 * values.std() / 20, rel=0.1)


def test_the_seed_decides_and_nothing_else() -> None:
    values = np.arange(9.0)
    assert mean_over_clusters(values, seed=3) == mean_over_clusters(values, seed=3)
    assert mean_over_clusters(values, seed=3) != mean_over_clusters(values, seed=4)


def test_draws_that_are_not_defined_are_left_out() -> None:
    estimate = ratio_over_clusters(np.array([1, 0, 0]), np.array([2, 0, 0]))
    assert (estimate.value, estimate.low, estimate.high) == (0.5, 0.5, 0.5)


def test_without_clusters_nothing_is_defined() -> None:
    assert math.isnan(over_clusters(lambda drawn: 1.0, 0).value)
    assert math.isnan(mean_over_clusters(np.array([])).value)
    assert math.isnan(ratio_over_clusters(np.array([0]), np.array([0])).value)

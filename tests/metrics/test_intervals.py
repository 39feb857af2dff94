import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from secondsight.metrics.intervals import (
    Counts,
    Estimate,
    bootstrap,
    difference,
    normal,
    nothing,
    proportion,
    quantiles,
    share_over_clusters,
)

LEVELS = st.sampled_from([0.5, 0.68, 0.9, 0.95, 0.99])


@st.composite
def tallies(draw: st.DrawFn) -> tuple[int, int]:
    """Successes and how many were tried."""
    n = draw(st.integers(1, 20_000))
    return draw(st.integers(0, n)), n


def wilson(successes: int, n: int, level: float) -> tuple[float, float]:
    """Wilson 1927: the shares p that a normal test at this level does not refuse."""
    z, share = float(norm.ppf((1 + level) / 2)), successes / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


@given(tallies(), LEVELS)
def test_wilson_is_the_closed_form(tally: tuple[int, int], level: float) -> None:
    found = proportion(*tally, level)
    assert (found.low, found.high) == pytest.approx(wilson(*tally, level), abs=1e-10)
    assert (found.value, found.n) == (tally[0] / tally[1], tally[1])


@given(tallies(), LEVELS)
def test_wilson_holds_the_share_and_stays_between_0_and_1(
    tally: tuple[int, int], level: float
) -> None:
    found = proportion(*tally, level)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("n", range(1, 40))
def test_none_right_starts_at_0_and_all_right_ends_at_1(n: int) -> None:
    assert proportion(0, n).low == 0
    assert proportion(n, n).high == 1
    assert proportion(0, n).high > 0
    assert proportion(n, n).low < 1


def test_a_higher_level_is_wider() -> None:
    narrow, wide = proportion(30, 100, 0.9), proportion(30, 100, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_nothing_observed_is_nan() -> None:
    found = proportion(0, 0)
    assert math.isnan(found.value)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.n == 0


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (1, 0), (0, -1)])
def test_counts_that_are_no_proportion_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        proportion(successes, n)


@given(tallies(), tallies(), LEVELS)
def test_newcombe_is_built_from_two_wilson_intervals(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    one, two = first[0] / first[1], second[0] / second[1]
    (low_1, high_1), (low_2, high_2) = wilson(*first, level), wilson(*second, level)
    low = one - two - math.hypot(one - low_1, high_2 - two)
    high = one - two + math.hypot(high_1 - one, two - low_2)
    found = difference((first[0], second[0]), (first[1], second[1]), level)
    assert found.value == pytest.approx(one - two, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-7)


def test_newcombes_own_example() -> None:
    found = difference((56, 48), (70, 80))  # Newcombe 1998, table II, first column, method 10
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.n == 150


@pytest.mark.parametrize("n", [(0, 5), (5, 0), (0, 0)])
def test_a_difference_with_nothing_is_nan(n: tuple[int, int]) -> None:
    found = difference((0, 0), n)
    assert all(math.isnan(number) for number in (found.value, found.low, found.high))


def test_a_difference_of_impossible_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="6 of 5"):
        difference((6, 1), (5, 5))


def first_share(counts: Counts) -> float:
    """The share of images in the first cell."""
    return float(counts.ravel()[0] / counts.sum())


def test_the_same_seed_gives_the_same_interval() -> None:
    counts = np.array([[30, 12], [7, 21]])
    assert bootstrap(counts, first_share, seed=4) == bootstrap(counts, first_share, seed=4)


def test_another_seed_gives_another_interval() -> None:
    counts = np.array([[3001, 1203], [702, 2105]])
    first, second = (bootstrap(counts, first_share, seed=seed) for seed in (1, 2))
    assert first.value == second.value
    assert (first.low, first.high) != (second.low, second.high)


def test_the_bootstrap_agrees_with_wilson_on_many_images() -> None:
    found, exact = bootstrap(np.array([3000, 7000]), first_share), proportion(3000, 10_000)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1.5e-3)
    assert (found.n, found.method) == (10_000, "bootstrap")


def test_the_bootstrap_keeps_the_number_of_images_and_the_shape() -> None:
    seen = set()

    def statistic(counts: Counts) -> float:
        seen.add((counts.shape, int(counts.sum())))
        return 0.0

    bootstrap(np.array([[3, 2, 0], [1, 4, 1]]), statistic, resamples=50)
    assert seen == {((2, 3), 11)}


def test_a_table_without_images_is_nan_and_never_resampled() -> None:
    found = bootstrap(np.zeros((2, 2)), first_share)
    assert math.isnan(found.value)
    assert math.isnan(found.low)
    assert found.n == 0


def test_resamples_without_a_value_are_left_out() -> None:
    def of_those_in_the_second(counts: Counts) -> float:
        return float(counts[1] / counts[1]) if counts[1] else math.nan

    found = bootstrap(np.array([4, 1]), of_those_in_the_second)
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_a_statistic_that_is_never_defined_has_no_interval() -> None:
    found = bootstrap(np.array([4, 1]), lambda _: math.nan)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def covered(estimates: list[Estimate], truth: float) -> float:
    """The share of intervals that hold the truth."""
    return float(np.mean([estimate.low <= truth <= estimate.high for estimate in estimates]))


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_covers_as_often_as_it_says(level: float) -> None:
    sky = np.random.default_rng(3)
    truths = sky.uniform(0.02, 0.98, size=4000)
    found = [proportion(int(sky.binomial(60, truth)), 60, level) for truth in truths]
    inside = [one.low <= truth <= one.high for one, truth in zip(found, truths, strict=True)]
    assert np.mean(inside) == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_bootstrap_covers_as_often_as_it_says(level: float) -> None:
    shares = np.array([0.4, 0.2, 0.1, 0.3])
    draws = np.random.default_rng(5).multinomial(150, shares, size=400)
    estimates = [
        bootstrap(draw, first_share, level=level, resamples=250, seed=number)
        for number, draw in enumerate(draws)
    ]
    assert covered(estimates, 0.4) == pytest.approx(level, abs=0.05)


def test_clusters_that_go_together_widen_the_interval() -> None:
    rng = np.random.default_rng(3)
    alike = np.where(rng.random(80) < 0.5, 25, 0)
    apart = rng.binomial(25, 0.5, 80)
    sizes = np.full(80, 25)
    wide, narrow = (share_over_clusters(some, sizes) for some in (alike, apart))
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert wide.n == 80


def test_the_share_over_clusters_is_that_of_all() -> None:
    found = share_over_clusters(np.array([1, 9]), np.array([10, 10]))
    assert found.value == 0.5
    assert (found.low, found.high) == (0.1, 0.9)


def test_no_clusters_is_nan() -> None:
    assert math.isnan(share_over_clusters(np.array([], int), np.array([], int)).value)


def test_the_ends_of_draws_leave_out_those_that_are_not_defined() -> None:
    draws = np.array([*range(101), np.nan], float)
    assert quantiles(draws, 0.9) == pytest.approx((5, 95))
    assert np.isnan(quantiles(draws[-1:], 0.9)).all()


@given(LEVELS)
def test_a_normal_interval_covers_what_it_says(level: float) -> None:
    estimate = normal(1.0, 2.0, 7, level, "made")
    assert norm.cdf(estimate.high, 1, 2) - norm.cdf(estimate.low, 1, 2) == pytest.approx(level)
    assert (estimate.n, estimate.method) == (7, "made")


def test_nothing_is_nan_but_says_of_how_many() -> None:
    estimate = nothing(0.9, "made", 3)
    assert np.isnan([estimate.value, estimate.low, estimate.high]).all()
    assert (estimate.n, estimate.level, estimate.method) == (3, 0.9, "made")

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy
from scipy.stats import spearmanr

from secondsight.metrics.agreement import cohen_kappa
from secondsight.metrics.repeats import (
    entropy,
    fit_beta_binomial,
    likeness,
    rank_correlation,
    reliability_of_mean,
    variances,
)


def _histogram(a: float, b: float, n: int, galaxies: int, seed: int = 5) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.bincount(chance.binomial(n, chance.beta(a, b, galaxies)), minlength=n + 1)


@pytest.mark.parametrize(("a", "b", "n"), [(2.0, 5.0, 25), (0.4, 0.6, 10), (0.3, 2.0, 25)])
def test_the_planted_law_is_found(a: float, b: float, n: int) -> None:
    counts = _histogram(a, b, n, 20_000)
    found = fit_beta_binomial(counts)
    assert (found.a, found.b) == (pytest.approx(a, rel=0.1), pytest.approx(b, rel=0.1))
    alike = likeness(counts)
    assert alike.low - 0.005 < 1 / (a + b + 1) < alike.high + 0.005


def test_rates_are_drawn_to_the_mean_the_more_the_fewer_the_answers() -> None:
    law = fit_beta_binomial(_histogram(2, 2, 25, 5000))
    few, many = law.rate(np.array([2]), 2)[0], law.rate(np.array([25]), 25)[0]
    assert law.mean < few < many < 1


def test_the_expected_rate_is_what_the_galaxies_have_on_average() -> None:
    chance = np.random.default_rng(8)
    rate = chance.beta(1.0, 3.0, 50_000)
    k = chance.binomial(10, rate)
    law = fit_beta_binomial(np.bincount(k, minlength=11))
    for count in (0, 3, 8):
        assert law.rate(np.array([count]), 10)[0] == pytest.approx(
            rate[k == count].mean(), abs=0.01
        )


def test_variances_add_up_to_that_of_one_answer() -> None:
    counts = _histogram(1, 3, 10, 50_000)
    within, between = variances(counts)
    mean = counts @ np.arange(11) / 10 / counts.sum()
    assert within + between == pytest.approx(mean * (1 - mean))
    assert between / (within + between) == pytest.approx(1 / 5, abs=0.01)
    steady = variances(np.array([30, 0, 0, 10]))
    assert steady == (0.0, pytest.approx(0.1875))


def test_repeats_that_agree_are_worth_one_and_independent_ones_add_up() -> None:
    assert reliability_of_mean(1.0, 10) == 1.0
    assert reliability_of_mean(0.2, 1) == 0.2
    assert reliability_of_mean(0.2, 10) == pytest.approx(2 / 2.8)


@given(st.floats(0, 1))
def test_entropy_is_scipys(share: float) -> None:
    expected = scipy_entropy([share, 1 - share], base=2)
    assert entropy(np.array([share]))[0] == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=3, max_size=60))
def test_rank_correlation_is_scipys(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    if len(set(first)) == 1 or len(set(second)) == 1:
        return
    table = np.zeros((5, 4), int)
    np.add.at(table, (first, second), 1)
    expected = spearmanr(first, second).statistic
    assert rank_correlation(table).value == pytest.approx(expected)


def test_nothing_to_fit() -> None:
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_beta_binomial(np.zeros(11, int))


def test_galaxies_that_always_get_one_answer_may_still_be_too_few_to_tell() -> None:
    few, many = likeness(np.array([5, 0, 0, 5])), likeness(np.array([500, 0, 0, 500]))
    assert few.value == few.high == many.value == 1
    assert 0 < few.low < many.low < 1
    same = pd.Series(["yes", "no"] * 5)
    assert few.low == pytest.approx(cohen_kappa(same, same).low)


def test_one_answer_each_is_like_nothing() -> None:
    assert np.isnan(likeness(np.array([5, 5])).value)

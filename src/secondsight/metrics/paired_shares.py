"""Which of two models is right more often on the same galaxies, each asked about once or often."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy

from secondsight.dtypes import Floats, Numbers
from secondsight.metrics.agreement import PairedTest, mcnemar
from secondsight.metrics.clusters import mean_over_clusters
from secondsight.metrics.intervals import (
    LEVEL,
    POINTS,
    Estimate,
    PValue,
    normal,
    share_true,
    unseen,
)

SWAPS = 9999
"""How often galaxies' differences change their signs at random."""
AT_ONCE = 100
"""How many of them are held in memory together."""


def share_right(right: "pd.Series[float]", level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the mean over galaxies of the share of calls, 0 to 1, that was right about each.

    Wilson's interval where each share is 0 or 1, else from drawing galaxies again, as `_mean` does.
    """
    if _once(right):
        return share_true(right == 1, level)
    return _mean(right.to_numpy(float), 0.0, level, seed)


def paired_difference(
    first: "pd.Series[float]", second: "pd.Series[float]", level: float = LEVEL, seed: int = 0
) -> tuple[Estimate, PValue, str]:
    """Return the first's share of right answers less the second's, its p value, and how it is made.

    Both hold for the same galaxies the share of calls that was right, 0 to 1. Where each was asked
    about once this is McNemar's test, with the interval of Bonett & Price, which stays within -1
    and 1 and is not of no width where no answer differs; else a galaxy is one cluster: the
    interval draws galaxies again, as `_mean` does, and the test changes the signs of galaxies'
    differences at random, two-sided.
    """
    if _once(first) and _once(second):
        test = mcnemar(first == 1, second == 1, level)
        return _bonett_price(test, level), test.p_value, f"McNemar, {test.method}"
    apart = first.to_numpy(float) - second.to_numpy(float)
    difference = _mean(apart, -1.0, level, seed).in_unit(POINTS)
    return difference, PValue(_p_of_signs(apart[apart != 0], seed)), "signs by galaxy"


def holm(p_values: Sequence[PValue]) -> list[PValue]:
    """Return p values raised for how many tests were made (Holm 1979, Scand. J. Stat. 6, 65)."""
    from statsmodels.stats.multitest import multipletests  # slow to load

    if not p_values:
        return []
    return [PValue(p) for p in multipletests(np.array(p_values, float), method="holm")[1]]


def _bonett_price(test: PairedTest, level: float) -> Estimate:
    """Return the difference of two paired shares with its adjusted Wald interval.

    A galaxy is added to each kind of disagreement. Source: Bonett & Price 2012, J. Educ. Behav.
    Stat. 37, 479.
    """
    n = test.difference.n + 2
    first, second = (test.only_first + 1) / n, (test.only_second + 1) / n
    spread = np.sqrt((first + second - (first - second) ** 2) / n)
    around = normal(first - second, spread, n, level, "Bonett-Price")
    low, high = max(around.low, -1.0), min(around.high, 1.0)
    return replace(test.difference, low=low, high=high, method=around.method)


def _mean(values: Numbers, least: float, level: float, seed: int) -> Estimate:
    """Return the mean of values from `least` to 1, one a galaxy.

    The interval draws galaxies again. Where all galaxies are alike that would have no width: so
    many as Wilson's interval leaves open are then taken to lie at either bound.
    """
    mean = mean_over_clusters(values, level, seed)
    if len(values) == 0 or np.ptp(values) > 0:
        return mean
    other, value = unseen(len(values), level), mean.value
    low, high = value - other * (value - least), value + other * (1 - value)
    return replace(mean, low=low, high=high, method="Wilson, all alike")


def _once(right: "pd.Series[float]") -> bool:
    return bool(right.isin([0.0, 1.0]).all())


def _p_of_signs(apart: Floats, seed: int) -> float:
    """Return how probable a mean difference as large as this is if signs are chance."""
    if len(apart) < 2:  # one galaxy's difference is as large with either sign
        return 1.0

    def mean(values: Numbers, axis: int) -> Floats:
        return np.asarray(values.mean(axis=axis), float)

    test = scipy.stats.permutation_test(
        (apart,), mean, permutation_type="samples", n_resamples=SWAPS, batch=AT_ONCE, rng=seed
    )
    return float(test.pvalue)

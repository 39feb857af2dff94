"""Estimates with intervals: every number in the book is one of these."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy

from secondsight.dtypes import Ints, Numbers

Counts = Ints

LEVEL = 0.95
RESAMPLES = 2000


@dataclass(frozen=True)
class Unit:
    """How a number is written."""

    scale: float  # what it is multiplied by
    name: str  # what stands behind it
    decimals: int  # how many are written
    of_ends: int | None = None  # how many of its interval's ends, where that is another number
    plus: str = ""  # what stands before a number above zero

    def rounded(self, decimals: int) -> "Unit":
        """Return the unit with another number of decimals."""
        return replace(self, decimals=decimals)

    def signed(self) -> "Unit":
        """Return the unit with a sign before every number."""
        return replace(self, plus="+")


PERCENT, POINTS, PLAIN = Unit(100, "%", 1), Unit(100, " points", 1), Unit(1, "", 3)
"""A share in per cent; a difference of shares in percentage points; a number as it is."""


@dataclass(frozen=True)
class Estimate:
    """A number, its interval, and on how many observations it rests."""

    value: float  # NaN, as the ends, where nothing was observed
    low: float  # of the interval
    high: float
    n: int  # a proportion's denominator, or the images resampled
    level: float = LEVEL  # the interval's coverage, between 0 and 1
    method: str = "Wilson"  # how the interval was made
    unit: Unit = PERCENT  # how it is written

    def in_unit(self, unit: Unit) -> "Estimate":
        """Return the same estimate, written in another unit."""
        return replace(self, unit=unit)


class PValue(float):
    """A test's p value."""


def bare(value: float, unit: Unit = PLAIN) -> Estimate:
    """Return a number without an interval."""
    return Estimate(float(value), np.nan, np.nan, 0, method="", unit=unit)


def nothing(level: float, method: str, n: int = 0) -> Estimate:
    """Return the estimate of what was not observed, or is not defined: NaN."""
    return Estimate(np.nan, np.nan, np.nan, n, level, method)


def normal(value: float, spread: float, n: int, level: float, method: str) -> Estimate:
    """Return an estimate whose errors are normal with this standard deviation."""
    half = float(scipy.stats.norm.ppf((1 + level) / 2) * spread)
    return Estimate(value, value - half, value + half, n, level, method)


def variance_ratio(ratio: float, degrees: int, level: float) -> Estimate:
    """Return a variance in units of the one expected, with so many degrees of freedom; `n` is they.

    The interval is chi-squared's.
    """
    tail = (1 - level) / 2
    of = scipy.stats.chi2(degrees)
    low, high = (float(ratio * degrees / of.ppf(end)) for end in (1 - tail, tail))
    return Estimate(ratio, low, high, degrees, level, "chi-squared")


def quantiles(draws: Numbers, level: float) -> tuple[float, float]:
    """Return the ends of the percentile interval of a statistic's draws, shape (resamples,).

    Draws that are NaN are left out; NaN if all are.
    """
    tail, defined = (1 - level) / 2, draws[~np.isnan(draws)]
    low, high = np.quantile(defined, [tail, 1 - tail]) if defined.size else (np.nan, np.nan)
    return float(low), float(high)


def proportion(successes: int, n: int, level: float = LEVEL) -> Estimate:
    """Return a proportion with its score interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209).

    Counts are ``0 <= successes <= n``; NaN in all three numbers if `n` is 0.

    Raises a ValueError if the counts are negative or `successes` exceeds `n`.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no proportion")
    if n == 0:
        return nothing(level, "Wilson")
    from statsmodels.stats.proportion import proportion_confint  # slow to load

    low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    low, high = 0.0 if successes == 0 else low, 1.0 if successes == n else high  # not nearly so
    return Estimate(successes / n, float(low), float(high), int(n), level)


def unseen(n: int, level: float = LEVEL) -> float:
    """Return how large a share may be of another kind where all `n` that were looked at are alike.

    The upper end of Wilson's interval for none of `n`. It gives a width to intervals that a
    variance or a resampling, which see no difference, would make none.
    """
    return proportion(0, n, level).high


def share_true(came: "Numbers | pd.Series[bool]", level: float = LEVEL) -> Estimate:
    """Return the share of what came, bool, shape (n,), as `proportion` does."""
    return proportion(int(np.sum(came)), len(came), level)


def difference(successes: tuple[int, int], n: tuple[int, int], level: float = LEVEL) -> Estimate:
    """Return the first of two independent proportions less the second, with Newcombe's interval.

    The counts `successes` of `n` are of two samples, which must not be the same images; NaN in all
    three numbers if either of `n` is 0.

    Source: Newcombe 1998, Stat. Med. 17, 873, method 10.
    """
    first, second = proportion(successes[0], n[0]).value, proportion(successes[1], n[1]).value
    if 0 in n:
        return nothing(level, "Newcombe", sum(n)).in_unit(POINTS)
    from statsmodels.stats.proportion import confint_proportions_2indep  # slow to load

    low, high = confint_proportions_2indep(
        successes[0], n[0], successes[1], n[1], method="newcomb", compare="diff", alpha=1 - level
    )
    return Estimate(first - second, float(low), float(high), sum(n), level, "Newcombe", POINTS)


def bootstrap(
    counts: Numbers,
    statistic: Callable[[Counts], float],
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return a statistic of a table of counts with its percentile bootstrap interval.

    Each resample draws as many images as there are, with replacement; since a table of counts
    is all that the statistic sees, that is a multinomial draw.

    Parameters
    ----------
    counts : array of int, any shape
        A table of images.
    statistic : callable
        From such a table to a float; resamples where it is NaN are left out.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    counts = np.asarray(counts, dtype=np.int64)
    n = int(counts.sum())
    if n == 0:
        return nothing(level, "bootstrap")
    rng, shares = np.random.default_rng(seed), counts.ravel() / n
    draws = (rng.multinomial(n, shares).reshape(counts.shape) for _ in range(resamples))
    low, high = quantiles(np.array([statistic(draw) for draw in draws]), level)
    return Estimate(float(statistic(counts)), low, high, n, level, "bootstrap")


def share_over_clusters(
    successes: Numbers,
    sizes: Numbers,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return the share of successes where they come in clusters, such as the votes on a subject.

    The clusters are resampled, not what is in them: votes on one subject go together (Davison &
    Hinkley 1997, Bootstrap Methods and their Application, section 3.8).

    Each cluster holds so many `successes` of `sizes`, shape (clusters,); NaN without any. `n` of
    the estimate is the number of clusters.
    """
    clusters, method = len(successes), "bootstrap over clusters"
    if clusters == 0:
        return nothing(level, method)
    pairs = np.stack([successes, sizes], axis=1).astype(np.int64)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)  # alike clusters are drawn at once
    draws = np.random.default_rng(seed).multinomial(clusters, counts / clusters, size=resamples)
    low, high = quantiles((draws @ kinds[:, 0]) / (draws @ kinds[:, 1]), level)
    return Estimate(float(successes.sum() / sizes.sum()), low, high, clusters, level, method)

"""What repeated answers to one galaxy tell: how much is the galaxy, how much is chance."""

from dataclasses import dataclass, replace

import numpy as np
import scipy
from scipy.special import entr

from secondsight.dtypes import Floats, Numbers
from secondsight.metrics.intervals import (
    LEVEL,
    PLAIN,
    Counts,
    Estimate,
    bootstrap,
    proportion,
    unseen,
)

RESAMPLES = 500


@dataclass(frozen=True)
class BetaBinomial:
    """Galaxies have rates from a beta law; counts on a galaxy are binomial at its rate."""

    a: float  # of the beta law, above 0
    b: float  # the same

    @property
    def mean(self) -> float:
        """The mean rate."""
        return self.a / (self.a + self.b)

    @property
    def likeness(self) -> float:
        """How alike two answers on one galaxy are (intraclass correlation), 0 to 1."""
        return 1 / (self.a + self.b + 1)

    def rate(self, yes: Numbers, n: Numbers | int) -> Floats:
        """Return the expected rates, shape (n,), of galaxies with these counts: near the mean."""
        return np.asarray((self.a + yes) / (self.a + self.b + n), float)


def fit_beta_binomial(histogram: Counts) -> BetaBinomial:
    """Fit by maximum likelihood (Skellam 1948, J. R. Stat. Soc. B 10, 257).

    `histogram`, shape (n + 1,), holds how many galaxies had 0, 1, … n successes of n.

    Raises a ValueError without galaxies or without trials.
    """
    histogram = np.asarray(histogram, float)
    n = len(histogram) - 1
    if n < 1 or histogram.sum() == 0:
        raise ValueError("there is nothing to fit: no galaxies or no trials")
    k = np.arange(n + 1)

    def loss(logs: Floats) -> float:
        likelihood = scipy.stats.betabinom.logpmf(k, n, *np.exp(logs))
        return float(-(histogram @ likelihood) / histogram.sum())

    best = scipy.optimize.minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-7, 7)] * 2)
    a, b = np.exp(best.x)
    return BetaBinomial(float(a), float(b))


def variances(histogram: Counts) -> tuple[float, float]:
    """Return the variance of an answer within a galaxy and between galaxies (they add up).

    `histogram`, shape (n + 1,), holds how many galaxies had 0, 1, … n successes of n; n is at least
    2.
    """
    n = len(histogram) - 1
    share = np.arange(n + 1) / n
    galaxies = histogram.sum()
    within = float(histogram @ (share * (1 - share)) / galaxies * n / (n - 1))
    mean = float(histogram @ share / galaxies)
    return within, max(0.0, mean * (1 - mean) - within)


def likeness(histogram: Counts, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how alike two answers on one galaxy are: the intraclass correlation, from variances.

    0: all galaxies are alike and answers differ by chance alone. 1: every galaxy always gets the
    same answer. NaN where all answers are the same, or `n` is 1.

    The interval draws galaxies again. Where every galaxy always got the same answer that would have
    no width: its lower end is then that of kappa for two answers on a galaxy, which is the same
    number, as `cohen_kappa` has it.

    `histogram`, shape (n + 1,), holds how many galaxies had 0, 1, … n successes of n.

    Source: Fisher 1925, Statistical Methods for Research Workers, chapter 7; Fleiss & Cohen 1973,
    Educ. Psychol. Meas. 33, 613 for its being kappa.
    """
    if len(histogram) < 3:
        return proportion(0, 0, level)

    def share(counts: Counts) -> float:
        within, between = variances(counts)
        return between / (within + between) if within + between else float("nan")

    drawn = bootstrap(histogram, share, level=level, resamples=RESAMPLES, seed=seed)
    within, between = variances(histogram)
    if within > 0 or between == 0:
        return drawn
    low = max(1 - unseen(drawn.n, level) / (2 * between), 0.0)
    return replace(drawn, low=low, method="Wilson, of agreement")


def reliability_of_mean(likeness: float, repeats: int) -> float:
    """Return how much of the variance of a mean of repeats is the galaxy's, 0 to 1.

    The formula of Spearman 1910 and Brown 1910, Brit. J. Psychol. 3, 271 and 296.
    """
    return repeats * likeness / (1 + (repeats - 1) * likeness)


def entropy(share: Numbers) -> Floats:
    """Return the entropy in bits of a yes-or-no answer given with these shares (any shape)."""
    share = np.clip(np.asarray(share, float), 0, 1)
    return np.asarray((entr(share) + entr(1 - share)) / np.log(2))


def rank_correlation(table: Counts, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return Spearman's rank correlation of two counted quantities (bootstrap over galaxies).

    `table`, shape (k, m), holds how many galaxies have the i-th value of the one and the j-th of
    the other, in rising order.
    """
    drawn = bootstrap(table, _spearman, level=level, resamples=RESAMPLES, seed=seed)
    return drawn.in_unit(PLAIN)


def _spearman(counts: Counts) -> float:
    first, second = (_midranks(counts.sum(axis=axis)) for axis in (1, 0))
    n = counts.sum()
    centred = first - (n + 1) / 2, second - (n + 1) / 2
    cross = float(centred[0] @ counts @ centred[1])
    spread = float(centred[0] ** 2 @ counts.sum(1)) * float(centred[1] ** 2 @ counts.sum(0))
    return float(cross / np.sqrt(spread)) if spread > 0 else np.nan


def _midranks(counts: Counts) -> Floats:
    after = np.cumsum(counts)
    return np.asarray(after - (counts - 1) / 2, float)

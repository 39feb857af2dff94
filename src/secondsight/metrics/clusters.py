"""Any statistic over galaxies, with an interval from drawing whole galaxies again."""

from collections.abc import Callable

import numpy as np

from secondsight.dtypes import Ints, Numbers
from secondsight.metrics.intervals import LEVEL, RESAMPLES, Estimate, nothing, quantiles

METHOD = "bootstrap over galaxies"


def over_clusters(
    statistic: Callable[[Ints], float], clusters: int, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """Return a statistic of clusters with its percentile bootstrap interval.

    The statistic goes from how often each cluster was drawn, shape (clusters,), to a float; NaN
    where it is not defined, and such draws are left out. A cluster is a galaxy with all answers
    about it.

    References
    ----------
    Davison & Hinkley 1997, Bootstrap Methods and their Application, section 3.8.
    """
    if clusters == 0:
        return nothing(level, METHOD)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES)
    low, high = quantiles(np.array([statistic(draw) for draw in draws]), level)
    value = float(statistic(np.ones(clusters, dtype=np.int64)))
    return Estimate(value, low, high, clusters, level, METHOD)


def ratio_over_clusters(
    parts: Numbers, wholes: Numbers, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """Return the sum of `parts` over that of `wholes`, both of shape (clusters,)."""
    sums = np.stack([parts, wholes]).astype(float)

    def ratio(drawn: Ints) -> float:
        part, whole = sums @ drawn
        return float(part / whole) if whole else float("nan")

    return over_clusters(ratio, sums.shape[1], level, seed)


def mean_over_clusters(values: Numbers, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the mean of one value a cluster, shape (clusters,)."""
    return ratio_over_clusters(values, np.ones(len(values)), level, seed)

"""Shares of successes in bins of another quantity, with intervals that respect the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from secondsight.dtypes import Floats, Ints, Numbers, Places
from secondsight.metrics.intervals import LEVEL, Estimate, proportion, share_over_clusters

SPREAD = (0.1, 0.9)
"""Quantiles that tell how widely galaxies of one bin differ."""


@dataclass(frozen=True)
class Bin:
    """Galaxies of one bin."""

    low: float
    high: float  # a value equal to it falls in the next bin, but for the last
    middle: float  # mean of the binned quantity over the galaxies; the centre if there is none
    share: Estimate  # of successes; `n` is the number of galaxies
    spread: tuple[float, float]  # quantiles `SPREAD` of the galaxies' shares; NaN if there is none


def checked_ends(edges: Sequence[float]) -> Floats:
    """Return the bins' ends, shape (bins + 1,).

    Raises a ValueError if there are fewer than two, or they do not increase.
    """
    ends = np.asarray(edges, float)
    if len(ends) < 2 or not (np.diff(ends) > 0).all():
        raise ValueError(f"the bins' ends must increase, not be {list(edges)}")
    return ends


def bin_of(quantity: Numbers, edges: Sequence[float]) -> Places:
    """Return the place of the bin that each value falls in, shape (n,); -1 for NaN.

    A value below the first end gets -1, too, one above the last the number of bins. For the
    parameters see `bin_shares`.
    """
    values, ends = np.asarray(quantity, float), checked_ends(edges)
    inside = np.searchsorted(ends, values, "right") - 1
    place = np.where(values == ends[-1], len(ends) - 2, inside)
    return np.where(np.isnan(values), -1, place)


def bin_shares(
    quantity: Numbers,
    edges: Sequence[float],
    successes: Numbers,
    sizes: Numbers | int = 1,
    *,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Bin]:
    """Return the share of successes in each bin of a quantity, empty bins too.

    Raises ValueError if the arrays differ in length or `edges` do not increase.

    Parameters
    ----------
    quantity : array of float, shape (n,)
        What is binned, a value a galaxy; NaN falls in no bin.
    edges : sequence of float, increasing
        The bins' ends, one more than there are bins.
    successes, sizes : array of int, shape (n,)
        How many successes of how many each galaxy has. With 1 the interval is Wilson's; with more,
        galaxies are resampled, for votes or repeats on one galaxy go together.
    """
    quantity, successes = np.asarray(quantity, float), np.asarray(successes, np.int64)
    sizes = np.broadcast_to(np.asarray(sizes, np.int64), successes.shape)
    if quantity.shape != successes.shape:
        raise ValueError(f"{quantity.size} values and {successes.size} successes don't match")
    place, bins = bin_of(quantity, edges), []
    for number, (low, high) in enumerate(pairwise(map(float, edges))):
        inside = place == number
        middle = float(quantity[inside].mean()) if inside.any() else (low + high) / 2
        share = _share(successes[inside], sizes[inside], level, seed)
        bins.append(Bin(low, high, middle, share, _spread(successes[inside] / sizes[inside])))
    return bins


def _share(successes: Ints, sizes: Ints, level: float, seed: int) -> Estimate:
    if (sizes == 1).all():
        return proportion(int(successes.sum()), len(successes), level)
    return share_over_clusters(successes, sizes, level=level, seed=seed)


def _spread(shares: Floats) -> tuple[float, float]:
    lower, upper = np.quantile(shares, SPREAD) if len(shares) else (np.nan, np.nan)
    return float(lower), float(upper)

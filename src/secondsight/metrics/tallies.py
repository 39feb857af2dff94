"""How votes scatter, from one tally on each of many galaxies.

A tally is so many votes for yes out of so many. Whoever votes on a galaxy was drawn at random from
the crowd, so given the galaxy a tally is that of a coin, however much volunteers differ: what is
more than a coin's scatter lies between galaxies. What of it is in the galaxies and what makes all
voters on one galaxy err alike can't be parted by one tally on each.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Floats, Ints
from secondsight.metrics.intervals import (
    LEVEL,
    PLAIN,
    Counts,
    Estimate,
    bootstrap,
    nothing,
    proportion,
    variance_ratio,
)

RESAMPLES = 500
CLEAR = 5
"""A tally is in doubt where more than one in this many votes goes either way."""


@dataclass(frozen=True)
class Tallies:
    """Tallies, alike ones counted together."""

    yes: Ints  # so many yes, shape (n,)
    votes: Ints  # of so many votes, two at least, shape (n,)
    galaxies: Ints  # how many galaxies have this very tally, shape (n,)

    @property
    def fraction(self) -> Floats:
        """The vote fractions, shape (n,)."""
        return np.asarray(self.yes / self.votes, dtype=np.float64)


def alike(tallies: Tallies, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how far two volunteers agree on a galaxy, beyond what the crowd's habit would give.

    It is the intraclass correlation of votes on one galaxy: 0 where each vote is a toss of one coin
    for all galaxies, 1 where each galaxy's votes are all the same. With equally many votes on each
    galaxy it is Fleiss' kappa. NaN where all votes are the same.

    Source: Fleiss 1971, Psychol. Bull. 76, 378; for unequal numbers, each galaxy counts once.
    """
    k, n, f = tallies.yes, tallies.votes, tallies.fraction
    apart = 2 * k * (n - k) / (n * (n - 1))

    def statistic(galaxies: Counts) -> float:
        p, differ = np.average(f, weights=galaxies), np.average(apart, weights=galaxies)
        return float(1 - differ / (2 * p * (1 - p))) if 0 < p < 1 else float("nan")

    return _over_galaxies(tallies, statistic, level, seed)


def spread(tallies: Tallies, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the variance of the vote fractions, in units of that of one coin for all galaxies."""
    f, rest = tallies.fraction, 1 / tallies.votes

    def statistic(galaxies: Counts) -> float:
        p = np.average(f, weights=galaxies)
        coin = p * (1 - p) * np.average(rest, weights=galaxies)
        return float(_variance(f, galaxies) / coin) if coin else float("nan")

    return _over_galaxies(tallies, statistic, level, seed).in_unit(PLAIN.rounded(2))


def coin_share(tallies: Tallies, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return what share of the variance of the vote fractions is the toss of each galaxy's coin."""
    f = tallies.fraction
    noise = f * (1 - f) / (tallies.votes - 1)

    def statistic(galaxies: Counts) -> float:
        whole = _variance(f, galaxies)
        return float(np.average(noise, weights=galaxies) / whole) if whole else float("nan")

    return _over_galaxies(tallies, statistic, level, seed)


def measures(tallies: Tallies, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return `alike`, `spread` and `coin_share` (as ``"coin"``) and `in_doubt` (``"doubt"``)."""
    return {
        "alike": alike(tallies, level, seed),
        "spread": spread(tallies, level, seed),
        "coin": coin_share(tallies, level, seed),
        "doubt": in_doubt(tallies, level),
    }


def in_doubt(tallies: Tallies, level: float = LEVEL) -> Estimate:
    """Return the share of galaxies with more than a fifth of the votes either way."""
    k, n = tallies.yes, tallies.votes
    doubtful = (CLEAR * k > n) & (CLEAR * (n - k) > n)
    return proportion(int(tallies.galaxies[doubtful].sum()), int(tallies.galaxies.sum()), level)


def between_tallies(yes: Ints, votes: Ints, level: float = LEVEL) -> Estimate:
    """Return how much more two tallies of one galaxy differ than two of a coin, in variance.

    `yes` and `votes` (int, shape (pairs, 2)) are tallies by volunteers who did not know of each
    other. The value is 1 for a coin; the interval is that of a variance with as many degrees of
    freedom as pairs. NaN without any pair in which both answers were given.
    """
    total = yes.sum(axis=1) / votes.sum(axis=1)
    coin = total * (1 - total) * (1 / votes).sum(axis=1)
    kept = coin > 0
    squares = float(((yes / votes)[kept] @ [1, -1]) ** 2 @ (1 / coin[kept]))
    pairs = int(kept.sum())
    if not pairs:
        return nothing(level, "chi-squared")
    return variance_ratio(squares / pairs, pairs, level).in_unit(PLAIN.rounded(1))


def _variance(fraction: Floats, galaxies: Counts) -> float:
    mean = np.average(fraction, weights=galaxies)
    return float(np.average((fraction - mean) ** 2, weights=galaxies))


def _over_galaxies(
    tallies: Tallies, statistic: Callable[[Counts], float], level: float, seed: int
) -> Estimate:
    return bootstrap(tallies.galaxies, statistic, level=level, resamples=RESAMPLES, seed=seed)

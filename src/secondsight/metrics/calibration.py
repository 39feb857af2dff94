"""Are probabilities right: the reliability curve, the Brier score and its parts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Floats, Ints, Numbers, Places
from secondsight.metrics.intervals import LEVEL, PLAIN, Estimate, quantiles

RESAMPLES = 200
"""Resamples of a whole fitted curve, which cost more than those of a count."""
FOLDS = 5
BINS = 15


@dataclass(frozen=True)
class Reliability:
    """A probability's reliability curve, by isotonic regression (CORP), and its Brier score.

    Arrays have the shape (m,), a place for each different probability. Source: Dimitriadis,
    Gneiting & Jordan 2021, PNAS 118, e2016191118.
    """

    forecast: Floats  # the probabilities in rising order
    curve: Floats  # how often the event came with each; it never falls
    low: Floats  # where the curve would lie in so many resamples of galaxies
    high: Floats
    weight: Floats  # how many events rest on each probability
    brier: Estimate  # mean squared error: miscalibration - discrimination + uncertainty
    miscalibration: Estimate  # error that a better scale would remove
    discrimination: Estimate  # what telling cases apart gains
    uncertainty: Estimate  # what a constant answer would have


def reliability(
    forecast: Numbers,
    yes: Numbers,
    sizes: Numbers | int = 1,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Reliability:
    """Hold probabilities against what came.

    Parameters
    ----------
    forecast : array of float, shape (n,)
        A probability a galaxy, between 0 and 1.
    yes, sizes : array of int, shape (n,)
        How often the event came (the truth, or votes for it), out of how many.

    Raises
    ------
    ValueError
        Without galaxies, with a forecast outside 0 to 1, or with more successes than trials.
    """
    f, y, n = _checked(forecast, yes, sizes)
    unique, place = np.unique(f, return_inverse=True)
    # Everything that follows rests on sums over the galaxies of one forecast, so resampled weights
    # of galaxies are summed first: a fit costs by the number of different forecasts.
    curve, parts = _curve(unique, place, y, n, np.ones(len(f)))
    rng = np.random.default_rng(seed)
    resampled = (np.bincount(_resample(rng, len(f)), minlength=len(f)) for _ in range(resamples))
    drawn = [_curve(unique, place, y, n, galaxies) for galaxies in resampled]
    curves, draws = (np.array(each) for each in zip(*drawn, strict=True))
    low, high = np.nanquantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    estimates = [
        _over_galaxies(value, column, len(f), level)
        for value, column in zip(parts, draws.T, strict=True)
    ]
    return Reliability(unique, curve, low, high, np.bincount(place, n).astype(float), *estimates)


def _resample(rng: np.random.Generator, galaxies: int) -> Ints:
    return rng.integers(0, galaxies, galaxies)


def _over_galaxies(value: float, draws: Floats, n: int, level: float) -> Estimate:
    """Return a value with the interval of its draws, which is widened to hold the value."""
    low, high = quantiles(draws, level)
    method = "bootstrap over galaxies"
    ends = float(min(low, value)), float(max(high, value))
    return Estimate(float(value), *ends, n, level, method, PLAIN)


def _checked(
    forecast: Numbers, yes: Numbers, sizes: Numbers | int
) -> tuple[Floats, Floats, Floats]:
    f, y = np.asarray(forecast, float), np.asarray(yes, float)
    n = np.broadcast_to(np.asarray(sizes, float), y.shape)
    if f.shape != y.shape or f.size == 0:
        raise ValueError(f"{f.size} forecasts and {y.size} outcomes can't be held together")
    if not ((f >= 0) & (f <= 1)).all():
        raise ValueError("a forecast must lie between 0 and 1")
    if not ((y >= 0) & (y <= n) & (n > 0)).all():
        raise ValueError("there are more successes than trials")
    return f, y, n


def _curve(
    unique: Floats, place: Places, y: Floats, n: Floats, galaxies: Numbers
) -> tuple[Floats, Floats]:
    """Return the isotonic curve and (Brier, miscalibration, discrimination, uncertainty)."""
    from sklearn.isotonic import IsotonicRegression  # slow to load

    weight = np.bincount(place, galaxies * n, minlength=len(unique))
    events = np.bincount(place, galaxies * y, minlength=len(unique))
    seen = weight > 0
    rate = np.divide(events, weight, out=np.zeros_like(events), where=seen)
    rising = IsotonicRegression(out_of_bounds="clip")
    fit = rising.fit(unique[seen], rate[seen], weight[seen])
    curve = np.asarray(fit.predict(unique), float)
    total, mean = weight.sum(), events.sum() / weight.sum()

    def score(probability: Floats | float) -> float:
        p = np.broadcast_to(np.asarray(probability, float), rate.shape)
        return float(np.sum(events * (1 - p) ** 2 + (weight - events) * p**2) / total)

    brier, fitted, constant = score(unique), score(curve), score(mean)
    return curve, np.array([brier, brier - fitted, constant - fitted, constant])


def calibration_error(
    forecast: Numbers,
    yes: Numbers,
    sizes: Numbers | int = 1,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return the root mean squared calibration error, without the part that chance alone makes.

    In each of 15 bins with equally many galaxies the squared gap between mean forecast and observed
    rate is taken, less the variance of that rate; a plain binned error counts that variance as
    miscalibration (Kumar, Liang & Ma 2019, NeurIPS, "Verified uncertainty calibration"). Equal
    forecasts are never parted, so there may be fewer bins. For the parameters see `reliability`.
    """
    f, y, n = _checked(forecast, yes, sizes)
    cuts = np.unique(np.quantile(f, np.linspace(0, 1, BINS + 1)[1:-1]))
    place = np.searchsorted(cuts, f, "left")

    def error(rows: Places) -> float:
        parts = [_squared_gap(f[r], y[r] / n[r]) for r in _split(rows, place[rows])]
        weights = np.bincount(place[rows])
        weights = weights[weights > 0]
        return float(np.sqrt(max(0.0, np.average(parts, weights=weights))))

    rng = np.random.default_rng(seed)
    drawn = [error(_resample(rng, len(f))) for _ in range(resamples)]
    return _over_galaxies(error(np.arange(len(f))), np.array(drawn), len(f), level)


def _split(rows: Places, place: Places) -> list[Places]:
    order = np.argsort(place, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(place[order])) + 1)


def _squared_gap(forecast: Floats, rate: Floats) -> float:
    chance = rate.var(ddof=1) / len(rate) if len(rate) > 1 else 0.0
    return float((forecast.mean() - rate.mean()) ** 2 - chance)


def recalibrated(
    forecast: Numbers, yes: Numbers, sizes: Numbers | int = 1, *, folds: int = FOLDS, seed: int = 0
) -> Floats:
    """Return each galaxy's probability on a scale learnt from other galaxies (cross-fitted).

    Galaxies are shuffled from `seed` and split in so many `folds`; for the rest see `reliability`.
    """
    from sklearn.isotonic import IsotonicRegression  # slow to load

    f, y, n = _checked(forecast, yes, sizes)

    def learnt(fit: Ints, hold: Ints) -> Floats:
        scale = IsotonicRegression(out_of_bounds="clip")
        scale.fit(f[fit], y[fit] / n[fit], sample_weight=n[fit])
        return np.asarray(scale.predict(f[hold]))

    return _cross_fitted(learnt, len(f), folds, seed).clip(0, 1)


def grouped(
    group: Numbers, yes: Numbers, sizes: Numbers | int = 1, *, folds: int = FOLDS, seed: int = 0
) -> Floats:
    """Return each galaxy's probability from the rate of its group among other galaxies.

    What `recalibrated` is to a score, this is to an answer in words (cross-fitted).

    `group`, shape (n,), is a number for what was said, from 0; a group that the other galaxies lack
    gets their overall rate.
    """
    place = np.asarray(group, np.intp)
    _, y, n = _checked(np.zeros(len(place)), yes, sizes)

    def learnt(fit: Ints, hold: Ints) -> Floats:
        events = np.bincount(place[fit], y[fit], minlength=place.max() + 1)
        trials = np.bincount(place[fit], n[fit], minlength=place.max() + 1)
        overall = np.full(len(trials), y[fit].sum() / n[fit].sum())
        rates: Floats = np.divide(events, trials, out=overall, where=trials > 0)
        return rates[place[hold]]

    return _cross_fitted(learnt, len(place), folds, seed)


def _cross_fitted(
    learnt: Callable[[Ints, Ints], Floats], galaxies: int, folds: int, seed: int
) -> Floats:
    """Return what `learnt` says of each fold's galaxies from all the others, shape (galaxies,)."""
    from sklearn.model_selection import KFold  # slow to load

    out = np.empty(galaxies)
    folded = KFold(folds, shuffle=True, random_state=seed)
    for fit, hold in folded.split(out):
        out[hold] = learnt(fit, hold)
    return out

"""Answering only where one is sure: what is gained, and at what loss."""

from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Bools, Floats, Ints, Numbers
from secondsight.metrics.intervals import LEVEL, PLAIN, Estimate, bootstrap, proportion

RESAMPLES = 500


@dataclass(frozen=True)
class Coverage:
    """What is left when only the surest are answered."""

    threshold: float  # galaxies with at least this confidence are answered
    covered: Estimate  # the share of galaxies that are answered
    risk: Estimate  # the share of those that are answered wrongly


def risk_coverage(
    confidence: Numbers, right: Numbers, *, points: int = 20, level: float = LEVEL
) -> list[Coverage]:
    """Return risk and coverage from the surest galaxies alone to all of them.

    `confidence`, shape (n,), is the higher the surer; equal ones are never parted. `right`, shape
    (n,), tells whether each answer is right. At most so many `points` are spread evenly over the
    galaxies.

    Source: El-Yaniv & Wiener 2010, J. Mach. Learn. Res. 11, 1605.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, bool)
    if confidence.shape != right.shape:
        raise ValueError(f"{confidence.size} confidences and {right.size} answers don't match")
    wanted = np.quantile(confidence, np.linspace(1, 0, points + 1)[1:], method="lower")
    return [_coverage(threshold, confidence, right, level) for threshold in np.unique(wanted)[::-1]]


def _coverage(threshold: float, confidence: Floats, right: Bools, level: float) -> Coverage:
    kept = confidence >= threshold
    answered, wrong = int(kept.sum()), int((~right[kept]).sum())
    covered, risk = proportion(answered, len(kept), level), proportion(wrong, answered, level)
    return Coverage(float(threshold), covered, risk)


def separation(
    score: Numbers,
    event: Numbers,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return how often a galaxy with the event scores above one without (area under the ROC).

    0.5 is guessing, 1 is perfect; NaN without galaxies of both kinds.

    Ties of `score`, shape (n,), count half; `event`, bool, shape (n,), is what it is to tell.
    """
    score, event = np.asarray(score, float), np.asarray(event, bool)
    values, place = np.unique(score, return_inverse=True)
    table = np.stack([np.bincount(place[event == told], minlength=len(values)) for told in (0, 1)])
    return bootstrap(table, _area, level=level, resamples=resamples, seed=seed).in_unit(PLAIN)


def _area(table: Ints) -> float:
    no, yes = table  # sorts once for all resamples, which a library's ROC does for each
    if not no.sum() or not yes.sum():
        return float("nan")
    below = np.cumsum(no) - no
    return float(yes @ (below + no / 2) / (no.sum() * yes.sum()))

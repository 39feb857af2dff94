"""Made-up answerers whose calibration is known, for a test of what would measure it."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from secondsight.dtypes import Floats, Ints
from secondsight.simulate.seed import generator

EDGE = 0.02
"""Shares nearer to 0 or 1 than this are taken to lie there, for their log odds to be finite."""


def planted_rate(share: npt.ArrayLike, sharpness: float = 1.0, shift: float = 0.0) -> Floats:
    """Return how often an answerer says yes to subjects of which a share of volunteers said so.

    Log odds of the answer are `sharpness` times those of the share (any shape, 0 to 1), plus
    `shift`: 1 and 0 make a perfectly calibrated answerer, a larger sharpness an overconfident one.
    """
    odds = logit(np.clip(np.asarray(share, float), EDGE, 1 - EDGE))
    return np.asarray(expit(sharpness * odds + shift), float)


def draw_answers(rate: Floats, repeats: int, seed: int) -> Ints:
    """Return how often each subject is answered with yes in so many repeats, by its rate (n,)."""
    chance = generator(seed, "answerers", str(repeats))
    return np.asarray(chance.binomial(repeats, rate), np.int64)

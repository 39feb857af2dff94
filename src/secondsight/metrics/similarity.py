"""Scores of descriptions by the cosine of embeddings: means, errors of leads, retrieval.

Nothing here embeds a text: cosines come in as arrays.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from secondsight.dtypes import Bools, Floats, Ints
from secondsight.metrics.intervals import LEVEL, PLAIN, Counts, Estimate, bootstrap, normal


@dataclass(frozen=True)
class Spread:
    """The mean of a score over images, and its standard deviation from image to image."""

    mean: float
    sd: float

    def estimate(self, n: int, level: float = LEVEL) -> Estimate:
        """Return the mean with the interval that `n` images give it, by the normal law."""
        return normal(self.mean, float(self.sd / np.sqrt(n)), n, level, "normal").in_unit(PLAIN)


def spread_over_classes(cosine: Floats, frequencies: Floats, given: Floats | None = None) -> Spread:
    """Return how an answerer scores whose answer hangs on the image's class alone.

    Raises ValueError if the shapes do not fit.

    Parameters
    ----------
    cosine : array, shape (answers, classes)
        The cosine of each answer with each class's reference.
    frequencies : array, shape (classes,)
        How many images each class has, or shares of them.
    given : array, shape (classes, answers), optional
        How probable each answer is for an image of each class; rows add up to 1. If it is left
        out, there is one answer for each class, and an image is given its own class's.
    """
    share = np.asarray(frequencies, np.float64)
    share = share / share.sum()
    chance = np.eye(len(share)) if given is None else np.asarray(given, np.float64)
    if cosine.shape != chance.shape[::-1] or chance.shape[0] != len(share):
        raise ValueError(f"{cosine.shape} cosines do not fit {chance.shape} chances")
    weight = chance.T * share
    mean = float((weight * cosine).sum())
    return Spread(mean, float(np.sqrt((weight * (cosine - mean) ** 2).sum())))


def lead(
    first: float, second: float, sd: float, n: int, correlation: float = 0.0, level: float = LEVEL
) -> Estimate:
    """Return the first mean score less the second, with the interval that `n` images give it.

    `sd` is the standard deviation of either score from image to image; `correlation`, at most 1, is
    that of the two over the same images, 0 if they are not the same.
    """
    return normal(first - second, _error(sd, n, correlation), n, level, "normal").in_unit(PLAIN)


def smallest_lead(sd: float, n: int, correlation: float = 0.0, level: float = LEVEL) -> float:
    """Return the smallest lead whose interval leaves out zero; for the parameters see `lead`."""
    return float(_z(level) * _error(sd, n, correlation))


def needed_correlation(size: float, sd: float, n: int, level: float = LEVEL) -> float:
    """Return how correlated two scores must be for a lead of this size to leave out zero.

    At most 1. Zero or below: images that are not the same would do.
    """
    return float(1 - n * (size / (_z(level) * sd)) ** 2 / 2)


def correlation_over_classes(first: Floats, second: Floats, frequencies: Floats) -> float:
    """Return the correlation over images of two scores that hang on the class alone.

    The arrays, shape (classes,), are each class's two scores and how many images it has.
    """
    share = np.asarray(frequencies, np.float64) / np.sum(frequencies)
    covariance = np.cov(np.stack([first, second]), aweights=share, ddof=0)
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))


def pairs_reordered(means: Floats) -> tuple[int, int]:
    """Return how many pairs of answerers change order between sets of references, and all pairs.

    `means`, shape (answerers, sets), are mean scores.
    """
    pairs = list(combinations(means, 2))
    changed = [np.ptp(np.sign(first - second)) == 2 for first, second in pairs]
    return int(np.sum(changed)), len(pairs)


def lead_spread(means: Floats) -> float:
    """Return how much a lead varies with the set of references.

    It is the median over pairs of answerers of the standard deviation (ddof 1) of their lead.

    `means`, shape (answerers, sets), are mean scores, of two sets at least.
    """
    leads = [first - second for first, second in combinations(means, 2)]
    return float(np.median(np.std(leads, axis=1, ddof=1)))


def mean_cosine(counts: Counts, cosine: Floats, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the mean cosine of descriptions with the references of their images' classes.

    `counts` tell how many images of each class were given each description, `cosine` is that of
    each description with each class's reference; both have the shape (descriptions, classes).
    """
    drawn = bootstrap(counts, lambda drawn: _mean(drawn, cosine), level=level, seed=seed)
    return drawn.in_unit(PLAIN)


def gain_over_shuffled(
    counts: Counts, cosine: Floats, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """Return the mean cosine less that of the same descriptions shuffled among the images.

    This is what of the score comes from the image. For the parameters see `mean_cosine`.
    """

    def gain(drawn: Counts) -> float:
        return _mean(drawn, cosine) - shuffled_cosine(drawn, cosine)

    return bootstrap(counts, gain, level=level, seed=seed).in_unit(PLAIN)


def shuffled_cosine(counts: Counts, cosine: Floats) -> float:
    """Return the mean cosine over all ways to shuffle; arrays as for `mean_cosine`."""
    n = counts.sum()
    return float(counts.sum(axis=1) @ cosine @ counts.sum(axis=0) / n**2)


def retrieved(cosine: Floats, label: Ints, top: int = 1) -> Bools:
    """Return whether each image's own class is among the `top` nearest references, shape (images,).

    `cosine`, shape (images, classes), is of each image's description with each class's reference;
    `label`, int, shape (images,), is each image's class. Where another reference is as near, it
    counts as nearer.
    """
    own = cosine[np.arange(len(cosine)), label]
    ahead = (cosine >= own[:, None]).sum(axis=1) - 1
    return np.asarray(ahead < top)


def _mean(counts: Counts, cosine: Floats) -> float:
    return float((counts * cosine).sum() / counts.sum())


def _error(sd: float, n: int, correlation: float) -> float:
    return float(sd * np.sqrt(2 * (1 - correlation) / n))


def _z(level: float) -> float:
    return float(scipy.stats.norm.ppf((1 + level) / 2))

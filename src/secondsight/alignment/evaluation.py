"""What embeddings of images and of their captions are good for: probes and retrieval.

Pure functions of arrays. Each first gives a value for every test image, so that images can be
resampled: a prediction for the F1 scores, a number to be averaged for all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from secondsight.dtypes import Floats, Ints
from secondsight.metrics.intervals import LEVEL, RESAMPLES, Estimate

Outcomes = dict[str, Floats]
"""From a metric to a value for each test image."""

NEIGHBOURS = 5
TIED = 1e-6
"""Cosines that differ by less are tied."""


@dataclass(frozen=True)
class Features:
    """Embeddings of length 1.

    Attributes
    ----------
    images, texts : array of float, shape (n, d)
    labels : array of int, shape (n,)
        1 for the positive class.
    """

    images: Floats
    texts: Floats
    labels: Ints

    @property
    def concatenated(self) -> Floats:
        """Both beside each other, shape (n, 2 d)."""
        return np.hstack([self.images, self.texts])


def outcomes(train: Features, test: Features, other_texts: Floats) -> Outcomes:
    """Return a value for each test image and metric.

    Parameters
    ----------
    train, test : Features
        What the probes learn from, and what they answer.
    other_texts : array of float, shape (n, d)
        Embeddings of the test images' captions of the other kind.
    """
    similar = test.images @ test.texts.T
    found = {
        "mean_cosine": np.diag(similar).copy(),
        "recall_at_1": hits(similar, 1),
        "top_5_recall": hits(similar, 5),
        "class_recall_at_1": class_hits(similar, test.labels),
        "kinds_cosine": (test.texts * other_texts).sum(axis=1),
    }
    for what in ("images", "texts", "concatenated"):
        seen, asked = getattr(train, what), getattr(test, what)
        name = "text" if what == "texts" else what
        found[f"probe_f1_{name}"] = probe(seen, train.labels, asked)
        found[f"knn_f1_{name}"] = neighbours(seen, train.labels, asked)
    return found


def probe(train: Floats, labels: Ints, test: Floats) -> Floats:
    """Return what a logistic regression with scikit-learn's settings answers, 0 or 1 each."""
    fitted = LogisticRegression(max_iter=2000).fit(train, labels)
    return np.asarray(fitted.predict(test), dtype=np.float64)


def neighbours(train: Floats, labels: Ints, test: Floats, k: int = NEIGHBOURS) -> Floats:
    """Return what most of the `k` nearest training rows are, 0 or 1 each."""
    fitted = KNeighborsClassifier(k).fit(train, labels)
    return np.asarray(fitted.predict(test), dtype=np.float64)


def hits(similar: Floats, k: int) -> Floats:
    """Return whether each image's own caption is among the `k` most similar ones.

    Parameters
    ----------
    similar : array of float, shape (n, n)
        Cosines of images (rows) and captions; a pair stands on the diagonal.

    Returns
    -------
    array of float, shape (n,)
        0 or 1. Where captions are tied with the own one, as those of the same words are, the chance
        that it is among the `k` if ties are broken at random.
    """
    own = np.diag(similar)[:, None]
    before = (similar > own + TIED).sum(axis=1)
    tied = (np.abs(similar - own) <= TIED).sum(axis=1)
    found: Floats = np.clip((k - before) / tied, 0.0, 1.0)
    return found


def class_hits(similar: Floats, labels: Ints) -> Floats:
    """Return whether each image's most similar caption is of an image of the same class.

    Of tied captions, the share that is.
    """
    best = similar >= similar.max(axis=1, keepdims=True) - TIED
    same = labels[:, None] == labels[None, :]
    found: Floats = (best & same).sum(axis=1) / best.sum(axis=1)
    return found


def is_f1(metric: str) -> bool:
    """Whether a metric is an F1 score, whose values by image are predictions."""
    return "_f1_" in metric


def value(metric: str, values: Floats, labels: Ints) -> float:
    """Return a metric of all test images."""
    return float(_weighted(metric, values, labels, np.ones((1, len(labels))))[0])


def over_runs(
    metric: str,
    runs: Sequence[Floats],
    labels: Ints,
    less: Sequence[Floats] = (),
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return a metric's mean over runs, with the bootstrap interval over the test images.

    Parameters
    ----------
    metric : str
    runs : sequence of array of float, shape (n,)
        The values by image of each run: the same images are resampled in all of them.
    labels : array of int, shape (n,)
    less : sequence of array of float, shape (n,)
        Runs on the same images whose mean is taken off, draw by draw.
    level, resamples, seed
        As for `secondsight.metrics.bootstrap`.
    """
    count = len(labels)
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), resamples)
    weights = np.vstack([np.ones(count), draws])
    means = _mean(metric, runs, labels, weights)
    if less:
        means = means - _mean(metric, less, labels, weights)
    low, high = np.quantile(means[1:], [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(means[0]), float(low), float(high), count, level, "bootstrap")


def _mean(metric: str, runs: Sequence[Floats], labels: Ints, weights: Floats) -> Floats:
    """Return a metric's mean over runs for each row of weights, shape (rows,)."""
    found: Floats = np.mean([_weighted(metric, run, labels, weights) for run in runs], axis=0)
    return found


def _weighted(metric: str, values: Floats, labels: Ints, weights: Floats) -> Floats:
    """Return a metric for each row of weights, shape (rows,); F1 is 0 where nothing is positive."""
    if not is_f1(metric):
        mean: Floats = weights @ values / weights.sum(axis=1)
        return mean
    hit = weights @ ((values == 1) & (labels == 1))
    marked = weights @ (values == 1) + weights @ (labels == 1)
    score: Floats = np.divide(2 * hit, marked, out=np.zeros(len(weights)), where=marked > 0)
    return score


def plane(*groups: Floats) -> tuple[list[Floats], float]:
    """Return embeddings in their two principal components, and the share of variance in these.

    Parameters
    ----------
    *groups : array of float, shape (n, d)
        The components are those of all groups together.
    """
    joined = np.concatenate(groups)
    centred = joined - joined.mean(axis=0)
    _, strength, axes = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(axes[:2, np.abs(axes[:2]).argmax(axis=1)].diagonal())
    placed = centred @ (axes[:2] * signs[:, None]).T
    share = float((strength[:2] ** 2).sum() / (strength**2).sum())
    ends = np.cumsum([len(group) for group in groups])[:-1]
    return list(np.split(placed, ends)), share

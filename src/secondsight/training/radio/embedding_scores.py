"""What embeddings of images and of their captions are good for: probes and retrieval.

Pure functions of arrays. Metrics have a value for every test image; see `training.results`.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from secondsight.dtypes import Floats, Ints
from secondsight.training.results import Outcomes

NEIGHBOURS = 5
TIED = 1e-6
"""Cosines that differ by less are tied."""


@dataclass(frozen=True)
class Features:
    """Embeddings of length 1, shape (n, d), and classes, shape (n,)."""

    images: Floats
    texts: Floats
    labels: Ints  # 1 for the positive class

    @property
    def concatenated(self) -> Floats:
        """Both beside each other, shape (n, 2 d)."""
        return np.hstack([self.images, self.texts])


def outcomes(train: Features, test: Features, other_texts: Floats) -> Outcomes:
    """Return a value for each test image and metric; probes learn from `train`.

    `other_texts`, shape (n, d), are embeddings of the test images' captions of the other kind.
    """
    similar = test.images @ test.texts.T
    scores = {
        "mean_cosine": np.diag(similar).copy(),
        "recall_at_1": hits(similar, 1),
        "top_5_recall": hits(similar, 5),
        "class_recall_at_1": class_hits(similar, test.labels),
        "kinds_cosine": (test.texts * other_texts).sum(axis=1),
    }
    for what in ("images", "texts", "concatenated"):
        seen, asked = getattr(train, what), getattr(test, what)
        name = "text" if what == "texts" else what
        scores[f"probe_f1_{name}"] = probe(seen, train.labels, asked)
        scores[f"knn_f1_{name}"] = neighbours(seen, train.labels, asked)
    return scores


def probe(train: Floats, labels: Ints, test: Floats) -> Floats:
    """Return what a logistic regression with scikit-learn's settings answers, 0 or 1 each."""
    fitted = LogisticRegression(max_iter=2000).fit(train, labels)
    return np.asarray(fitted.predict(test), dtype=np.float64)


def neighbours(train: Floats, labels: Ints, test: Floats, k: int = NEIGHBOURS) -> Floats:
    """Return what most of the `k` nearest training rows are, 0 or 1 each."""
    fitted = KNeighborsClassifier(k).fit(train, labels)
    return np.asarray(fitted.predict(test), dtype=np.float64)


def hits(similar: Floats, k: int) -> Floats:
    """Return whether each image's own caption is among the `k` most similar ones, shape (n,).

    `similar`, shape (n, n), has cosines of images (rows) and captions, a pair on the diagonal.
    Where captions are tied with the own one, as those of the same words are, it is the chance that
    it is among the `k` if ties are broken at random.
    """
    own = np.diag(similar)[:, None]
    before = (similar > own + TIED).sum(axis=1)
    tied = (np.abs(similar - own) <= TIED).sum(axis=1)
    chance: Floats = np.clip((k - before) / tied, 0.0, 1.0)
    return chance


def class_hits(similar: Floats, labels: Ints) -> Floats:
    """Return whether each image's most similar caption is of an image of the same class.

    Of tied captions, the share that is.
    """
    best = similar >= similar.max(axis=1, keepdims=True) - TIED
    same = labels[:, None] == labels[None, :]
    share: Floats = (best & same).sum(axis=1) / best.sum(axis=1)
    return share

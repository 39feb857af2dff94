"""A linear probe on words: which of two classes a text is of, learnt from other texts.

Words are weighted by TF-IDF and classified by logistic regression, both with the defaults of
scikit-learn, to which the tests hold them. Numpy and scipy do it here, so that a table can be made
anew wherever the book is built.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

WORD = re.compile(r"\b\w\w+\b")
"""What counts as a word: two letters or digits at least."""
FOLDS = 5
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def out_of_fold(texts: Sequence[str], labels: Ints, seed: int) -> Ints:
    """Return for each text the answer, 0 or 1, of a probe that was fitted without it.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    labels : array of int, shape (texts,)
        Their classes, 0 or 1.
    seed : int
        Which division into folds.
    """
    fold = stratified_folds(labels, seed)
    answers = np.zeros(len(labels), dtype=np.int64)
    for number in range(FOLDS):
        held_out = np.flatnonzero(fold == number).tolist()
        others = np.flatnonzero(fold != number).tolist()
        known, asked = tf_idf([texts[at] for at in others], [texts[at] for at in held_out])
        weights, offset = fit_logistic(known, labels[others])
        answers[held_out] = asked @ weights + offset > 0
    return answers


def stratified_folds(labels: Ints, seed: int) -> Ints:
    """Return the fold of each label; every fold holds as many of each class as can be."""
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def tf_idf(known: Sequence[str], asked: Sequence[str]) -> tuple[Floats, Floats]:
    """Return the weighted words of the known and of the asked texts, shape (texts, words).

    A word's weight is how often it stands in the text times the logarithm of how rare it is among
    the known texts; each text's weights have length 1. Words that no known text has are left out.
    """
    found = [WORD.findall(text.lower()) for text in known]
    place = {word: at for at, word in enumerate(sorted({word for some in found for word in some}))}
    counts = _count(found, place)
    rarity = np.log((1 + len(known)) / (1 + (counts > 0).sum(axis=0))) + 1
    others = _count([WORD.findall(text.lower()) for text in asked], place)
    return _normed(counts * rarity), _normed(others * rarity)


def fit_logistic(known: Floats, labels: Ints) -> tuple[Floats, float]:
    """Return the weights and the offset of a logistic regression with the usual L2 penalty.

    The penalty is half the squared length of the weights, beside the sum of the texts' losses;
    the offset is free.
    """
    signs = 2.0 * labels - 1

    def loss(parameters: Floats) -> tuple[float, Floats]:
        weights, offset = parameters[:-1], parameters[-1]
        margins = signs * (known @ weights + offset)
        slope = -signs / (1 + np.exp(margins))
        gradient = np.append(known.T @ slope + weights, slope.sum())
        return float(np.logaddexp(0, -margins).sum() + weights @ weights / 2), gradient

    start = np.zeros(known.shape[1] + 1)
    precise = {"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-7}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=precise).x
    return best[:-1], float(best[-1])


def _count(found: list[list[str]], place: dict[str, int]) -> Floats:
    counts = np.zeros((len(found), len(place)))
    for row, words in enumerate(found):
        for word in words:
            if word in place:
                counts[row, place[word]] += 1
    return counts


def _normed(weights: Floats) -> Floats:
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    normed: Floats = np.divide(weights, lengths, out=np.zeros_like(weights), where=lengths > 0)
    return normed

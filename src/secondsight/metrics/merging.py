"""What a confusion between two categories costs, and what merging them brings back."""

import numpy as np

from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import LEVEL, POINTS, Counts, Estimate, bootstrap, proportion


def merge(confusion: Confusion, pair: tuple[int, int]) -> Confusion:
    """Return the confusion matrix with two categories (rows' places) made one.

    The merged category stands in the place of the first and is named after both.
    """
    first, second = pair
    counts = confusion.counts.copy()
    counts[first] += counts[second]
    counts[:, first] += counts[:, second]
    counts = np.delete(np.delete(counts, second, axis=0), second, axis=1)
    names = list(confusion.categories)
    names[first] = f"{names[first]} or {names[second]}"
    del names[second]
    return Confusion(counts, names, confusion.others)


def swaps(counts: Counts, pair: tuple[int, int]) -> int:
    """Return how many images of a pair were answered with the other; counts of shape (k, m)."""
    first, second = pair
    return int(counts[first, second] + counts[second, first])


def errors(counts: Counts) -> int:
    """Return how many of the counted images, shape (k, m), were not answered rightly."""
    return int(counts.sum() - np.trace(counts[:, : counts.shape[0]]))


def share_of_errors(confusion: Confusion, pair: tuple[int, int], level: float = LEVEL) -> Estimate:
    """Return the share of all errors that are swaps within a pair (Wilson interval)."""
    return proportion(swaps(confusion.counts, pair), errors(confusion.counts), level)


def share_of_misses(confusion: Confusion, category: int, level: float = LEVEL) -> Estimate:
    """Return the share of all errors that are images of one category (a row's place; Wilson)."""
    row = confusion.counts[category]
    return proportion(int(row.sum() - row[category]), errors(confusion.counts), level)


def called_instead(
    confusion: Confusion, category: int, instead: int, level: float = LEVEL
) -> Estimate:
    """Return, of a category's missed images, the share answered `instead` (Wilson interval)."""
    row = confusion.counts[category]
    return proportion(int(row[instead]), int(row.sum() - row[category]), level)


def gain_from_merging(
    confusion: Confusion, pair: tuple[int, int], level: float = LEVEL
) -> Estimate:
    """Return by how much accuracy rises when a pair is merged (Wilson interval).

    The rise is the share of all images that are swaps within the pair.
    """
    return proportion(swaps(confusion.counts, pair), confusion.n, level).in_unit(POINTS)


def lead_of_pair(
    confusion: Confusion, pair: tuple[int, int], level: float = LEVEL, seed: int = 0
) -> Estimate:
    """Return by how much a pair's swaps exceed those of the worst other pair (bootstrap).

    Both are shares of all images; a negative lead means that another pair is swapped more often.
    """

    def lead(counts: Counts) -> float:
        square = counts[:, : counts.shape[0]]
        both = np.triu(square + square.T, k=1)
        both[min(pair), max(pair)] = 0
        return float((swaps(counts, pair) - both.max()) / counts.sum())

    return bootstrap(confusion.counts, lead, level=level, seed=seed).in_unit(POINTS)


def worst_pair(confusion: Confusion) -> tuple[int, int]:
    """Return the places of the two categories that are most often swapped."""
    square = confusion.square
    firsts, seconds = np.triu_indices(len(square), k=1)
    worst = int((square + square.T)[firsts, seconds].argmax())
    return int(firsts[worst]), int(seconds[worst])

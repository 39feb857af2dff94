"""Accuracy, precision, recall and F1 of a confusion matrix, each with an interval.

An answer that is none of the categories counts as wrong: it lowers recall and accuracy and is in
no category's precision.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from secondsight.dtypes import Floats
from secondsight.metrics.confusion import Confusion, over
from secondsight.metrics.intervals import LEVEL, Counts, Estimate, bootstrap, proportion


def accuracy(confusion: Confusion, level: float = LEVEL) -> Estimate:
    """Return the share of images answered with their true category (Wilson interval)."""
    return proportion(int(np.trace(confusion.square)), confusion.n, level)


def precision(confusion: Confusion, category: int, level: float = LEVEL) -> Estimate:
    """Return, of the answers `category` (a row's place), the share that is right (Wilson)."""
    square = confusion.square
    return proportion(int(square[category, category]), int(square[:, category].sum()), level)


def recall(confusion: Confusion, category: int, level: float = LEVEL) -> Estimate:
    """Return, of the images of `category` (a row's place), the share answered so (Wilson)."""
    counts = confusion.counts
    return proportion(int(counts[category, category]), int(counts[category].sum()), level)


def f1(confusion: Confusion, category: int, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the harmonic mean of precision and recall (bootstrap interval)."""

    def of_category(counts: Counts) -> float:
        return float(f1_values(counts)[category])

    return bootstrap(confusion.counts, of_category, level=level, seed=seed)


def macro_f1(confusion: Confusion, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the unweighted mean of the categories' F1 (bootstrap interval)."""
    return _macro(f1_values, confusion, level, seed)


def precision_values(counts: Counts) -> Floats:
    """Return each category's precision, shape (k,); 0 where a category is never answered."""
    square = counts[:, : counts.shape[0]]
    return over(np.diag(square), square.sum(axis=0))


def recall_values(counts: Counts) -> Floats:
    """Return each category's recall, shape (k,); 0 where a category has no images."""
    return over(np.diag(counts[:, : counts.shape[0]]), counts.sum(axis=1))


def f1_values(counts: Counts) -> Floats:
    """Return each category's F1, shape (k,); 0 where nothing was right."""
    square = counts[:, : counts.shape[0]]
    return over(2 * np.diag(square), square.sum(axis=0) + counts.sum(axis=1))


def score_table(confusion: Confusion, level: float = LEVEL, seed: int = 0) -> pd.DataFrame:
    """Return precision, recall and F1 of each category, and their macro means.

    Rows are the categories and "macro mean"; columns are `images` (int) and `precision`, `recall`,
    `F1` (each an `Estimate`).
    """
    places = range(len(confusion.categories))
    table = {
        "images": [*confusion.counts.sum(axis=1).tolist(), confusion.n],
        "precision": [precision(confusion, place, level) for place in places],
        "recall": [recall(confusion, place, level) for place in places],
        "F1": [f1(confusion, place, level, seed) for place in places],
    }
    macro = {"precision": precision_values, "recall": recall_values, "F1": f1_values}
    for name, values in macro.items():
        table[name].append(_macro(values, confusion, level, seed))
    return pd.DataFrame(table, index=[*confusion.categories, "macro mean"])


def _macro(
    values: Callable[[Counts], Floats], confusion: Confusion, level: float, seed: int
) -> Estimate:
    def mean(counts: Counts) -> float:
        return float(np.mean(values(counts)))

    return bootstrap(confusion.counts, mean, level=level, seed=seed)

"""Confusion matrices: counts of true against answered category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from secondsight.dtypes import Floats
from secondsight.metrics.intervals import Counts


@dataclass(frozen=True)
class Confusion:
    """Counts of images by true category, in rows, and by answer, in columns."""

    counts: Counts  # shape (k, m), m >= k; the first k columns are the categories, as answered
    categories: list[str]  # the k rows' names
    others: list[str]  # the further columns' names: answers that are none of the categories

    def __post_init__(self) -> None:
        shape = (len(self.categories), len(self.categories) + len(self.others))
        if self.counts.shape != shape:
            raise ValueError(f"counts have the shape {self.counts.shape}, the names say {shape}")
        if (self.counts < 0).any():
            raise ValueError("counts can't be negative")

    @property
    def n(self) -> int:
        """How many images."""
        return int(self.counts.sum())

    @property
    def square(self) -> Counts:
        """The columns that are categories, shape (k, k)."""
        return self.counts[:, : len(self.categories)]

    def row_fractions(self) -> Floats:
        """Return each count over its row's sum, shape (k, m): how a category was answered."""
        return over(self.counts, self.counts.sum(axis=1, keepdims=True))


def confusion_from_answers(
    label: pd.Series,
    answer: pd.Series,
    codes: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> Confusion:
    """Count answers by true category.

    Parameters
    ----------
    label, answer : Series of str, same length
        True category and answer of each image, as codes. An answer that is none of `codes`
        (another category, a refusal) gets a column of its own.
    codes : sequence of str
        The categories. Images with another true category are left out.
    names : mapping of str to str, optional
        What a code is called; the code itself where this does not say.
    """
    kept = label.isin(codes)
    table = pd.crosstab(label[kept], answer[kept].fillna("missing"))
    others = sorted(set(table.columns) - set(codes))
    columns = [*codes, *others]
    counts = table.reindex(index=list(codes), columns=columns, fill_value=0).to_numpy(np.int64)
    called = {code: (names or {}).get(code, code) for code in columns}
    return Confusion(counts, [called[code] for code in codes], [called[code] for code in others])


def only_categories(confusion: Confusion) -> Confusion:
    """Return the counts without the images whose answer is none of the categories."""
    return Confusion(confusion.square, confusion.categories, [])


def confusion_from_predicted_rows(counts: list[list[int]], names: list[str]) -> Confusion:
    """Return the confusion matrix of published counts whose rows are the predicted categories."""
    return Confusion(np.array(counts, dtype=np.int64).T, list(names), [])


def over(counts: Counts, sums: Counts) -> Floats:
    """Return counts over sums of the same shape, or of one that fits; 0 over 0 is 0."""
    return np.divide(counts, sums, out=np.zeros(counts.shape), where=sums > 0)

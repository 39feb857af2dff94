"""The tables of results that the trainings leave: made of their runs, written and read.

Metrics of several runs on the same pictures come as means with intervals over the pictures. A run
gives a value for every picture, so that pictures can be resampled: a prediction for the F1 scores,
a number to be averaged for all other metrics. Torch is not needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.dtypes import Floats, Ints
from secondsight.errors import DataError
from secondsight.metrics.intervals import LEVEL, RESAMPLES, Estimate
from secondsight.paths import shown

ALL = "all"
"""Stands for the seed in rows that hold the mean over seeds."""
LESS = " less "
"""Joins two names in rows that hold a difference on the same pictures."""
ESTIMATE = ("seed", "metric", "value", "low", "high")
"""What every table of results has, beside the names of what was compared."""

Outcomes = dict[str, Floats]
"""From a metric to a value for each picture, shape (n,)."""
Name = tuple[str, str]
"""What was compared, such as a setting and a kind of captions: a table's first two columns."""
Row = tuple[object, ...]
"""A name, a seed, a metric, its value, both ends of its interval, and of how many pictures."""


@dataclass(frozen=True)
class Tables:
    """The tables of one training."""

    folder: Path  # where they are committed
    columns: Mapping[str, tuple[str, ...]]  # from a file's name to the columns that it holds
    command: str  # what makes them anew

    def read(self, path: Path | None = None) -> pd.DataFrame:
        """Return a table as `write` wrote it, of its results if no other is named; seeds are texts.

        Raises DataError if it is absent or holds other columns.
        """
        path = path or self.folder / "results.csv"
        if not path.is_file():
            raise DataError(f"{shown(path)} is missing: restore it with git, or {self.command}")
        table = pd.read_csv(path, dtype={"seed": str}, keep_default_na=False, na_values=[""])
        if tuple(table.columns) != self.columns[path.name]:
            raise DataError(f"{shown(path)} holds other columns than it should")
        return table

    def write(self, table: pd.DataFrame, path: Path) -> None:
        """Write a table as it is committed: CSV, five decimals, Unix line ends."""
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = list(self.columns[path.name])
        table[columns].to_csv(path, index=False, float_format="%.5f", lineterminator="\n")


RADIO = Tables(
    paths.DATA / "alignment",
    {
        "results.csv": ("setting", "captions", *ESTIMATE),
    },
    "make train-radio",
)
LLAVA = Tables(
    paths.DATA / "finetune",
    {
        "results.csv": ("arm", "moment", *ESTIMATE, "pictures"),
        "curves.csv": ("arm", "stage", "seed", "step", "loss"),
        "said.csv": ("arm", "moment", "how", "image_id", "label", "text"),
    },
    "make train-llava",
)


def rows_of(table: pd.DataFrame, **named: str) -> pd.DataFrame:
    """Return the rows in which each of these columns holds what it is said to hold."""
    for column, value in named.items():
        table = table[table[column] == value]
    return table


# ------------------------------------------------------------------------------ means over runs


def row(name: Name, seed: object, metric: str, value: float, pictures: int = 0) -> Row:
    """Return the row of a number that has no interval."""
    return (*name, str(seed), metric, value, np.nan, np.nan, pictures)


def mean_rows(
    runs: Mapping[Name, Sequence[Outcomes]],
    differences: Mapping[Name, tuple[Name, Name]],
    labels: Ints | None = None,
) -> list[Row]:
    """Return the rows of means over runs, and of differences: a first name's mean less a second's.

    The classes, shape (n,), are what F1 scores need.
    """
    nothing: Sequence[Outcomes] = ()
    compared = {name: (own, nothing) for name, own in runs.items()}
    compared |= {name: (runs[more], runs[less]) for name, (more, less) in differences.items()}
    rows: list[Row] = []
    for name, (own, less) in compared.items():
        for metric, values in own[0].items():
            classes = np.zeros(len(values), np.int64) if labels is None else labels
            first, second = ([run[metric] for run in part] for part in (own, less))
            mean = over_runs(metric, first, classes, second)
            rows.append((*name, ALL, metric, mean.value, mean.low, mean.high, mean.n))
    return rows


def value(metric: str, values: Floats, labels: Ints) -> float:
    """Return a metric of all pictures."""
    return float(_weighted(metric, values, labels, np.ones((1, len(labels))))[0])


def over_runs(
    metric: str, runs: Sequence[Floats], labels: Ints, less: Sequence[Floats] = ()
) -> Estimate:
    """Return a metric's mean over runs, with the bootstrap interval over the pictures.

    Runs are values by picture, shape (n,), as are classes. The same pictures are resampled in all
    of them, and in those whose mean is taken off, draw by draw.
    """
    count = len(labels)
    draws = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    weights = np.vstack([np.ones(count), draws])
    means = _mean(metric, runs, labels, weights)
    if less:
        means = means - _mean(metric, less, labels, weights)
    low, high = np.quantile(means[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(means[0]), float(low), float(high), count, LEVEL, "bootstrap")


def _mean(metric: str, runs: Sequence[Floats], labels: Ints, weights: Floats) -> Floats:
    """Return a metric's mean over runs for each row of weights, shape (rows,)."""
    mean: Floats = np.mean([_weighted(metric, run, labels, weights) for run in runs], axis=0)
    return mean


def _weighted(metric: str, values: Floats, labels: Ints, weights: Floats) -> Floats:
    """Return a metric for each row of weights, shape (rows,); F1 is 0 where nothing is positive."""
    if "_f1_" not in metric:
        mean: Floats = weights @ values / weights.sum(axis=1)
        return mean
    hit = weights @ ((values == 1) & (labels == 1))
    marked = weights @ (values == 1) + weights @ (labels == 1)
    score: Floats = np.divide(2 * hit, marked, out=np.zeros(len(weights)), where=marked > 0)
    return score

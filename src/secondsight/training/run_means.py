"""Metrics of several runs on the same pictures: their means, with intervals over the pictures.

Pure functions of arrays. A run gives a value for every picture, so that pictures can be resampled:
a prediction for the F1 scores, a number to be averaged for all other metrics.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from secondsight.dtypes import Floats, Ints
from secondsight.metrics.intervals import LEVEL, RESAMPLES, Estimate
from secondsight.training.results import ALL

Outcomes = dict[str, Floats]
"""From a metric to a value for each picture."""
Name = tuple[str, str]
"""What was compared, such as a setting and a kind of captions: a table's first two columns."""
Row = tuple[object, ...]
"""A name, a seed, a metric, its value, both ends of its interval, and of how many pictures."""


def row(name: Name, seed: object, metric: str, value: float, pictures: int = 0) -> Row:
    """Return the row of a number that has no interval."""
    return (*name, str(seed), metric, value, np.nan, np.nan, pictures)


def mean_rows(
    runs: Mapping[Name, Sequence[Outcomes]],
    differences: Mapping[Name, tuple[Name, Name]],
    labels: Ints | None = None,
) -> list[Row]:
    """Return the rows of means over runs, and of differences of such means.

    Parameters
    ----------
    runs : mapping of name to sequence of dict
        Each run's values.
    differences : mapping of name to (name, name)
        What is called so: the first one's mean less the second one's.
    labels : array of int, shape (n,), optional
        Each picture's class, which F1 scores need.
    """
    nothing: Sequence[Outcomes] = ()
    compared = {name: (own, nothing) for name, own in runs.items()}
    compared |= {name: (runs[one], runs[less]) for name, (one, less) in differences.items()}
    return [
        (*name, ALL, metric, mean.value, mean.low, mean.high, mean.n)
        for name, (own, less) in compared.items()
        for metric in own[0]
        for mean in [_mean_of(metric, own, less, labels)]
    ]


def _mean_of(
    metric: str, own: Sequence[Outcomes], less: Sequence[Outcomes], labels: Ints | None
) -> Estimate:
    values = [run[metric] for run in own]
    classes = np.zeros(len(values[0]), np.int64) if labels is None else labels
    return over_runs(metric, values, classes, [run[metric] for run in less])


def value(metric: str, values: Floats, labels: Ints) -> float:
    """Return a metric of all pictures."""
    return float(_weighted(metric, values, labels, np.ones((1, len(labels))))[0])


def over_runs(
    metric: str, runs: Sequence[Floats], labels: Ints, less: Sequence[Floats] = ()
) -> Estimate:
    """Return a metric's mean over runs, with the bootstrap interval over the pictures.

    Parameters
    ----------
    runs : sequence of array of float, shape (n,)
        The values by picture of each run: the same pictures are resampled in all of them.
    labels : array of int, shape (n,)
    less : sequence of array of float, shape (n,)
        Runs on the same pictures whose mean is taken off, draw by draw.
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

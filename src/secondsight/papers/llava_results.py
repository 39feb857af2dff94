"""What fine-tuning small LLaVAs gave, as `make train-llava` wrote it."""

import pandas as pd

from secondsight.errors import DataError
from secondsight.metrics.intervals import LEVEL, PERCENT, PLAIN, Estimate
from secondsight.training.results import ALL, LESS, LLAVA, rows_of
from secondsight.training.settings import MOMENTS

__all__ = ["CURVES", "LESS", "MOMENTS", "RESULTS", "SAID", "by_seed", "over_pictures", "read"]

RESULTS, CURVES, SAID = (LLAVA.folder / name for name in LLAVA.columns)
read = LLAVA.read


def over_pictures(
    table: pd.DataFrame, arm: str, metric: str, moment: str = MOMENTS[-1]
) -> Estimate:
    """Return a metric's mean over seeds, with its bootstrap interval over the pictures.

    `arm` is a key of `secondsight.training.settings.VARIANTS`, or two joined by `LESS`.

    Raises a DataError if the table has no such row.
    """
    own = rows_of(table, arm=arm, metric=metric, moment=moment, seed=ALL)
    if len(own) != 1:
        raise DataError(f"{RESULTS.name} has no {metric!r} of {arm!r} {moment}")
    ((value, low, high, count),) = own[["value", "low", "high", "pictures"]].to_numpy(float)
    unit = PERCENT if metric.startswith("top_") else PLAIN
    return Estimate(value, low, high, int(count), LEVEL, "bootstrap over pictures", unit)


def by_seed(table: pd.DataFrame, arm: str, metric: str, moment: str = MOMENTS[-1]) -> pd.Series:
    """Return a metric of each seed, by the seed."""
    rows = rows_of(table, arm=arm, metric=metric, moment=moment)
    return rows[rows["seed"] != ALL].set_index("seed")["value"]

"""The committed results: read and written here, by name."""

from pathlib import Path

import pandas as pd

from secondsight import paths
from secondsight.committed import read_committed, write_committed
from secondsight.errors import DataError
from secondsight.metrics.intervals import LEVEL, Estimate

FOLDER = paths.DATA / "finetune"
RESULTS, CURVES, SAID = (FOLDER / f"{name}.csv" for name in ("results", "curves", "said"))
ALL = "all"
"""Stands for the seed in rows that hold the mean over seeds."""
LESS = " less "
"""Joins two arms in rows that hold a difference on the same pictures."""
MOMENTS = ("before", "after stage 1", "after stage 2")
HOWS = ("described", "drawn", "asked far")
"""A description by the likeliest words; one drawn by chance; the answer to how far it is."""
COLUMNS = {
    RESULTS.name: ["arm", "moment", "seed", "metric", "value", "low", "high", "pictures"],
    CURVES.name: ["arm", "stage", "seed", "step", "loss"],
    SAID.name: ["arm", "moment", "how", "image_id", "label", "text"],
}


def read(path: Path = RESULTS) -> pd.DataFrame:
    """Return one of the committed tables.

    Raises
    ------
    DataError
        If it is absent or holds other columns.
    """
    return read_committed(path, COLUMNS[path.name], "make train-llava")


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as it is committed."""
    write_committed(table, path, COLUMNS[path.name])


def over_pictures(
    table: pd.DataFrame, arm: str, metric: str, moment: str = MOMENTS[-1]
) -> Estimate:
    """Return a metric's mean over seeds, with its bootstrap interval over the pictures.

    Parameters
    ----------
    table : DataFrame
        Of `RESULTS`.
    arm : str
        A key of `secondsight.finetune.settings.ARMS`, or two joined by `LESS`.
    metric : str
    moment : {"before", "after stage 1", "after stage 2"}

    Raises
    ------
    DataError
        If the table has no such row.
    """
    found = _rows(table, arm, metric, moment).query("seed == @ALL")
    if len(found) != 1:
        raise DataError(f"{RESULTS.name} has no {metric!r} of {arm!r} {moment}")
    ((value, low, high, count),) = found[["value", "low", "high", "pictures"]].to_numpy(float)
    return Estimate(value, low, high, int(count), LEVEL, "bootstrap over pictures")


def by_seed(table: pd.DataFrame, arm: str, metric: str, moment: str = MOMENTS[-1]) -> pd.Series:
    """Return a metric of each seed, by the seed."""
    rows = _rows(table, arm, metric, moment).query("seed != @ALL")
    return rows.set_index("seed")["value"]


def _rows(table: pd.DataFrame, arm: str, metric: str, moment: str) -> pd.DataFrame:
    return table[(table["arm"] == arm) & (table["metric"] == metric) & (table["moment"] == moment)]

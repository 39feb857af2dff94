"""The committed results of the experiment: read and written here, by name."""

from pathlib import Path

import pandas as pd

from secondsight import paths
from secondsight.alignment.data import TEST
from secondsight.committed import read_committed, write_committed
from secondsight.metrics.intervals import LEVEL, Estimate

FOLDER = paths.DATA / "alignment"
RESULTS, MAP = FOLDER / "results.csv", FOLDER / "map.csv"
ALL = "all"
"""Stands for the seed in rows that hold the mean over seeds."""
LESS = " less "
"""Joins two settings, or two kinds of captions, in rows that hold a difference."""
COLUMNS = {
    RESULTS.name: ["setting", "captions", "seed", "metric", "value", "low", "high"],
    MAP.name: ["setting", "what", "label", "x", "y"],
}


def read(path: Path = RESULTS) -> pd.DataFrame:
    """Return one of the committed tables.

    Raises
    ------
    DataError
        If it is absent or holds other columns.
    """
    return read_committed(path, COLUMNS[path.name], "make train-radio")


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as it is committed."""
    write_committed(table, path, COLUMNS[path.name])


def over_images(table: pd.DataFrame, setting: str, captions: str, metric: str) -> Estimate:
    """Return a metric's mean over seeds, with its bootstrap interval over the test images.

    A setting ``"both less frozen"`` or captions ``"precise less generic"`` ask for a difference on
    the same images.
    """
    own = _rows(table, setting, captions, metric).query("seed == @ALL")
    ((value, low, high),) = own[["value", "low", "high"]].to_numpy(dtype=float)
    return Estimate(value, low, high, TEST, LEVEL, "bootstrap over test images")


def over_seeds(table: pd.DataFrame, setting: str, captions: str, metric: str) -> Estimate:
    """Return a metric's mean over seeds, with the lowest and highest of them as its ends."""
    values = _rows(table, setting, captions, metric).query("seed != @ALL")["value"]
    return Estimate(
        float(values.mean()), float(values.min()), float(values.max()), len(values),
        method="lowest and highest seed",
    )  # fmt: skip


def _rows(table: pd.DataFrame, setting: str, captions: str, metric: str) -> pd.DataFrame:
    return table[
        (table["setting"] == setting)
        & (table["captions"] == captions)
        & (table["metric"] == metric)
    ]

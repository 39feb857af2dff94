"""The committed tables of the trainings: read and written here, by name; torch is not needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from secondsight import paths
from secondsight.errors import DataError
from secondsight.paths import shown

ALL = "all"
"""Stands for the seed in rows that hold the mean over seeds."""
LESS = " less "
"""Joins two names in rows that hold a difference on the same pictures."""
ESTIMATE = ("seed", "metric", "value", "low", "high")
"""What every table of results has, beside the names of what was compared."""


@dataclass(frozen=True)
class Tables:
    """The tables of one training.

    Attributes
    ----------
    folder : Path
        Where they are committed.
    columns : mapping of str to tuple of str
        From a file's name to the columns that it must hold, in their order.
    command : str
        What makes them anew.
    """

    folder: Path
    columns: Mapping[str, tuple[str, ...]]
    command: str

    def read(self, path: Path | None = None) -> pd.DataFrame:
        """Return a table as `write` wrote it, of its results if no other is named.

        A column `seed` holds texts.

        Raises
        ------
        DataError
            If it is absent or holds other columns.
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
        "map.csv": ("setting", "what", "label", "x", "y"),
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

"""Tables that a training wrote and that are committed: read and written by name."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from secondsight.errors import DataError
from secondsight.paths import shown


def read_committed(path: Path, columns: Sequence[str], command: str) -> pd.DataFrame:
    """Return a table as `write_committed` wrote it; a column `seed` holds texts.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        Those that it must hold, in this order.
    command : str
        What makes it anew.

    Raises
    ------
    DataError
        If it is absent or holds other columns.
    """
    if not path.is_file():
        raise DataError(f"{shown(path)} is missing: restore it with git, or {command}")
    table = pd.read_csv(path, dtype={"seed": str}, keep_default_na=False, na_values=[""])
    if list(table.columns) != list(columns):
        raise DataError(f"{shown(path)} holds other columns than it should")
    return table


def write_committed(table: pd.DataFrame, path: Path, columns: Sequence[str]) -> None:
    """Write a table as it is committed: CSV, five decimals, Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table[list(columns)].to_csv(path, index=False, float_format="%.5f", lineterminator="\n")

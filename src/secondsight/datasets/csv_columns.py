"""Other people's CSV files: the columns wanted, and one line for a file that is damaged."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from secondsight.errors import DataError
from secondsight.paths import shown


def read_columns(path: Path, columns: Sequence[str], ids: Sequence[str] = ()) -> pd.DataFrame:
    """Return those of the columns that a CSV file has; its name may end in ``.gz``.

    Those that are `ids` are read as text. Raises a DataError if the file is no readable table.
    """
    texts = dict.fromkeys(ids, str)
    try:
        return pd.read_csv(path, usecols=lambda column: column in columns, dtype=texts)
    except Exception as error:  # a damaged file can raise nearly anything
        said = str(error).partition("\n")[0]
        raise DataError(f"{shown(path)} is no readable table: {said}") from None


def require_columns(table: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Raise a DataError that names the first column that a file lacks, if it lacks one."""
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise DataError(f"{shown(path)} lacks the column {lacking[0]!r}")

"""Parquet files of the simulated campaign that the repository holds: read whole, written whole."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from secondsight.errors import DataError
from secondsight.paths import shown


def read_committed(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Return a table of exactly these columns and types.

    Raises a DataError if the file is absent, damaged or holds other columns.
    """
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing: restore it with git") from None
    except (pa.ArrowException, OSError):
        raise DataError(f"{shown(path)} is damaged: restore it with git") from None
    if table.schema.names != schema.names or table.schema.types != schema.types:
        raise DataError(f"{shown(path)} holds other columns than {', '.join(schema.names)}")
    frame: pd.DataFrame = table.to_pandas()
    return frame


def write_whole(table: pa.Table, path: Path, **options: Any) -> None:
    """Write a table, compressed by zstd; the file is whole or the one before.

    `options` are pyarrow's, for `write_table`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    pq.write_table(table, part, compression="zstd", **options)
    part.replace(path)

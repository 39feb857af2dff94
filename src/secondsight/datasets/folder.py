"""A data set from a folder of PNG images and a table of labels.

A folder may come from anybody, so an image's id is no path to elsewhere, and a link is followed
only where it stays inside.
"""

import csv
from collections.abc import Sequence
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path

import pandas as pd

from secondsight.datasets.dataset import Dataset, sha256
from secondsight.datasets.picture import read_bytes
from secondsight.errors import DataError

LABELS = "labels.csv"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
LONGEST_ID = 200
"""Bytes of an image's id."""
LARGEST_TABLE, MOST_ROWS = 10_000_000, 200_000
"""Bytes and rows of a table."""


def load_folder(folder: str | Path, *, origin: str = "real sky") -> Dataset:
    """Read a data set from a folder of `<image_id>.png` files with a `labels.csv`.

    That has the columns `image_id` and `label` (a category's code; may be empty). `origin` is
    ``"real sky"`` or ``"simulated sky"``.

    Raises a DataError if the table or an image is missing, a file is no whole PNG, an id stands
    twice or is none, or a file lies outside of the folder.
    """
    folder = Path(folder)
    columns = ["image_id", "label"]
    table = read_table(folder, LABELS, columns)
    table["label"] = table["label"].where(table["label"] != "")
    table["image_sha256"] = [sha256(read_png(folder, name)) for name in table["image_id"]]
    table["split"] = "test"
    return Dataset(folder.resolve().name, origin, table, partial(read_png, folder))


def is_image_id(text: str) -> bool:
    """Whether a text may be an image's id: printable, not too long, and no path to elsewhere."""
    parts = text.split("/")
    return (
        text.isprintable()
        and len(text.encode(errors="replace")) <= LONGEST_ID
        and "\\" not in text
        and not {"", ".", ".."} & set(parts)
    )


def image_path(folder: Path, image_id: str) -> Path:
    """Return where an image of a folder stands, whether or not it is there.

    Raises a DataError if the id can't be one, or a link leads out of the folder.
    """
    if not is_image_id(image_id):
        raise DataError(
            f"the table in {folder} lists {image_id[:LONGEST_ID]!r}, which can't be an image's id: "
            f"one is printable, has at most {LONGEST_ID} bytes, and stays inside its folder"
        )
    return inside(folder, f"{image_id}.png")


def inside(folder: Path, name: str) -> Path:
    """Return the path of a name in a folder.

    Raises a DataError if it, or the link that it is, leads out of the folder.
    """
    path = folder / name
    try:
        stays = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a ring of links, a name that can't be one
        stays = False
    if not stays:
        raise DataError(f"{path} leads out of its folder: put the file itself there")
    return path


def read_png(folder: Path, image_id: str) -> bytes:
    """Return the bytes of `<image_id>.png` in `folder`, whole and unchanged.

    Raises a DataError if it is missing, no whole PNG, or outside of the folder.
    """
    path = image_path(folder, image_id)
    if not path.is_file():
        raise DataError(f"{path} is missing, but the table beside it lists {image_id!r}")
    content = read_bytes(path)
    if not content.startswith(PNG_SIGNATURE):
        raise DataError(f"{path} is no PNG image")
    if not content.endswith(PNG_END):
        raise DataError(f"{path} is cut off")
    return content


def read_table(
    folder: Path, name: str, columns: Sequence[str], *, optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Return columns of the CSV `name` in a folder, every field as text.

    It must have `columns`, and may have those that are `optional`; others are left out.

    Raises a DataError if it is missing, too large, no table in UTF-8, lacks a column or has one
    twice.
    """
    path = inside(folder, name)
    if not path.is_file():
        raise DataError(f"{path} is missing: a CSV with the columns {', '.join(columns)}")
    head, *rows = _rows(path)
    wanted = [*columns, *(column for column in optional if column in head)]
    for column in wanted:
        if head.count(column) != 1:
            which = "the column {!r} twice" if column in head else "no column {!r}"
            raise DataError(f"{path} has {which.format(column)}")
    uneven = next((n for n, row in enumerate(rows, start=1) if len(row) != len(head)), None)
    if uneven:
        raise DataError(f"{path} is no table: row {uneven} has not as many fields as the header")
    places = [head.index(column) for column in wanted]
    return pd.DataFrame({head[place]: [row[place] for row in rows] for place in places}, dtype=str)


def _rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV that are not empty; the first is its header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(LARGEST_TABLE + 1)
        if len(text) > LARGEST_TABLE:
            raise DataError(f"{path} has more than {LARGEST_TABLE:,} bytes")
        filled = filter(None, csv.reader(StringIO(text, newline=""), strict=True))
        rows = list(islice(filled, MOST_ROWS + 2))
    except UnicodeDecodeError:
        raise DataError(f"{path} is no table: it is not in UTF-8") from None
    except csv.Error as error:
        raise DataError(f"{path} is no table: {error}") from None
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from None
    if len(rows) > MOST_ROWS + 1:
        raise DataError(f"{path} has more than {MOST_ROWS:,} rows")
    if not rows:
        raise DataError(f"{path} is no table: it is empty")
    return rows

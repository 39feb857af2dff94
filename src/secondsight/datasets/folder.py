"""A data set from a folder of PNG images and a table of labels."""

from functools import partial
from pathlib import Path

import pandas as pd

from secondsight.datasets.dataset import Dataset, sha256
from secondsight.errors import DataError

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"


def load_folder(folder: str | Path, *, origin: str = "real sky") -> Dataset:
    """Read a data set from `folder`.

    Parameters
    ----------
    folder : Path
        Holds `<image_id>.png` files and a `labels.csv` with the columns `image_id` and
        `label` (a category's code; may be empty).
    origin : str
        ``"real sky"`` or ``"simulated sky"``.

    Raises
    ------
    DataError
        If the table or an image is missing, or a file is no whole PNG.
    """
    folder = Path(folder)
    labels = folder / "labels.csv"
    if not labels.is_file():
        raise DataError(f"{labels} is missing: a CSV with the columns image_id and label")
    try:
        table = pd.read_csv(
            labels,
            dtype=str,
            usecols=["image_id", "label"],
            keep_default_na=False,  # "NA" is an id like any other
            na_values={"label": [""]},
        )
    except ValueError as error:
        raise DataError(f"{labels} has no columns image_id and label: {error}") from None
    table["image_sha256"] = [sha256(read_png(folder, name)) for name in table["image_id"]]
    table["split"] = "test"
    return Dataset(folder.resolve().name, origin, table, partial(read_png, folder))


def read_png(folder: Path, image_id: str) -> bytes:
    """Return the bytes of `<image_id>.png` in `folder`, whole and unchanged."""
    path = folder / f"{image_id}.png"
    if not path.is_file():
        raise DataError(f"{path} is missing, but labels.csv lists {image_id!r}")
    content = path.read_bytes()
    if not content.startswith(PNG_SIGNATURE):
        raise DataError(f"{path} is no PNG image")
    if not content.endswith(PNG_END):
        raise DataError(f"{path} is cut off")
    return content

"""What every data set is: a table of images, and a way to get each image's PNG."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from secondsight.datasets.picture import read_picture
from secondsight.dtypes import Pixels
from secondsight.errors import DataError

COLUMNS = ("image_id", "label", "image_sha256", "split")


@dataclass(frozen=True)
class Dataset:
    """A set of labelled images.

    The table has one row an image: `image_id` (str, unique), `label` (str, a category's code, or
    missing), `image_sha256` (str, of the PNG bytes), `split` (str, such as ``"test"``).
    """

    name: str
    origin: str  # ``"real sky"`` or ``"simulated sky"``
    table: pd.DataFrame
    png: Callable[[str], bytes]  # from an `image_id` to that image's PNG bytes

    def __post_init__(self) -> None:
        lacking = [column for column in COLUMNS if column not in self.table.columns]
        if lacking:
            raise DataError(f"data set {self.name!r} lacks the column {lacking[0]!r}")
        twice = self.table["image_id"][self.table["image_id"].duplicated()]
        if len(twice):
            raise DataError(f"data set {self.name!r} holds the image_id {twice.iloc[0]!r} twice")

    def __len__(self) -> int:
        return len(self.table)

    def pixels(self, image_id: str) -> Pixels:
        """Return an image's pixels, uint8, shape (height, width, 3).

        Raises a DataError if the set holds no such image, or the image's bytes are no picture.
        """
        if image_id not in self._ids:
            raise DataError(f"data set {self.name!r} holds no image {image_id!r}")
        return read_picture(self.png(image_id), f"the image {image_id!r} of {self.name!r}")

    @cached_property
    def _ids(self) -> frozenset[str]:
        """All ids, for looking one up without going through the table."""
        return frozenset(self.table["image_id"])

    def head(self, count: int) -> "Dataset":
        """Return the first `count` images as a data set of the same name."""
        return Dataset(self.name, self.origin, self.table.head(count), self.png)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()

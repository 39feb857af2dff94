"""A data set from arrays of pixels and labels, as NumPy and HDF5 files hold them."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from secondsight.datasets.dataset import Dataset, sha256
from secondsight.dtypes import Texts
from secondsight.errors import DataError
from secondsight.paths import shown
from secondsight.simulate.png import encode_png

MOST_BYTES = 1_300_000_000
"""What an HDF5 file may unpack to, and what is read of one at once."""
MOST_LABELS = 10_000_000
MOST_CHUNK = 100_000_000
"""Bytes of a chunk, which HDF5 unpacks as a whole."""


@dataclass(frozen=True)
class Part:
    """Some images of a data set and their labels."""

    stem: str  # what their ids begin with; the rest is the position in the arrays
    split: str  # such as ``"test"``
    images: Any  # uint8, (N, height, width, 3): whatever can be indexed by position
    labels: Texts  # shape (N,): categories' codes

    def ids(self) -> list[str]:
        """Return each image's id, by position."""
        return [f"{self.stem}-{position:05d}" for position in range(len(self.labels))]


def from_arrays(name: str, parts: Sequence[Part]) -> Dataset:
    """Return a data set whose PNGs are made when they are asked for.

    Raises a DataError if two parts give the same ids, or an image that is asked for does not exist.
    """
    places = {
        image_id: (part, position) for part in parts for position, image_id in enumerate(part.ids())
    }

    def png(image_id: str) -> bytes:
        if image_id not in places:
            raise DataError(f"the data set {name!r} has no image {image_id!r}")
        part, position = places[image_id]
        try:
            return encode_png(np.ascontiguousarray(part.images[position]))
        except (OSError, RuntimeError):  # what HDF5 says of a damaged file
            raise DataError(f"the image {image_id!r} of {name!r} can't be read") from None

    tables = [
        pd.DataFrame({"image_id": part.ids(), "label": part.labels, "split": part.split})
        for part in parts
    ]
    table = pd.concat(tables, ignore_index=True)
    Dataset(name, "real sky", table.assign(image_sha256=""), png)  # refuses ids that come twice
    table["image_sha256"] = [sha256(png(image_id)) for image_id in table["image_id"]]
    return Dataset(name, "real sky", table, png)


def check_images(images: Any, side: int | None, where: str) -> None:
    """Refuse what is no stack of RGB pictures of `side` pixels (any number if None).

    `where` is the file's name, for the message.

    Raises a DataError if the shape is not (N, side, side, 3), or the type not uint8.
    """
    shape = tuple(images.shape)
    wanted = "N" if side is None else side
    if len(shape) != 4 or shape[1] != shape[2] or shape[3] != 3 or side not in (None, shape[1]):
        due = f"(N, {wanted}, {wanted}, 3)"
        raise DataError(f"{where}: images have the shape {shape}, where {due} is due")
    if images.dtype != np.uint8:
        raise DataError(f"{where}: images are {images.dtype}, where uint8 is due")


def check_labels(labels: npt.NDArray[Any], count: int, codes: Sequence[str], where: str) -> Texts:
    """Return labels, shape (count,), as categories' codes (str); `where` is the file's name.

    `labels` are integers, or floats that are whole; `count` is how many images there are, and
    `codes` are the categories', such as ``"0"``.

    Raises a DataError if there are more or fewer labels than images, or one is missing or no code.
    """
    if labels.ndim != 1 or len(labels) != count:
        raise DataError(f"{where}: {count} images but labels of shape {labels.shape}")
    if labels.dtype.kind not in "iuf":
        raise DataError(f"{where}: labels are {labels.dtype}, where whole numbers are due")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise DataError(f"{where}: labels hold values that are no numbers (NaN)")
    strange = labels[~np.isin(labels, [int(code) for code in codes])]
    if strange.size:
        raise DataError(f"{where}: the label {strange.min()} is none of {', '.join(codes)}")
    return labels.astype(np.int64).astype(np.str_)


def read_npy(path: Path) -> npt.NDArray[Any]:
    """Return the array of an NPY file, read from the disk as it is needed.

    Raises a DataError if the file is cut off or no NPY file.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception:  # a damaged header can raise nearly anything
        array = None
    if not isinstance(array, np.ndarray):
        raise DataError(f"{shown(path)} is damaged, or no NPY file")
    return array


def read_hdf5(path: Path, images: str, labels: str) -> tuple[Any, npt.NDArray[Any]]:
    """Return the data sets `images` and `labels` of an HDF5 file.

    If its name ends in ``.gz`` it is unpacked and its images are read; otherwise they stay on the
    disk until they are asked for.

    Raises a DataError if the file is cut off, no HDF5 file, lacks one of the two, or unpacks to too
    much.
    """
    try:
        if path.suffix != ".gz":
            file = h5py.File(path, "r")
            return _array(file, images, path), _labels(file, labels, path)
        with TemporaryFile() as unpacked, gzip.open(path) as packed:
            _unpack(packed, unpacked, path)
            with h5py.File(unpacked, "r") as file:
                stack = _array(file, images, path)
                _check_size(stack, MOST_BYTES, path)
                return stack[:], _labels(file, labels, path)
    except DataError:
        raise
    except Exception:  # on a damaged file HDF5 raises nearly anything
        raise DataError(f"{shown(path)} is damaged, or no HDF5 file") from None


def _unpack(packed: gzip.GzipFile, unpacked: BinaryIO, path: Path) -> None:
    while block := packed.read(1 << 20):
        unpacked.write(block)
        if unpacked.tell() > MOST_BYTES:
            raise DataError(f"{shown(path)} unpacks to more than {MOST_BYTES:,} bytes")


def _labels(file: Any, name: str, path: Path) -> npt.NDArray[Any]:
    array = _array(file, name, path)
    _check_size(array, MOST_LABELS * array.dtype.itemsize, path)
    labels: npt.NDArray[Any] = array[:]
    return labels


def _check_size(array: Any, most: int, path: Path) -> None:
    """Refuse a data set that says it is larger than what may be read at once."""
    if array.size * array.dtype.itemsize > most:
        raise DataError(f"{shown(path)}: {array.name} is too large, with the shape {array.shape}")


def hdf5_images(path: Path, labels: str, side: int, codes: Sequence[str]) -> tuple[Any, Texts]:
    """Return the checked images and labels of an HDF5 file whose images are called ``images``.

    Raises a DataError if the file can't be read, or its images or labels are not what they should
    be.
    """
    images, told = read_hdf5(path, "images", labels)
    check_images(images, side, shown(path))
    return images, check_labels(told, len(images), codes, shown(path))


def _array(file: Any, name: str, path: Path) -> Any:
    """Return one data set of an open HDF5 file, whose values stand in this very file."""
    own = isinstance(file.get(name, getlink=True), h5py.HardLink)
    array = file[name] if own else None
    if not isinstance(array, h5py.Dataset):
        known = ", ".join(islice(file, 20))
        raise DataError(f"{shown(path)} has no data set {name!r}; it has {known}")
    if array.external or array.is_virtual or array.dtype.hasobject:
        raise DataError(f"{shown(path)}: {name} holds no plain numbers of its own")
    if array.chunks and np.prod(array.chunks, dtype=float) * array.dtype.itemsize > MOST_CHUNK:
        raise DataError(f"{shown(path)}: {name} has chunks of the shape {array.chunks}")
    return array

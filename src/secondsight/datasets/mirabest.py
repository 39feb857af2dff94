"""The images of MiraBest: radio galaxies of the FIRST survey, FR I and FR II.

They come as nine pickles in a tar archive. A pickle can name any function and have it called
while it is read, so these are read by an unpickler that knows four names of numpy and no others.

The released labels are 0 for FR I and 1 for FR II. They are finer in the file names, which begin
with three digits: the type (1 for FR I, 2 for FR II, 3 for a hybrid), how sure the classification
is (0 confident, 1 uncertain), and the morphology (0 standard, 1 double-double, 2 wide-angle tail,
3 diffuse, 4 head-tail). This release holds 100 and 200 alone: confident and standard. Both are
read, and they must agree.
"""

import gzip
import hashlib
import pickle
import re
import reprlib
import tarfile
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from secondsight.datasets import sources
from secondsight.datasets.dataset import Dataset, sha256
from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.paths import shown
from secondsight.simulate.png import encode_png

SIDE = 150
"""Pixels on a side."""
BATCHES = {**{f"data_batch_{number}": "train" for number in range(1, 9)}, "test_batch": "test"}
"""From a batch's name to the split it stands for."""
LABEL_OF_DIGIT = {"1": "0", "2": "1"}
"""From a file name's first digit to the task's code."""
LABEL_NAMES = ["FRI", "FRII"]
"""What `batches.meta` calls the labels 0 and 1."""
MULTIARRAY = "numpy._core.multiarray"
"""Where numpy 2 keeps what the pickles know as `numpy.core.multiarray`."""
FILE_NAME = re.compile(r"^(\d{3})_(\d{3}\.\d{3}_[+-]\d{3}\.\d{3})\.png$")
MOST_BYTES = 50_000_000
"""What the archive may unpack to; the real one has 18 million bytes."""
MOST_MEMBERS = 100


class PlainUnpickler(pickle.Unpickler):
    """Reads numbers, texts, lists, dicts and numpy arrays, and refuses everything else."""

    ALLOWED = frozenset(
        (module, name)
        for module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray")
        for name in ("_reconstruct", "scalar", "ndarray", "dtype")
        if (module == "numpy") == (name in ("ndarray", "dtype"))
    )

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the four numpy names; anything else is refused before it is called."""
        if (module, name) not in self.ALLOWED:
            raise DataError(f"the pickle asks for {module}.{name}, which is refused")
        return super().find_class("numpy" if module == "numpy" else MULTIARRAY, name)

    def persistent_load(self, pid: Any) -> Any:
        """Refuse a reference to something outside of the pickle."""
        raise DataError(f"the pickle asks for the outside object {pid!r}, which is refused")


def load_real() -> Dataset:
    """Return MiraBest's images that are not entirely black.

    `image_id` is the position that names the file, such as ``159.613_+041.815`` (right ascension
    and declination in degrees); `split` is ``"train"`` or ``"test"`` as released. The ids of what
    was left out stand in ``table.attrs["left_out"]``.

    Raises a SourceError or a DataError if the archive is not on this machine, or does not hold what
    it should.
    """
    return read_archive(sources.require("mirabest"))


def read_archive(path: Path) -> Dataset:
    """Return the data set in MiraBest's archive; see `load_real`."""
    members = read_members(path)
    _check_meta(unpickle(members["batches.meta"], "batches.meta"))
    rows = [
        (image_id, label, split, image)
        for name, split in BATCHES.items()
        for image_id, label, image in read_batch(members[name], name)
    ]
    kept = [row for row in rows if row[3].any()]
    images = {image_id: encode_png(image) for image_id, _, _, image in kept}
    table = pd.DataFrame([row[:3] for row in kept], columns=["image_id", "label", "split"])
    table["image_sha256"] = [sha256(images[row[0]]) for row in kept]
    table.attrs["left_out"] = [row[0] for row in rows if not row[3].any()]
    return Dataset("mirabest", "real sky", table, images.__getitem__)


def read_members(path: Path) -> dict[str, bytes]:
    """Return the archive's batches and `batches.meta`, each checked against `hash.md5`.

    Nothing is written to disk.

    Raises a DataError if the archive is cut off or damaged, or lacks a file, or a file has another
    MD5, or it unpacks to too many bytes or files.
    """
    try:
        with gzip.open(path) as packed:
            unpacked = packed.read(MOST_BYTES + 1)
        with tarfile.open(fileobj=BytesIO(unpacked[:MOST_BYTES]), mode="r:") as archive:
            members = list(islice(archive, MOST_MEMBERS + 1))
            files = {Path(member.name).name: _content(archive, member) for member in members}
    except Exception as error:  # a damaged archive can raise nearly anything
        why = str(error).partition("\n")[0]
        raise DataError(f"{shown(path)} is cut off or damaged: {why}") from None
    if len(unpacked) > MOST_BYTES or len(members) > MOST_MEMBERS:
        raise DataError(
            f"{shown(path)} unpacks to more than {MOST_BYTES:,} bytes or {MOST_MEMBERS} files"
        )
    wanted = ["hash.md5", "batches.meta", *BATCHES]
    lacking = [name for name in wanted if name not in files]
    if lacking:
        raise DataError(f"{shown(path)} lacks the file {lacking[0]}")
    sums = files["hash.md5"].decode("ascii", "replace")
    known = {name: md5 for md5, name in re.findall(r"^(\w{32})\s+(\S+)$", sums, re.M)}
    for name in wanted[1:]:
        if hashlib.md5(files[name], usedforsecurity=False).hexdigest() != known.get(name):
            raise DataError(f"{shown(path)}: {name} has another MD5 than hash.md5 says")
    return files


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isreg() and not member.issparse() else None
    return file.read() if file else b""


def unpickle(content: bytes, name: str) -> Any:
    """Return what a pickle holds.

    Raises a DataError if it is damaged, or asks for anything but numbers, texts, lists, dicts and
    arrays.
    """
    try:
        return PlainUnpickler(BytesIO(content), encoding="latin1").load()
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise DataError(f"{name} is no readable pickle: {type(error).__name__}") from None


def read_batch(content: bytes, name: str) -> list[tuple[str, str, Pixels]]:
    """Return (image id, label, pixels) of each image in a batch.

    Raises a DataError if the batch holds something else than as many images, labels and file names.
    """
    batch = unpickle(content, name)
    columns = ("filenames", "labels", "data")
    if not isinstance(batch, dict) or not set(columns) <= set(batch):
        raise DataError(f"{name} holds no dict with {', '.join(columns)}")
    parts = [batch[column] for column in columns]
    if not all(isinstance(part, list) or np.ndim(part) for part in parts):
        raise DataError(f"{name} holds no lists of {', '.join(columns)}")
    counts = [len(part) for part in parts]
    if len(set(counts)) > 1:
        both = zip(counts, columns, strict=True)
        raise DataError(f"{name} holds " + ", ".join(f"{n} {column}" for n, column in both))
    return [
        (*_identify(file, label, name), _image(data, f"{name}: {file}"))
        for file, label, data in zip(*parts, strict=True)
    ]


def _identify(file: Any, label: Any, name: str) -> tuple[str, str]:
    """Return an image's id and label from its file name, which must agree with its label."""
    match = FILE_NAME.match(file.rsplit("/", 1)[-1]) if isinstance(file, str) else None
    if not match or match[1][0] not in LABEL_OF_DIGIT:
        raise DataError(f"{name} holds a file name of unknown form: {_brief(file)}")
    code = LABEL_OF_DIGIT[match[1][0]]
    if not isinstance(label, int | np.integer) or str(label) != code:
        raise DataError(f"{name}: {file} has the label {_brief(label)}, but its name says {code}")
    return match[2], code


def _image(data: Any, what: str) -> Pixels:
    """Return an image's pixels, shape (SIDE, SIDE)."""
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.size != SIDE * SIDE:
        shape = getattr(data, "shape", type(data).__name__)
        kind = getattr(data, "dtype", "")
        raise DataError(f"{what} has {shape} {kind}, not {SIDE} x {SIDE} uint8")
    return data.reshape(SIDE, SIDE)


def _check_meta(meta: Any) -> None:
    """Refuse a release whose labels mean something else."""
    names = meta.get("label_names") if isinstance(meta, dict) else None
    if names != LABEL_NAMES:
        raise DataError(f"batches.meta names the labels {_brief(names)}, not {LABEL_NAMES}")


def _brief(value: Any) -> str:
    """Return a value of a pickle as a text of bounded length, whatever it holds."""
    return reprlib.repr(value)[:200]

"""Radio galaxies of the FIRST survey in four classes: FR I, FR II, compact and bent.

The release is a zip archive of PNGs, ``galaxy_data/SPLIT/CLASS/NAME``. Each stands there twice: in
the folder of its split, and in ``all``, which is passed over. A name holds the position in degrees,
the class again as a digit, and the catalogue that the class is from; folder and digit must agree.

References
----------
Griese, Kummer & Rustige 2022, doi:10.5281/zenodo.7120632; Becker, White & Helfand 1995, ApJ 450,
559.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pandas as pd

from secondsight.datasets import sources
from secondsight.datasets.dataset import Dataset, sha256
from secondsight.datasets.picture import read_picture
from secondsight.errors import DataError
from secondsight.paths import shown

SOURCE = "first-radio"
SIDE = 300
"""Pixels on a side."""
SPLITS = ("train", "valid", "test")
FOLDERS = {"FRI": "0", "FRII": "1", "Compact": "2", "Bent": "3"}
"""From a class's folder to the task's code, which is also the digit in the file names."""
FILE_NAME = re.compile(r"^(?P<id>\d+\.\d+_-?\d+\.\d+)_(?P<digit>\d)_(?P<catalogue>\w+)\.png$")
MOST_BYTES, MOST_FILES = 100_000, 10_000
"""Of one image, and of files in the archive; the real one has 4,316 files of at most 6,000."""


@dataclass(frozen=True)
class Member:
    """One image of the archive."""

    image_id: str
    label: str
    split: str
    catalogue: str
    png: bytes


def load_real() -> Dataset:
    """Return the data set ``first-radio``, without the images that are entirely black.

    An `image_id` is the position in degrees that names the file, such as ``143.442_10.152``. The
    table has a further column, `catalogue`, in which the class was found; what was left out stands
    in ``table.attrs["left_out"]``, a list of ids.

    Raises SourceError if the archive is not on this machine (the text says how to fetch it),
    DataError if it does not hold what it should.
    """
    return read_archive(sources.require(SOURCE))


def read_archive(path: Path) -> Dataset:
    """Return the data set in the archive; see `load_real`."""
    members = read_members(path)
    black = {member.image_id for member in members if not is_bright(member)}
    kept = [member for member in members if member.image_id not in black]
    images = {member.image_id: member.png for member in kept}
    table = pd.DataFrame(
        {
            "image_id": [member.image_id for member in kept],
            "label": [member.label for member in kept],
            "image_sha256": [sha256(member.png) for member in kept],
            "split": [member.split for member in kept],
            "catalogue": [member.catalogue for member in kept],
        }
    )
    table.attrs["left_out"] = sorted(black)
    return Dataset(SOURCE, "real sky", table, images.__getitem__)


def is_bright(member: Member) -> bool:
    """Whether any pixel of an image is not black.

    Raises DataError if it is no picture of the right size.
    """
    pixels = read_picture(member.png, f"the image {member.image_id!r} of {SOURCE!r}")
    if pixels.shape[:2] != (SIDE, SIDE):
        height, width = pixels.shape[:2]
        raise DataError(f"the image {member.image_id!r} of {SOURCE!r} has {width} x {height} "
                        f"pixels, not {SIDE} x {SIDE}")  # fmt: skip
    return bool(pixels.any())


def read_members(path: Path) -> list[Member]:
    """Return every image of the archive, by split and in the archive's order.

    Raises DataError if the archive is damaged or holds too much, a name is of unknown form, a class
    says two things, or an image stands in two splits.
    """
    try:
        with ZipFile(path) as archive:
            members = list(_members(archive))
    except DataError as error:
        raise DataError(f"{shown(path)}: {error}") from None
    except Exception as error:  # a damaged archive can raise nearly anything
        raise DataError(f"{shown(path)} is cut off or damaged: {error}") from None
    if not members:
        raise DataError(f"{shown(path)} holds no image of {', '.join(SPLITS)}")
    ids = pd.Series([member.image_id for member in members])
    if ids.duplicated().any():
        raise DataError(f"{shown(path)} holds {ids[ids.duplicated()].iloc[0]!r} twice")
    return sorted(members, key=lambda member: SPLITS.index(member.split))


def _members(archive: ZipFile) -> Iterator[Member]:
    if len(archive.infolist()) > MOST_FILES:
        raise DataError(f"it holds more than {MOST_FILES:,} files")
    for about in archive.infolist():
        parts = about.filename.split("/")
        if about.is_dir() or len(parts) != 4 or parts[1] not in SPLITS:
            continue
        name = FILE_NAME.match(parts[3])
        if name is None:
            raise DataError(f"the name {about.filename[:100]!r} is of unknown form")
        if FOLDERS.get(parts[2]) != name["digit"]:
            raise DataError(f"{about.filename} says two classes: {parts[2]} and {name['digit']}")
        if about.file_size > MOST_BYTES:
            raise DataError(f"{about.filename} unpacks to more than {MOST_BYTES:,} bytes")
        png = archive.read(about)
        yield Member(name["id"], name["digit"], parts[1], name["catalogue"], png)

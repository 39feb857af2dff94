"""A data set from a folder of images, with a table of labels where there is one.

A folder may come from anybody, so an image's id is no path to elsewhere, and a link is followed
only where it stays inside. An image's id is the name of its file without the ending.
"""

import csv
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from secondsight.datasets.dataset import Dataset, sha256
from secondsight.datasets.image_file import read_image
from secondsight.datasets.image_names import ENDINGS, without_ending
from secondsight.datasets.tasks import Task
from secondsight.errors import DataError

LABELS, VOTES = "labels.csv", "votes.csv"
LONGEST_ID = 200
"""Bytes of an image's id."""
LARGEST_TABLE, MOST_ROWS = 10_000_000, 200_000
"""Bytes and rows of a table."""
NO_ID = (
    f"can't be an image's id: one is printable, has at most {LONGEST_ID} bytes, and stays inside "
    "its folder"
)
DELIMITERS = ",;\t"
STRANGE = "is none of the categories"
"""What is wrong with a label."""
MOST_TOLD = 20
"""So many of the things that can't be used are listed in an error."""

Bad = dict[str, str]
"""From the name of a file, or a row, that can't be used to what is wrong with it."""
Files = Mapping[str, Sequence[Path]]
"""From an image's id to its file; to several if several have that name."""


@dataclass(frozen=True)
class Folder:
    """What a folder holds.

    The data set's table has the columns of every data set and `file`, `width`, `height`, `sent`,
    `stretch` (missing, but of measurements), `scale`, `ra`, `dec`, as `ImageFile` has them.
    """

    dataset: Dataset
    bad: Bad
    ignored: list[str]  # the names of files that are neither images nor tables


def load_folder(
    folder: str | Path, task: Task | None = None, *, origin: str = "real sky"
) -> Dataset:
    """Return the data set in a folder of images, as `read_folder` reads it.

    Raises a DataError as that does, and one that lists all that can't be used.
    """
    held = read_folder(folder, task, origin=origin)
    if held.bad:
        raise DataError(complaint(held.dataset.name, held.bad, task))
    return held.dataset


def read_folder(
    folder: str | Path, task: Task | None = None, *, origin: str = "real sky"
) -> Folder:
    """Read what a folder of images holds.

    Its `labels.csv` has the columns `image_id` (with or without the file's ending) and `label`: a
    code, name or alias of a category of `task`, and anything without a task. An image without a
    row, or with an empty label, has none. `origin` is ``"real sky"`` or ``"simulated sky"``.

    Raises a DataError if there is no such folder, no image in it, or a table is none.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}")
    written = _labels(folder)
    files = find_images(folder, written)
    labels, wrong = _checked(written, files, task)
    order = [*labels, *sorted(set(files) - set(labels))]
    table, unread = read_images(folder, {image_id: files[image_id] for image_id in order})
    if not files:
        raise DataError(f"{folder} holds no images: files that end in {', '.join(sorted(ENDINGS))}")
    table["label"] = pd.Series([labels.get(each) for each in table["image_id"]], dtype="str")
    return Folder(dataset_of(folder, table, origin), wrong | unread, _ignored(folder))


def complaint(name: str, bad: Bad, task: Task | None = None) -> str:
    """Return what is wrong in a folder, on a line each if there are several things.

    Labels that are no category of `task` come first, and behind them what these are called.
    """
    strange = strange_labels(bad) if task else {}
    lines = [f"{what} {why}" for what, why in islice((strange | bad).items(), MOST_TOLD)]
    lines += [f"and {len(bad) - MOST_TOLD:,} more"] if len(bad) > MOST_TOLD else []
    if task and strange:
        way_out = f"write a category of this question, or ask another one: {task.called}"
        lines[min(len(strange), MOST_TOLD) - 1] += f"; {way_out}"
    if len(bad) == 1:
        return f"in {name} {lines[0]}"
    return "\n  ".join([f"in {name} {len(bad):,} things can't be used:", *lines])


def strange_labels(bad: Bad) -> Bad:
    """Return of what can't be used the labels that are none of the categories."""
    return {what: why for what, why in bad.items() if why.endswith(STRANGE)}


def is_image_id(text: str) -> bool:
    """Whether a text may be an image's id: printable, not too long, and no path to elsewhere."""
    parts = text.split("/")
    return (
        text.isprintable()
        and len(text.encode(errors="replace")) <= LONGEST_ID
        and "\\" not in text
        and not {"", ".", ".."} & set(parts)
    )


def find_images(folder: Path, ids: Iterable[str]) -> Files:
    """Return the image files in a folder, and in those below it that stand in some of the ids."""
    below = {str(PurePosixPath(text).parent) for text in ids if is_image_id(text)} | {"."}
    files: dict[str, list[Path]] = {}
    for place in sorted(below):
        if (folder / place).is_dir() and _stays(folder, folder / place):
            for path in _visible(folder / place):
                stem = without_ending(path.name)
                if stem != path.name and (path.is_symlink() or path.is_file()):
                    image_id = str(PurePosixPath(place) / stem)
                    files.setdefault(image_id, []).append(path)
    return files


def own_id(written: str, files: Container[str]) -> str:
    """Return the id of an image that a table names with or without its file's ending."""
    return written if written in files else without_ending(written)


def read_images(folder: Path, files: Files) -> tuple[pd.DataFrame, Bad]:
    """Return a row for each image that can be read, without its label, and the others."""
    rows: list[dict[str, Any]] = []
    bad: Bad = {}
    for image_id, paths in files.items():
        name = " and ".join(str(path.relative_to(folder)) for path in paths)
        if not is_image_id(image_id):
            bad[ascii(name)] = NO_ID
            continue
        try:
            rows.append({"image_id": image_id, "file": name, **_described(folder, paths)})
        except DataError as error:
            bad[name] = str(error).removeprefix(f"{paths[0]} ")
    columns = ["image_id", "file", "image_sha256", *DESCRIBED]
    return pd.DataFrame(rows, columns=columns).assign(split="test"), bad


DESCRIBED = ("width", "height", "sent", "stretch", "scale", "ra", "dec")


def _described(folder: Path, paths: Sequence[Path]) -> dict[str, Any]:
    image = read_image(_only(folder, paths))
    return {"image_sha256": sha256(image.png), **{name: getattr(image, name) for name in DESCRIBED}}


def _only(folder: Path, paths: Sequence[Path]) -> Path:
    """Return the file of an image; raises a DataError that says why it is none."""
    if len(paths) > 1:
        raise DataError("have one name but for the ending: give one another name")
    if not _stays(folder, paths[0]):
        raise DataError("leads out of its folder: put the file itself there")
    if not paths[0].is_file():
        raise DataError("is no file")
    return paths[0]


def dataset_of(folder: Path, table: pd.DataFrame, origin: str) -> Dataset:
    """Return the data set of a folder's images, which are read again when they are sent."""
    files = dict(zip(table["image_id"], table["file"], strict=True))

    def png(image_id: str) -> bytes:
        path = folder / files[image_id]
        try:
            return read_image(_only(folder, [path])).png
        except DataError as error:
            raise DataError(f"{path} {str(error).removeprefix(f'{path} ')}") from None

    return Dataset(folder.resolve().name, origin, table, png)


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _ignored(folder: Path) -> list[str]:
    return [
        path.name
        for path in _visible(folder)
        if without_ending(path.name) == path.name
        and path.name not in {LABELS, VOTES}
        and path.is_file()
    ]


def _stays(folder: Path, path: Path) -> bool:
    """Whether a path, or the link that it is, stays in a folder."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a ring of links, a name that can't be one
        return False


def _labels(folder: Path) -> dict[str, str]:
    """Return labels by ids, both as they stand in the folder's table; none without a table."""
    path = folder / LABELS
    if not (path.exists() or path.is_symlink()):
        return {}
    table = read_table(folder, LABELS, ["image_id", "label"])
    return unique(table["image_id"], table["label"], path)


def unique(ids: Iterable[str], values: Iterable[Any], path: Path) -> dict[str, Any]:
    """Return values by ids; raises a DataError that names a table if an id stands in it twice."""
    by_id: dict[str, Any] = {}
    for image_id, value in zip(ids, values, strict=True):
        if image_id in by_id:
            raise DataError(f"{path}: the image_id {image_id[:LONGEST_ID]!r} stands twice")
        by_id[image_id] = value
    return by_id


def _checked(
    written: Mapping[str, str], files: Files, task: Task | None
) -> tuple[dict[str, str | None], Bad]:
    """Return labels by images' ids, codes where there is a task; and the rows that fit nothing."""
    codes = {label: task.code_of(label) if task else label for label in {*written.values()}}
    labels: dict[str, str | None] = {}
    bad: Bad = {}
    for text, label in written.items():
        image_id = own_id(text, files)
        why = _wrong_row(image_id, files)
        if not why and image_id in labels:
            why = "stands twice"
        if why:
            bad[f"{LABELS}: {text[:LONGEST_ID]!r}"] = why
        elif label and codes[label] is None:
            bad[f"the label of {image_id} in {LABELS}:"] = f"{label[:LONGEST_ID]!r} {STRANGE}"
        else:
            labels[image_id] = codes[label] if label else None
    return labels, bad


def _wrong_row(image_id: str, files: Files) -> str:
    if not is_image_id(image_id):
        return NO_ID
    return "" if image_id in files else "is no image of the folder"


def read_table(
    folder: Path, name: str, columns: Sequence[str], *, optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Return columns of the CSV `name` in a folder, every field as text.

    Fields are parted by commas, semicolons or tabs. The table must have `columns`, and may have
    those that are `optional`; others are left out.

    Raises a DataError if it is missing, too large, no table in UTF-8, lacks a column or has one
    twice.
    """
    head, *rows = read_rows(folder, name, columns)
    path = folder / name
    wanted = [*columns, *(column for column in optional if column in head)]
    for column in wanted:
        if head.count(column) != 1:
            which = "the column {!r} twice" if column in head else "no column {!r}"
            raise DataError(f"{path} has {which.format(column)}")
    places = [head.index(column) for column in wanted]
    return pd.DataFrame({head[place]: [row[place] for row in rows] for place in places}, dtype=str)


def read_rows(folder: Path, name: str, columns: Sequence[str]) -> list[list[str]]:
    """Return the rows of the CSV `name` in a folder, all as long as the first, its header.

    Raises a DataError as `read_table` does; `columns` are those that it would have.
    """
    path = folder / name
    if not _stays(folder, path):
        raise DataError(f"{path} leads out of its folder: put the file itself there")
    if not path.is_file():
        raise DataError(f"{path} is missing: a CSV with the columns {', '.join(columns)}")
    head, *rows = _rows(path)
    uneven = next((n for n, row in enumerate(rows, start=1) if len(row) != len(head)), None)
    if uneven:
        raise DataError(f"{path} is no table: row {uneven} has not as many fields as the header")
    return [[column.strip() for column in head], *rows]


def _rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV that are not empty; the first is its header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(LARGEST_TABLE + 1)
        if len(text) > LARGEST_TABLE:
            raise DataError(f"{path} has more than {LARGEST_TABLE:,} bytes")
        delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
        reader = csv.reader(
            StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
        )
        rows = list(islice(filter(None, reader), MOST_ROWS + 2))
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

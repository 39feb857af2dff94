"""The real campaign's subjects, for whoever holds them: a folder of PNG images and their votes."""

from pathlib import Path

import pandas as pd

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import (
    LONGEST_ID,
    VOTES,
    complaint,
    dataset_of,
    find_images,
    is_image_id,
    own_id,
    read_images,
    read_table,
    unique,
)
from secondsight.errors import DataError

COLUMNS = ["image_id", "dwarf_votes", "total_votes"]


def is_campaign(folder: str | Path) -> bool:
    """Whether a folder holds a campaign's votes."""
    try:
        return (Path(folder) / VOTES).is_file()
    except OSError:  # no name of a folder: too long
        return False


def load_campaign(folder: str | Path, *, origin: str = "real sky") -> Dataset:
    """Read a campaign's subjects and votes from a folder of images and a `votes.csv`.

    That has the columns `image_id` (the file's name, with or without its ending), `dwarf_votes`
    (how many saw a dwarf) and `total_votes`, which the data set's table has too (int). A column
    `label` (``"1"`` or ``"0"``) may tell the truth where it is known. `origin` is ``"real sky"`` or
    ``"simulated sky"``.

    Raises DataError if the table is missing or lies outside of the folder, an id stands twice, a
    number of votes is no whole number from 0 on, more saw a dwarf than voted, or images can't be
    used, all of which it lists.
    """
    folder = Path(folder)
    votes = read_votes(folder / VOTES)
    strange = [text for text in votes["image_id"] if not is_image_id(text)]
    if strange:
        raise DataError(f"{folder / VOTES} lists {strange[0][:LONGEST_ID]!r}, which can't be an "
                        "image's id: it leads elsewhere, or is too long")  # fmt: skip
    files = find_images(folder, votes["image_id"])
    votes["image_id"] = [own_id(text, files) for text in votes["image_id"]]
    unique(votes["image_id"], votes.index, folder / VOTES)
    absent = [name for name in votes["image_id"] if name not in files]
    if absent:
        raise DataError(
            f"{folder} lacks {len(absent):,} of the {len(votes):,} images that {VOTES} lists, "
            f"such as {absent[0]}.png"
        )
    images, bad = read_images(folder, {name: files[name] for name in votes["image_id"]})
    if bad:
        raise DataError(complaint(folder.resolve().name, bad))
    return dataset_of(folder, votes.merge(images, on="image_id", validate="one_to_one"), origin)


def read_votes(path: Path) -> pd.DataFrame:
    """Return a table of votes: `image_id` (str), `label`, `dwarf_votes`, `total_votes` (int).

    Raises a DataError as `load_campaign` says, but for the images.
    """
    table = read_table(path.parent, path.name, COLUMNS, optional=["label"])
    _refuse(path, table, table["image_id"].duplicated(), "the image_id {!r} stands twice")
    for column in COLUMNS[1:]:
        wrong = ~table[column].str.fullmatch("[0-9]{1,9}")
        _refuse(path, table, wrong, f"the {column} of {{!r}} are no whole number")
        table[column] = table[column].astype(int)
    above = table["dwarf_votes"] > table["total_votes"]
    _refuse(path, table, above, "{!r} has more dwarf_votes than total_votes")
    labels = table["label"] if "label" in table.columns else pd.Series("", table.index)
    _refuse(path, table, ~labels.isin(["0", "1", ""]), "the label of {!r} is neither 0 nor 1")
    known = labels.where(labels != "", None)
    return table.assign(label=known)[["image_id", "label", *COLUMNS[1:]]]


def _refuse(path: Path, table: pd.DataFrame, wrong: "pd.Series[bool]", complaint: str) -> None:
    if wrong.any():
        image_id = table.loc[wrong, "image_id"].iloc[0][:LONGEST_ID]
        raise DataError(f"{path}: {complaint.format(image_id)}")

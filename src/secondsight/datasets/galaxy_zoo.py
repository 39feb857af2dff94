"""Galaxy Zoo 2: how many volunteers gave each answer about a galaxy.

Two releases are read, which name the columns of their counts alike: the coadded images of
Stripe 82 (Willett et al. 2013, table 5) and the whole survey (Hart et al. 2016). The images that go
round have names of their own, asset ids; a third file says which galaxy each shows.

References
----------
Willett et al. 2013, MNRAS 435, 2835; Hart et al. 2016, MNRAS 461, 3663.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.datasets import sources
from secondsight.datasets.csv_columns import read_columns, require_columns
from secondsight.errors import DataError
from secondsight.paths import shown

VOTES, IMAGES = "galaxy-zoo-2-votes", "galaxy-zoo-2-images"
"""The sources that `load_votes` reads; neither is at hand here."""
OBJECT = ("objid", "dr7objid")
"""What the two releases call a galaxy's number in the SDSS."""


@dataclass(frozen=True)
class Question:
    """A question that can be answered with yes."""

    yes: str  # the column of the answer that counts as yes, without its ending ``_count``
    no: tuple[str, ...]  # those of all other answers


SMOOTH = "t01_smooth_or_features_a01_smooth"
OTHERS = (
    "t01_smooth_or_features_a02_features_or_disk",
    "t01_smooth_or_features_a03_star_or_artifact",
)
QUESTIONS = {
    "smooth": Question(SMOOTH, OTHERS),
    "edge-on": Question("t02_edgeon_a04_yes", ("t02_edgeon_a05_no",)),
    "bar": Question("t03_bar_a06_bar", ("t03_bar_a07_no_bar",)),
    "spiral arms": Question("t04_spiral_a08_spiral", ("t04_spiral_a09_no_spiral",)),
    "anything odd": Question("t06_odd_a14_yes", ("t06_odd_a15_no",)),
}
"""By a short name; edge-on, bar and spiral arms are asked of who saw features or a disc."""


def read_votes(path: Path) -> pd.DataFrame:
    """Return the votes on every galaxy, of either release, gzipped or not.

    A row for each galaxy and question: `objid` (str), `ra` and `dec` (degrees), `question` (a key
    of `QUESTIONS`), `yes` and `votes` (int).

    Raises DataError if the file is damaged, lacks a column, names a galaxy twice, or a count is
    none.
    """
    columns = [column for asked in QUESTIONS.values() for column in (asked.yes, *asked.no)]
    counted = [f"{column}_count" for column in columns]
    table = read_columns(path, [*OBJECT, "ra", "dec", *counted], OBJECT)
    name = next((name for name in OBJECT if name in table), OBJECT[0])
    require_columns(table, [name, "ra", "dec", *counted], path)
    _check_unique(table[name], path)
    counts = _whole(table[counted], path).set_axis(columns, axis=1)
    places = table[[name, "ra", "dec"]].set_axis(["objid", "ra", "dec"], axis=1)
    parts = [
        places.assign(
            question=question,
            yes=counts[asked.yes],
            votes=counts[[asked.yes, *asked.no]].sum(axis=1),
        )
        for question, asked in QUESTIONS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def read_images(path: Path) -> pd.DataFrame:
    """Return which galaxy each image shows: `image_id` (the asset id) and `objid`, both str.

    Raises DataError if the file is damaged, lacks a column, or names an image twice.
    """
    table = read_columns(path, ["objid", "asset_id"], ["objid", "asset_id"])
    require_columns(table, ["objid", "asset_id"], path)
    _check_unique(table["asset_id"], path)
    return table.rename(columns={"asset_id": "image_id"})[["image_id", "objid"]]


def load_votes() -> pd.DataFrame:
    """Return the votes of the whole survey by image: `image_id`, `question`, `yes`, `votes`.

    Raises SourceError if one of the two files is not on this machine (the text says how to fetch
    it), DataError if they do not hold what they should.
    """
    return votes_by_image(read_votes(sources.require(VOTES)), read_images(sources.require(IMAGES)))


def votes_by_image(votes: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Return the votes on the galaxy of each image; images without votes are left out."""
    joined = images.merge(votes, on="objid")
    return joined[["image_id", "question", "yes", "votes"]]


def _check_unique(ids: "pd.Series[str]", path: Path) -> None:
    if ids.isna().any():
        raise DataError(f"{shown(path)}: {ids.name!r} is empty in row {int(ids.isna().argmax())}")
    twice = ids[ids.duplicated()]
    if len(twice):
        raise DataError(f"{shown(path)} holds the {ids.name} {twice.iloc[0]!r} twice")


def _whole(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return counts as whole numbers."""
    for column, values in table.items():
        numbers = pd.to_numeric(values, errors="coerce")
        wrong = ~((numbers >= 0) & (numbers == np.floor(numbers)) & np.isfinite(numbers))
        if wrong.any():
            value = str(values[wrong].iloc[0])[:40]
            raise DataError(f"{shown(path)}: {column} holds {value!r}, which is no count")
    return table.astype(float).astype(int)

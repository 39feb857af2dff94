"""Sheets of pictures for the page where readers look at galaxies themselves.

A sheet holds many pictures of one sky side by side, each at the size at which a model was sent it,
so that a browser fetches a hundred at once. Skies that take long to draw show only some of theirs:
a seeded choice, which takes every truth, vote and mistake in turn and so is no fair sample.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd
from PIL import Image

from secondsight.book.page_data import sheet_of
from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.datasets.manifest import REPEATED
from secondsight.datasets.registry import load
from secondsight.inference.recording_plan import read_plan
from secondsight.papers.replayed import answers
from secondsight.simulate.seed import generator

CAMPAIGN = "dwarfs"
PICTURES = {"lsbg": 500, "morphology": 500, "radio": 240, CAMPAIGN: 240}
"""The skies whose pictures are shown, and how many of each."""
SIZES = {"lsbg": (64, 64), "morphology": (64, 64), "radio": (150, 150), CAMPAIGN: (320, 192)}
"""The width and height of a picture, in pixels."""
COLUMNS, ROWS = 10, 6
QUALITY = 82  # of WebP, 0 to 100
SEED = 17


@cache
def pictured(sky: str) -> list[str]:
    """Return the ids of the images of a sky that have a picture, in their order on the sheets."""
    most, table = PICTURES[sky], load(sky).table
    if most >= len(table):
        return list(table["image_id"])
    if sky != CAMPAIGN:
        return _in_turn(table.assign(right=_right(sky)), most)
    counts = count_campaign(read_campaign())
    table = table.assign(tenth=(counts["yes"] * 10 // counts["votes"]).to_numpy())
    repeated = table["image_id"].isin(load(REPEATED).table["image_id"])
    return [*_in_turn(table[repeated], most // 2), *_in_turn(table[~repeated], most // 2)]


def _right(sky: str) -> "pd.Series[bool]":
    """Return which images the book's own model answers rightly, in the order of the sky's table."""
    plan = read_plan()
    prompt = next(asked.prompt for asked in plan.recording if asked.dataset == sky)
    table = answers(load(sky), prompt, plan.model, "none")
    return table["answer"] == table["label"]


def _in_turn(table: pd.DataFrame, most: int) -> list[str]:
    """Return the ids of `most` images, drawn from each kind in turn."""
    kinds = [column for column in ("label", "right", "tenth") if column in table]
    mixed = table.sample(frac=1, random_state=generator(SEED, "pictures"))
    turns = mixed.groupby(kinds).cumcount().sort_values(kind="stable")
    return list(mixed.loc[turns.index[:most], "image_id"])


def write_sheets(sky: str, folder: Path) -> None:
    """Write a sky's sheets, ``0.webp`` and on, each of `COLUMNS` by `ROWS` pictures at most."""
    dataset, ids = load(sky), pictured(sky)
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, len(ids), COLUMNS * ROWS)):
        of_sheet = ids[start : start + COLUMNS * ROWS]
        pictures = [Image.open(BytesIO(dataset.png(image_id))) for image_id in of_sheet]
        sheet_of(pictures, COLUMNS).save(folder / f"{number}.webp", quality=QUALITY)

"""What the small model answers about real pictures: those it was developed on, and the others.

Which pictures are which is committed by id (`DEVELOPMENT`). Beside the model's answers, from words
alone, stand those of gradient boosting on measured features that was shown the labels of the other
half: what is left to see.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.datasets.aion_search import find_pictures, find_runs
from secondsight.datasets.derived import DERIVATIONS
from secondsight.datasets.picture import read_bytes, read_picture
from secondsight.datasets.registry import load
from secondsight.dtypes import Pixels, Texts
from secondsight.errors import DataError
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.picture import views
from secondsight.papers.first_sight.baseline import predict
from secondsight.papers.radio.mirabest_answers import most_probable
from secondsight.papers.skies.real_sky import HALVES

DEVELOPMENT = paths.DATA / "minivlm" / "development.csv"
"""The pictures that were looked at while the model was made; the half to report is the others."""
ENOUGH = 100
"""Pictures of a half from whose labels something can be learnt."""
SHAPE_CODES = {"elliptical": "0", "edge_on": "2", "spiral": "3"}


class Real(NamedTuple):
    """A real picture with its name and its true category."""

    image_id: str
    pixels: Pixels
    label: str


def galaxy_zoo_1() -> Iterator[Real]:
    """Yield galaxies of SDSS in three shapes."""
    folder = _folder(1)
    for name, label in pd.read_csv(folder / "labels.csv", dtype=str).itertuples(index=False):
        path = folder / "images" / f"{name}.jpeg"
        yield Real(name, read_picture(read_bytes(path), name), SHAPE_CODES[label])


def lsbg_cutouts() -> Iterator[Real]:
    """Yield low-surface-brightness galaxies and artifacts."""
    for path in sorted(_folder(0).glob("*.png")):
        pixels = read_picture(read_bytes(path), path.name)
        yield Real(path.stem, pixels, "1" if path.stem.startswith("lsbg") else "0")


def _folder(place: int) -> Path:
    """Return a mirror's folder of those that `real_shapes` is made from."""
    derivation = DERIVATIONS["real_shapes"]
    folder = derivation.files()[place]
    if folder is None:
        raise DataError(f"{derivation.folders[place]} is not here: point SECONDSIGHT_MIRROR at it")
    return folder


def of_data_set(name: str) -> Iterator[Real]:
    """Yield the pictures of a data set whose files are here."""
    dataset = load(name)
    for image_id, label in dataset.table[["image_id", "label"]].itertuples(index=False):
        yield Real(image_id, dataset.pixels(image_id), label)


def legacy_galaxies() -> Iterator[Real]:
    """Yield galaxies of the Legacy Surveys in the shape that most volunteers saw."""
    runs = find_runs()
    if runs is None:
        raise DataError("the source aion-search is not here: run secondsight data fetch")
    said = runs.votes.pivot_table("answer", "galaxy", "question", aggfunc="first")
    for galaxy, pixels in zip(said.index, find_pictures(said.index), strict=True):
        smooth = said.loc[galaxy, "smooth-or-featured"] == "smooth"
        label = "0" if smooth else "2" if said.loc[galaxy, "disk-edge-on"] == "yes" else "3"
        yield Real(str(galaxy), pixels, label)


class RealSet(NamedTuple):
    """Pictures of one kind, and the prompt by which they are asked about."""

    pictures: Callable[[], Iterator[Real]]
    prompt: str


SETS = {
    "galaxy-zoo-1": RealSet(galaxy_zoo_1, "survey-shapes-1"),
    "aion-search": RealSet(legacy_galaxies, "survey-shapes-1"),
    "mirabest": RealSet(lambda: of_data_set("mirabest"), "radio-1"),
    "first-radio": RealSet(lambda: of_data_set("first-radio"), "radio-shapes-1"),
    "lsbg-cutouts": RealSet(lsbg_cutouts, "lsbg-1"),
}


def real_sky() -> pd.DataFrame:
    """Return what the committed model answers about every real picture; see `answers_of`.

    Raises a DataError if a picture, or a file of the model, is missing or damaged.
    """
    model = MiniVLM.load()
    return pd.concat([answers_of(model, name) for name in SETS], ignore_index=True)


def answers_of(model: MiniVLM, name: str) -> pd.DataFrame:
    """Return the answers about the pictures of a set, counted.

    Columns are `set`; `half`; `label`, the true code; `words`, what the model answers; `labelled`,
    what the boosting does that learnt from the other half, empty where that has fewer pictures
    than `ENOUGH`; and `count`.
    """
    halves = split(name, list(SETS[name].pictures()))
    tables = []
    for half in HALVES:
        real, other = halves[half], halves[HALVES[1 - HALVES.index(half)]]
        answered = from_words(model, name, real)
        tables.append(answered.assign(set=name, half=half, labelled=shown(other, real)))
    columns = ["set", "half", "label", "words", "labelled"]
    return pd.concat(tables).value_counts(columns, sort=False).sort_index().reset_index()


def from_words(model: MiniVLM, name: str, real: Sequence[Real]) -> pd.DataFrame:
    """Return the `label` of each picture and what the model answers, `words`."""
    prompt = SETS[name].prompt
    answers = most_probable(model, [one.pixels for one in real], [prompt])
    return pd.DataFrame({"label": [one.label for one in real], "words": answers[prompt]})


def split(name: str, real: Sequence[Real]) -> dict[str, list[Real]]:
    """Return a set's pictures by half."""
    table = pd.read_csv(DEVELOPMENT, dtype=str)
    looked_at = set(table.loc[table["set"] == name, "image"])
    return {
        HALVES[0]: [one for one in real if one.image_id in looked_at],
        HALVES[1]: [one for one in real if one.image_id not in looked_at],
    }


def shown(learnt: Sequence[Real], real: Sequence[Real]) -> Texts | str:
    """Return what boosting that learnt from some pictures answers about others."""
    if min(len(learnt), len(real)) < ENOUGH:
        return ""
    labels = np.array([one.label for one in learnt])
    return predict(_middles(learnt), labels, _middles(real))


def _middles(real: Sequence[Real]) -> Pixels:
    return np.stack([views(one.pixels).middle for one in real])

"""Counts of AstroSight's supervised transformer beside the two models that were asked."""

from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.datasets.derived import count_rows
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.errors import DataError
from secondsight.inference.imported import ASTROSIGHT, read_astrosight
from secondsight.inference.parse import SHORT
from secondsight.papers.first_sight.astrosight_tables import both_readings
from secondsight.paths import shown

TRANSFORMER = "linformer"
ORDER = "ECDBGHAF"
"""The letters of the transformer's classes, 0 to 7."""


def together(*files: Path) -> pd.DataFrame:
    """Return how many images have each true class and each triple of answers.

    The files are the answers of both models, and the transformer's on its test galaxies. Those that
    both files hold are counted, by AstroSight's reading of the texts.

    Raises DataError if a galaxy has another true class in one file than in the other.
    """
    answers = [read_astrosight(file).set_index("image_id") for file in files[:2]]
    own = _letters(files[2], ["GalaxyID", "class", "pred"])
    shared = answers[0].index.intersection(own.index)
    true = answers[0].loc[shared, "label"]
    if (true != own.loc[shared, "class"]).any():
        raise DataError(f"{shown(files[2])} gives some galaxies another class than the answers do")
    columns = {
        model: one.loc[shared, "parsed"] for model, one in zip(ASTROSIGHT, answers, strict=True)
    }
    table = pd.DataFrame({"true": true, TRANSFORMER: own.loc[shared, "pred"], **columns})
    return count_rows(table)


def lists(*files: Path) -> pd.DataFrame:
    """Return how many of the asked images stand in the transformer's train, valid and test lists.

    The files are the answers of a model, and the three lists in that order.
    """
    asked = set(read_astrosight(files[0])["image_id"])
    rows = [(file, _letters(file, ["galaxyID", "label1"]).index) for file in files[1:]]
    names = ["train", "valid", "test"]
    return pd.DataFrame(
        [
            (name, len(ids), sum(one in asked for one in ids))
            for name, (_, ids) in zip(names, rows, strict=True)
        ],
        columns=["list", "galaxies", "asked"],
    )


def _letters(file: Path, columns: list[str]) -> pd.DataFrame:
    """Read a list of galaxies; ids become text, and classes letters."""
    try:
        table = pd.read_csv(file)[columns]
        classes = table[columns[1:]].map(lambda place: ORDER[place])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DataError(f"{shown(file)} is no list of galaxies of AstroSight's: {error}") from None
    return classes.set_index(table[columns[0]].astype(str))


def first_letters(*files: Path) -> pd.DataFrame:
    """Return each answer as released, by its first letter from A to H, and as we read it.

    `first_word` is the first word of an answer in sentences, and empty for others.
    """
    table = both_readings(*files)
    words = table["text"].str.split()
    table["first_letter"] = table["text"].map(first_letter)
    table["first_word"] = words.str[0].where(words.map(len) > SHORT, "")
    return count_rows(table[["model", "released", "first_letter", "ours", "first_word"]])


def first_letter(text: str) -> str:
    """Return the first character from A to H in an answer in capitals; empty if there is none."""
    return next((letter for letter in text.upper() if letter in GALAXY_ZOO_2.codes), "")


def spirals(file: Path) -> pd.DataFrame:
    """Return how many galaxies have each human label and each probability, to three decimals.

    Raises DataError if the file is not an archive of the two arrays `Y` and `Yhat`.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            labels, answers = arrays["Y"], arrays["Yhat"]
    except (KeyError, OSError, ValueError) as error:
        raise DataError(f"{shown(file)} holds no labels and probabilities: {error}") from None
    table = {"spiral": labels.astype(int), "probability": answers.round(3)}
    return count_rows(pd.DataFrame(table))

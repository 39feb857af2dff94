"""The answers of a supervised baseline, which `baseline` makes and the repository holds.

It learnt from all labelled images of the training sky, which takes minutes: `make baseline` makes
the answers anew.
"""

from pathlib import Path

import pandas as pd

from secondsight.datasets.dataset import Dataset
from secondsight.errors import DataError
from secondsight.metrics.agreement import PairedTest, mcnemar
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.paths import DATA, shown

FOLDER = DATA / "baseline"
TRAINED_ON = {"lsbg": "lsbg-train", "morphology": "morphology-train"}
"""From the sky that is tested to the one that is learnt from."""
IMAGES = 8000
"""How many labelled images it learnt from."""
ABSENT = "There is no baseline here: it learns from a simulated sky, and this data set has none."
"""What a chapter says where there are no training images."""


def answers(dataset: Dataset, folder: Path = FOLDER) -> "pd.Series[str] | None":
    """Return the category that the baseline gave each image of a data set.

    The folder holds a CSV file a sky. The codes are in the order of the data set's table; None if
    the data set has no training sky.

    Raises DataError if the answers are missing, or an image has changed since.
    """
    if dataset.name not in TRAINED_ON:
        return None
    path = folder / f"{dataset.name}.csv"
    if not path.is_file():
        raise DataError(f"{shown(path)} is missing: run make baseline")
    given = pd.read_csv(path, dtype=str).set_index("image_sha256")["category"]
    predicted = dataset.table["image_sha256"].map(given)
    if predicted.isna().any():
        image_id = dataset.table.loc[predicted.isna(), "image_id"].iloc[0]
        raise DataError(
            f"{shown(path)} has no answer for {image_id} as it looks now: run make baseline"
        )
    return predicted.astype(str)


def beside(
    predicted: "pd.Series[str] | None", described: pd.DataFrame, level: float = LEVEL
) -> tuple[Estimate, PairedTest]:
    """Return the baseline's accuracy, and its test against a model's answers to the same images.

    What it `predicted` is as from `answers`; the accuracy and the lead are NaN without it. The
    model's `label` and `answer` are in the same order.
    """
    if predicted is None:
        predicted, described = pd.Series(dtype=str), described.head(0)
    right = pd.Series(predicted.to_numpy() == described["label"].to_numpy())
    ahead = mcnemar(right, described["answer"] == described["label"], level)
    return proportion(ahead.both_right + ahead.only_first, len(right), level), ahead


def write_answers(dataset: Dataset, categories: "pd.Series[str]", folder: Path = FOLDER) -> Path:
    """Write what the baseline answered, one row an image, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{dataset.name}.csv"
    kept = dataset.table[["image_id", "image_sha256"]].assign(category=categories)
    kept.to_csv(path, index=False, lineterminator="\n")
    return path

"""How often the small model is right about real pictures, by the half that they belong to.

`real_pictures` makes the table of its answers.
"""

import itertools

import pandas as pd

from secondsight.datasets.origins import Origin
from secondsight.figures.estimates import Line
from secondsight.metrics.intervals import LEVEL, Estimate, proportion

HALVES = ("development", "report")
"""The half that was looked at while the model was made, and the other."""
TITLES = {
    "galaxy-zoo-1": "SDSS, three shapes",
    "aion-search": "Legacy Surveys, three shapes",
    "mirabest": "MiraBest, FR I or FR II",
    "first-radio": "FIRST, four classes",
    "lsbg-cutouts": "LSBG or artifact",
}
"""What a figure calls each set of pictures."""


def accuracy(table: pd.DataFrame, column: str = "words", level: float = LEVEL) -> Estimate:
    """Return how many of counted answers are right, with the Wilson interval."""
    return _share(table, table[column].astype(str) == table["label"].astype(str), level)


def numbers(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return accuracies: ``SET_HALF_words``, and ``SET_HALF_labelled`` where there is one.

    Beside them ``ellipticals_as_spirals``, the commonest error on the galaxies of SDSS.
    """
    estimates = {}
    for name, half in itertools.product(table["set"].unique(), HALVES):
        own = table[(table["set"] == name) & (table["half"] == half)]
        for column in ("words", "labelled"):
            if len(own) and (own[column].astype(str) != "").all():
                estimates[f"{_key(name)}_{half}_{column}"] = accuracy(own, column, level)
    estimates["ellipticals_as_spirals"] = taken_for(table, "galaxy-zoo-1", "0", "3", level)
    return estimates


def taken_for(
    table: pd.DataFrame, name: str, label: str, answer: str, level: float = LEVEL
) -> Estimate:
    """Return how many pictures of one category in a set's report half are taken for another."""
    own = table[(table["set"] == name) & (table["half"] == HALVES[1])]
    own = own[own["label"].astype(str) == label]
    return _share(own, own["words"].astype(str) == answer, level)


def _share(table: pd.DataFrame, true: "pd.Series[bool]", level: float) -> Estimate:
    return proportion(int(table.loc[true, "count"].sum()), int(table["count"].sum()), level)


def _key(name: str) -> str:
    return name.replace("-", "_")


def accuracy_lines(estimates: dict[str, Estimate]) -> list[Line]:
    """Return the accuracies for a figure, set by set; `estimates` are `numbers`."""
    titles = {
        "report_words": "the model, unseen half",
        "development_words": "the model, half seen in development",
        "report_labelled": "learnt from labels",
    }
    return [
        Line(title, estimates[key], Origin.REAL_SKY, group)
        for name, group in TITLES.items()
        for which, title in titles.items()
        if (key := f"{_key(name)}_{which}") in estimates
    ]

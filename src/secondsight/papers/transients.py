"""Gemini 1.5 on transients: a second model's look at each answer, and settings of sampling.

Released with Stoppa, Bulmus et al. 2025. An answer says whether a new source on the sky is Real or
Bogus and explains why; a second model gave each explanation a coherence score from 0 to 5.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import scipy

from secondsight.datasets.csv_columns import read_columns, require_columns
from secondsight.datasets.derived import count_rows
from secondsight.errors import DataError
from secondsight.figures.dots import Dots, Panel
from secondsight.metrics.intervals import (
    LEVEL,
    PLAIN,
    POINTS,
    Estimate,
    normal,
    proportion,
    variance_ratio,
)
from secondsight.paths import shown

FULL = 5
"""The best coherence score; an answer with less is flagged."""
CLASSES = {"Real", "Bogus"}
RUN = "Metric: accuracy", "Parameter: model", "Parameter: temperature", "Parameter: top_p"
GRID = "Hyperparameter testing"
"""How the descriptions of the sweep's runs begin; others are runs on the way."""
SETTINGS = {"temperature": "temperature", "top_p": "top-p"}
MODELS = {"gemini-1.5-pro-001": "Gemini 1.5 Pro", "gemini-1.5-flash-001": "Gemini 1.5 Flash"}
IMAGES = 50
"""Of each run of the sweep: not stated, but most accuracies are whole numbers of fiftieths."""


def second_looks(file: Path) -> pd.DataFrame:
    """Return how many answers there are by `actual`, `predicted` and coherence `score`."""
    table = _read(file, ("actual", "predicted", "coherence_score"))
    table = table.set_axis(["actual", "predicted", "score"], axis=1)
    named = table["actual"].isin(CLASSES) & table["predicted"].isin(CLASSES)
    if not (named & table["score"].isin(range(FULL + 1))).all():
        raise DataError(f"{shown(file)} holds an answer that is neither Real nor Bogus, or a score "
                        f"that is no whole number from 0 to {FULL}")  # fmt: skip
    return count_rows(table.astype({"score": int}))


def sampling_sweep(file: Path) -> pd.DataFrame:
    """Return the sweep's runs: `model`, `temperature`, `top_p` and `accuracy`, in this order."""
    table = _read(file, (*RUN, "Parameter: description"))
    swept = table["Parameter: description"].str.startswith(GRID, na=False)
    runs = table.loc[swept, list(RUN)]
    runs = runs.set_axis(["accuracy", "model", "temperature", "top_p"], axis=1)
    if runs.empty or not runs["accuracy"].between(0, 1).all():
        raise DataError(f"{shown(file)} holds no run of the sweep, or one without an accuracy")
    order = ["model", "temperature", "top_p"]
    return runs.sort_values(order, ignore_index=True)[[*order, "accuracy"]]


def looks(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return what a score below full marks tells of an answer; the table is `second_looks`'s.

    Keys are ``accuracy`` of all answers, ``kept`` of those not flagged; how many of the flagged
    ones are wrong (``precision``) and how many of the wrong ones are flagged (``recall``), of these
    by what was called something else (``false_alarms``, ``missed``); and how many errors have full
    marks (``blind``).
    """
    wrong = table["actual"] != table["predicted"]
    flagged = table["score"] < FULL

    def share(part: "pd.Series[bool]", of: "pd.Series[bool]") -> Estimate:
        some, whole = (int(table.loc[rows, "count"].sum()) for rows in (part & of, of))
        return proportion(some, whole, level)

    return {
        "accuracy": share(~wrong, wrong | ~wrong),
        "kept": share(~wrong, ~flagged),
        "precision": share(wrong, flagged),
        "recall": share(flagged, wrong),
        "false_alarms": share(flagged, wrong & (table["predicted"] == "Real")),
        "missed": share(flagged, wrong & (table["predicted"] == "Bogus")),
        "blind": share(~flagged, wrong),
    }


def mean_by(runs: pd.DataFrame, setting: str, level: float = LEVEL) -> list[Estimate]:
    """Return the mean accuracy of the runs at each value of a setting, in its order.

    The interval is of a normal error, as large as runs at one value differ.
    """
    groups = runs.groupby(setting)["accuracy"]
    spread = float(np.sqrt(groups.var().mean()))
    return [
        normal(float(own.mean()), spread / np.sqrt(len(own)), len(own), level, "normal, over runs")
        for _, own in groups
    ]


def slope(runs: pd.DataFrame, setting: str, level: float = LEVEL) -> Estimate:
    """Return by how much the accuracy changes from a setting's lowest value to its highest.

    It is a straight line's, by least squares.
    """
    line = scipy.stats.linregress(runs[setting], runs["accuracy"])
    reach = float(runs[setting].max() - runs[setting].min())
    method = "normal, least squares"
    shift = normal(line.slope * reach, line.stderr * reach, len(runs), level, method)
    return shift.in_unit(POINTS.signed())


def run_spread(runs: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return the variance between runs, in units of what `IMAGES` images a run give by chance."""
    mean, degrees = float(runs["accuracy"].mean()), len(runs) - 1
    ratio = float(runs["accuracy"].var()) * IMAGES / (mean * (1 - mean))
    return replace(variance_ratio(ratio, degrees, level), n=len(runs)).in_unit(PLAIN.rounded(2))


def sweep_panels(runs: pd.DataFrame, level: float = LEVEL) -> list[Panel]:
    """Return a panel for each setting: the mean accuracy of each model's runs at each value."""
    panels = []
    for setting, x in SETTINGS.items():
        values = sorted(runs[setting].unique())
        series = [
            Dots(MODELS.get(str(model), str(model)), values, mean_by(own, setting, level))
            for model, own in runs.groupby("model")
        ]
        panels.append(Panel(f"By {x}", x, "mean accuracy", series, y_range=(0.8, 1)))
    return panels


def _read(file: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    table = read_columns(file, columns)
    require_columns(table, columns, file)
    return table[list(columns)]

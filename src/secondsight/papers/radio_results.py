"""What adapting to captions of radio galaxies changed, as `make train-radio` wrote it."""

from collections.abc import Callable

import pandas as pd

from secondsight.datasets.origins import Origin
from secondsight.datasets.published import Table
from secondsight.figures.alignment import Series
from secondsight.metrics.intervals import LEVEL, PLAIN, Estimate
from secondsight.papers.radio.printed_table import TITLES
from secondsight.training.radio.radio_captions import KINDS
from secondsight.training.radio.radio_galaxies import TEST
from secondsight.training.results import ALL, RADIO, rows_of
from secondsight.training.settings import SETTINGS

RESULTS, MAP = (RADIO.folder / name for name in RADIO.columns)
read = RADIO.read
ROWS = {**TITLES, "kinds_cosine": "mean cosine of both captions"}
"""What is measured: what is printed, and one thing more."""
DRAWN = (
    "probe_f1_images",
    "probe_f1_text",
    "top_5_recall",
    "class_recall_at_1",
    "mean_cosine",
    "kinds_cosine",
)

Place = tuple[str, str, str]
"""A row of `ROWS`, a kind of captions, and a setting."""


def over_images(table: pd.DataFrame, setting: str, captions: str, metric: str) -> Estimate:
    """Return a metric's mean over seeds, with its bootstrap interval over the test images.

    A setting ``"both less frozen"`` or captions ``"precise less generic"`` ask for a difference on
    the same images.
    """
    own = rows_of(table, setting=setting, captions=captions, metric=metric, seed=ALL)
    ((value, low, high),) = own[["value", "low", "high"]].to_numpy(dtype=float)
    return Estimate(value, low, high, TEST, LEVEL, "bootstrap over test images", PLAIN)


def over_seeds(table: pd.DataFrame, setting: str, captions: str, metric: str) -> Estimate:
    """Return a metric's mean over seeds, with the lowest and highest of them as its ends."""
    own = rows_of(table, setting=setting, captions=captions, metric=metric)
    values = own[own["seed"] != ALL]["value"]
    return Estimate(
        float(values.mean()), float(values.min()), float(values.max()), len(values),
        method="lowest and highest seed", unit=PLAIN,
    )  # fmt: skip


def every_cell(
    table: pd.DataFrame, average: Callable[[pd.DataFrame, str, str, str], Estimate]
) -> dict[Place, Estimate]:
    """Return `over_seeds` or `over_images` of each row, kind of captions and setting."""
    return {
        (row, kind, setting): average(table, setting, kind, row)
        for row in ROWS
        for kind in KINDS
        for setting in SETTINGS
    }


def beside_printed(cells: dict[Place, Estimate], printed: Table) -> pd.DataFrame:
    """Return the printed table, row by row, each with ours for both kinds of captions below."""
    rows: list[list[object]] = []
    for row, title in ROWS.items():
        if row in printed.rows:
            rows.append([title, "published", *(f"{value:.2f}" for value in printed.rows[row])])
        for kind in KINDS:
            own = [cells[row, kind, setting].in_unit(PLAIN.rounded(2)) for setting in SETTINGS]
            rows.append([title, f"ours, {kind}", *own])
    return pd.DataFrame(rows, columns=["what", "whose", *printed.columns])


def panels(cells: dict[Place, Estimate], printed: Table) -> dict[str, list[Series]]:
    """Return the series of a figure, by the titles of the rows that are drawn."""
    drawn: dict[str, list[Series]] = {}
    for row in DRAWN:
        own = drawn[ROWS[row]] = []
        if row in printed.rows:
            own.append(Series("published", printed.estimates(row), Origin.PUBLISHED))
        for kind in KINDS:
            name = f"recorded here, simulated sky: {kind} captions"
            values = [cells[row, kind, setting] for setting in SETTINGS]
            own.append(Series(name, values, Origin.SIMULATED_SKY, hollow=kind == "generic"))
    return drawn


def differences(table: pd.DataFrame) -> dict[str, Estimate]:
    """Return what adapting both sides gives by either kind of captions, and by which more."""
    numbers = {}
    for row in ("probe_f1_images", "top_5_recall", "class_recall_at_1"):
        numbers[f"kinds_{row}"] = over_images(table, "both", "precise less generic", row)
        for kind in KINDS:
            numbers[f"gain_{row}_{kind}"] = over_images(table, "both less frozen", kind, row)
    return numbers

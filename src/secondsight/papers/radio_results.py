"""What adapting to captions of radio galaxies changed, as `make train-radio` wrote it."""

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

[RESULTS] = (RADIO.folder / name for name in RADIO.columns)
read = RADIO.read
DRAWN = ("probe_f1_images", "probe_f1_text", "top_5_recall", "class_recall_at_1")
"""The printed rows that are drawn, probes and retrieval."""

Place = tuple[str, str, str]
"""A row of `DRAWN`, a kind of captions, and a setting."""


def over_images(table: pd.DataFrame, setting: str, captions: str, metric: str) -> Estimate:
    """Return a metric's mean over seeds, with its bootstrap interval over the test images.

    A setting ``"both less frozen"`` or captions ``"precise less generic"`` ask for a difference on
    the same images.
    """
    own = rows_of(table, setting=setting, captions=captions, metric=metric, seed=ALL)
    ((value, low, high),) = own[["value", "low", "high"]].to_numpy(dtype=float)
    return Estimate(value, low, high, TEST, LEVEL, "bootstrap over test images", PLAIN)


def every_cell(table: pd.DataFrame) -> dict[Place, Estimate]:
    """Return `over_images` of each drawn row, kind of captions and setting."""
    return {
        (row, kind, setting): over_images(table, setting, kind, row)
        for row in DRAWN
        for kind in KINDS
        for setting in SETTINGS
    }


def panels(cells: dict[Place, Estimate], printed: Table) -> dict[str, list[Series]]:
    """Return the series of a figure, by the titles of the rows that are drawn."""
    drawn: dict[str, list[Series]] = {}
    for row in DRAWN:
        own = drawn[TITLES[row]] = [Series("published", printed.estimates(row), Origin.PUBLISHED)]
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

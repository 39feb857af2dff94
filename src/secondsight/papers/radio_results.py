"""What adapting to captions of radio galaxies changed, as `make train-radio` wrote it."""

import pandas as pd

from secondsight.metrics.intervals import LEVEL, PLAIN, Estimate
from secondsight.training.radio.radio_galaxies import TEST
from secondsight.training.results import ALL, RADIO, rows_of

RESULTS, MAP = (RADIO.folder / name for name in RADIO.columns)
read = RADIO.read


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

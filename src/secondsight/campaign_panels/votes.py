"""Answers beside votes: figures 2 and 3a, and who is called a dwarf."""

import numpy as np
import pandas as pd

from secondsight.campaign_panels.reading import (
    CALLED,
    FRACTION,
    TENTHS,
    fraction,
    majority,
    readable,
    said,
)
from secondsight.datasets.repeated import ADDED
from secondsight.figures.dots import Dots, Panel, dots_of
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.intervals import LEVEL, Estimate, proportion

CLEAR = (0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1.0)
"""Vote fractions from which on, and their mirror images up to which, a subject counts as clear."""
NEAR = 0.05
"""A curve within this of the diagonal counts as close to it."""


def calibration(table: pd.DataFrame, model: str, level: float = LEVEL) -> list[Panel]:
    """Return panels 2a and 2b: how many are called dwarfs, and agreement, by vote fraction."""
    table = readable(table)
    share = bin_shares(fraction(table), TENTHS, said(table), level=level)
    agree = bin_shares(fraction(table), TENTHS, said(table) == majority(table), level=level)
    return [
        Panel("Called a dwarf", FRACTION, CALLED, [dots_of(model, share)], diagonal=True),
        Panel("Agrees with the majority", FRACTION, "share that agrees", [dots_of(model, agree)]),
    ]


def edge_and_middle(table: pd.DataFrame) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return agreements (clear, doubtful) and subjects (clear, doubtful).

    Clear are votes of at most a fifth or at least four fifths for a dwarf, doubtful the rest.
    """
    table = readable(table)
    clear = np.abs(fraction(table) - 0.5) >= 0.3
    agree = said(table) == majority(table)
    return (int(agree[clear].sum()), int(agree[~clear].sum())), (
        int(clear.sum()),
        int((~clear).sum()),
    )


def say_curve(error: Estimate, lead: Estimate) -> str:
    """Return in words what panels 2a and 2b show."""
    points = f"{100 * NEAR:.0f} points"
    near = "close to" if error.high < NEAR else "not close to" if error.low > NEAR else "near"
    best = "more" if lead.low > 0 else "less" if lead.high < 0 else "no more and no less"
    return (
        f"So the curve runs {near} the diagonal (we call a curve close that lies within {points} "
        f"of it), and the model agrees with the majority {best} often where the votes are clear."
    )


def clear_subset(table: pd.DataFrame, level: float = LEVEL) -> Panel:
    """Return panel 3a: precision and recall against clear votes, as the demand on them rises."""
    table = readable(table)
    found: dict[str, list[Estimate]] = {"precision": [], "recall": []}
    called, votes = said(table), table["votes"].to_numpy()
    share, against = fraction(table), (votes - table["yes"].to_numpy()) / votes
    for least in CLEAR:
        yes, no = share >= least, against >= least
        both = int((called & yes).sum())
        found["precision"].append(proportion(both, int((called & (yes | no)).sum()), level))
        found["recall"].append(proportion(both, int(yes.sum()), level))
    series = [Dots(name, CLEAR, values) for name, values in found.items()]
    return Panel("On clear votes only", "vote fraction that counts as clear", "share", series)


def at_clear(panel: Panel, name: str, least: float = 0.8) -> Estimate:
    """Return what a series of `clear_subset` has at one demand on the votes."""
    series = next(one for one in panel.series if isinstance(one, Dots) and one.name == name)
    return series.estimates[list(series.x).index(least)]


def by_kind(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return for each kind of subject how many there are, and who calls how many a dwarf.

    Returns
    -------
    DataFrame
        Index the kind, most called first; `subjects` (int), `model`, `majority` (Estimate).
    """
    table = readable(table)
    rows = {}
    for kind, part in table.groupby("kind"):
        n = len(part)
        rows[kind] = {
            "subjects": n,
            "model": proportion(int(said(part).sum()), n, level),
            "majority": proportion(int(majority(part).sum()), n, level),
        }
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["subjects", "model", "majority"])
    return found.iloc[np.argsort([-one.value for one in found["model"]], kind="stable")]


def by_group(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return the share called a dwarf of candidates, known and simulated dwarfs.

    Where kinds are not known, all subjects are candidates.
    """
    kind = table["kind"].fillna("candidate")
    groups = {
        "candidates": ~kind.isin(ADDED),
        "known": kind == "known dwarf",
        "simulated": kind == "simulated dwarf",
    }
    return {
        name: proportion(int(said(table[part]).sum()), int(part.sum()), level)
        for name, part in groups.items()
    }

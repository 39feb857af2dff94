"""Which of the dwarfs that are there are found."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from secondsight.figures.dots import Panel, dots_of
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.intervals import LEVEL
from secondsight.papers.dwarfs.phrases import called_dwarf, majority, readable

GROUPS = 7
"""Bins of a galaxy's property, with equally many galaxies each."""


def recovery(dwarfs: pd.DataFrame, model: str, level: float = LEVEL) -> list[Panel]:
    """Return the share of true dwarfs that model and majority find, by what they are.

    `dwarfs` are rows of a campaign's answers whose truth is known, with `m_v`, `half_light_arcmin`,
    `distance_modulus` and `detectability`.
    """
    dwarfs = readable(dwarfs)
    kiloparsecs = 10 ** (dwarfs["distance_modulus"].to_numpy(float) / 5 - 2)
    quantities = {
        "Brightness": ("absolute magnitude $M_V$", dwarfs["m_v"].to_numpy(float), "linear"),
        "Size": ("half-light radius / arcmin", dwarfs["half_light_arcmin"].to_numpy(float), "log"),
        "Distance": ("distance / kpc", kiloparsecs, "log"),
        "Detectability": ("detectability", dwarfs["detectability"].to_numpy(float), "linear"),
    }
    finders = {model: called_dwarf(dwarfs), "volunteers' majority": majority(dwarfs)}
    return [
        Panel(
            title, name, "share found",
            [dots_of(who, bin_shares(values, groups_of(values), finds, level=level))
             for who, finds in finders.items()],
            x_scale="log" if scale == "log" else "linear",
        )
        for title, (name, values, scale) in quantities.items()
    ]  # fmt: skip


def groups_of(values: npt.NDArray[Any], groups: int = GROUPS) -> list[float]:
    """Return ends of bins with equally many galaxies each; at least one bin."""
    known = values[~np.isnan(values)]
    if not len(known):
        return [0.0, 1.0]
    ends = np.unique(np.quantile(known, np.linspace(0, 1, groups + 1)))
    return [float(end) for end in ends] if len(ends) > 1 else [float(ends[0]), float(ends[0]) + 1]

"""Old stars of one age: where they stand in a colour-magnitude diagram, and how many there are."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from secondsight import paths
from secondsight.dtypes import Floats
from secondsight.errors import DataError

TABLE = paths.DATA / "simulate" / "isochrones.csv"
COLUMNS = ["population", "branch", "m_g", "m_r", "imf_weight"]
BLUE_END = -0.35, 0.25
"""Colours g - r between which a horizontal branch counts as such."""


@dataclass(frozen=True)
class Isochrone:
    """Absolute magnitudes of stars of one age and metallicity, from the faintest dwarf on."""

    m_g: Floats  # DECam AB magnitudes along the track, shape (rows,)
    m_r: Floats
    below: Floats  # the share of stars, by number, that come before this row; shape (rows,)
    giants: int  # how many rows come before the horizontal branch

    def draw(
        self, rng: np.random.Generator, count: int, *, faintest: float = np.inf
    ) -> tuple[Floats, Floats]:
        """Draw absolute magnitudes g and r, each of shape (count,), no fainter than `faintest`."""
        start = self.share_fainter(faintest)
        place = start + (1 - start) * rng.random(count)
        return np.interp(place, self.below, self.m_g), np.interp(place, self.below, self.m_r)

    def share_fainter(self, m_g: float) -> float:
        """Return the share of stars fainter than an absolute magnitude g."""
        track = slice(None, self.giants)
        return float(np.interp(-m_g, -self.m_g[track], self.below[track], left=0.0))

    def stars_for(self, m_v: npt.ArrayLike) -> Floats:
        """Return how many stars, of 0.1 solar masses and more, have such absolute magnitudes V."""
        middle_g = (self.m_g[1:] + self.m_g[:-1]) / 2
        middle_r = (self.m_r[1:] + self.m_r[:-1]) / 2
        light = np.diff(self.below) @ 10 ** (-0.4 * v_magnitude(middle_g, middle_r))
        return np.asarray(10 ** (-0.4 * np.asarray(m_v, float)) / light)

    def colour_at(self, m_g: Floats) -> Floats:
        """Return the colours g - r of dwarfs and giants of absolute magnitudes g (any shape)."""
        track = slice(None, self.giants)
        return np.interp(-m_g, -self.m_g[track], (self.m_g - self.m_r)[track])

    def horizontal_branch(self, colour: Floats) -> Floats:
        """Return the magnitudes g on the horizontal branch of colours g - r, of any shape."""
        branch = slice(self.giants, self.giants + 1 + self._reddest())
        return np.interp(colour, (self.m_g - self.m_r)[branch], self.m_g[branch])

    def _reddest(self) -> int:
        """Return how many rows the horizontal branch takes until it bends back."""
        colours = (self.m_g - self.m_r)[self.giants :]
        return int(np.argmax(np.diff(colours) <= 0)) or len(colours) - 1


def v_magnitude(g: Floats, r: Floats) -> Floats:
    """Return V from DECam g and r, of any one shape.

    Notes
    -----
    V = g - 0.487 (g - r) - 0.025: the relation of Jester et al. (2005) for stars in SDSS bands,
    with the step from SDSS to DECam of Bechtol et al. (2015).
    """
    return g - 0.487 * (g - r) - 0.025


@cache
def load_isochrone(population: str = "metal-poor") -> Isochrone:
    """Return an isochrone of `data/simulate/isochrones.csv`.

    The population is ``"metal-poor"`` (13.5 Gyr, Z = 0.0001) or ``"metal-rich"`` (10.5 Gyr, Z =
    0.001). Raises DataError if the table is absent, has other columns, or holds no such population.
    """
    table = read_table(TABLE, COLUMNS)
    rows = table[table["population"] == population]
    if rows.empty:
        raise DataError(f"{paths.shown(TABLE)} holds no population {population!r}")
    weights = rows["imf_weight"].to_numpy(float)[:-1]
    below = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    giants = int((rows["branch"] == "giant").sum())
    return Isochrone(rows["m_g"].to_numpy(float), rows["m_r"].to_numpy(float), below, giants)


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a small table that begins with lines of comment.

    Raises DataError if it is absent or has other columns.
    """
    if not path.is_file():
        raise DataError(f"{paths.shown(path)} is missing: restore it with git")
    table = pd.read_csv(path, comment="#")
    if list(table.columns) != columns:
        raise DataError(f"{paths.shown(path)} has other columns than {', '.join(columns)}")
    return table

"""Which simulated dwarfs are found, by brightness and distance at once."""

import numpy as np
import pandas as pd

from secondsight.figures.grid import HALF, Side
from secondsight.metrics.cells import Cells, Table, cell_shares, cells_of
from secondsight.metrics.intervals import LEVEL, Estimate, proportion, share_true
from secondsight.papers.dwarfs.phrases import called_dwarf, majority, readable
from secondsight.simulate.campaign import MODULUS

LEAST = 10
"""A cell with fewer dwarfs is not spoken of."""
M_V = (-7.5, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0)
"""Ends of the rows; the brightest dwarfs, which are few, share one."""
MODULI = tuple(float(end) for end in np.linspace(*MODULUS, 7))
"""Ends of the columns, even in distance modulus."""
CROWD = "volunteers' majority"

MAGNITUDES = Side(
    "absolute magnitude $M_V$",
    [f"{end:g}".replace("-", "\N{MINUS SIGN}") for end in M_V],
    "magnitude {}",
)
DISTANCES = Side("distance / kpc", [f"{10 ** (end / 5 - 2):.0f}" for end in MODULI], "{} kpc")

Place = tuple[int, int]
"""Row and column of a cell."""


def added(table: pd.DataFrame) -> pd.DataFrame:
    """Return the simulated dwarfs with a readable answer, without the known and hidden ones."""
    kept = readable(table)
    return kept[kept["kind"] == "simulated dwarf"]


def recovery_grid(dwarfs: pd.DataFrame, model: str, level: float = LEVEL) -> dict[str, Table]:
    """Return the share of dwarfs that model and majority find in each cell.

    `dwarfs` are rows of a campaign's answers with `m_v` and `distance_modulus`, as from `added`.
    """
    cells = _cells(dwarfs)
    finders = {model: called_dwarf(dwarfs), CROWD: majority(dwarfs)}
    return {who: cell_shares(cells, finds, level) for who, finds in finders.items()}


def corners(shares: Table) -> dict[str, Place]:
    """Return the faintest row's nearest and farthest full cell, and the brightest row's farthest.

    Where no cell of a row is full, the row's outermost one.
    """
    faintest, last = len(shares) - 1, len(shares[0]) - 1
    return {
        "faint_near": (faintest, _first_full(shares, faintest, range(last + 1))),
        "faint_far": (faintest, _first_full(shares, faintest, range(last, -1, -1))),
        "bright_far": (0, _first_full(shares, 0, range(last, -1, -1))),
    }


def bright_near(dwarfs: pd.DataFrame) -> pd.DataFrame:
    """Return the dwarfs in the brighter half of the rows and the nearer half of the columns."""
    cells = _cells(dwarfs)
    rows, columns = cells.shape
    bright, near = 2 * cells.rows < rows, 2 * cells.columns < columns
    return dwarfs[(cells.rows >= 0) & bright & near]


def grid_numbers(grid: dict[str, Table]) -> dict[str, Estimate | float]:
    """Return what a page says of the grid: how many cells are full and half found; and some.

    `grid` is as from `recovery_grid`.
    """
    by_model, by_crowd = grid.values()
    numbers: dict[str, Estimate | float] = {
        "grid_least": LEAST,
        "grid_cells": len(full_cells(by_model)),
        "grid_half_model": half_found(by_model),
        "grid_half_crowd": half_found(by_crowd),
        "grid_least_sure": least_sure(grid),
    }
    for name, (row, column) in corners(by_model).items():
        numbers |= {f"model_{name}": by_model[row][column], f"crowd_{name}": by_crowd[row][column]}
    return numbers


def grid_places(grid: dict[str, Table]) -> dict[str, str]:
    """Return in words where the cells lie that `grid_numbers` names."""
    at_corners = corners(next(iter(grid.values())))
    return {f"at_{name}": cell_words(place) for name, place in at_corners.items()}


def near_numbers(dwarfs: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate | float]:
    """Return how many dwarfs are bright and near, and which share either finds."""
    near = bright_near(dwarfs)
    return {
        "bright_near": len(near),
        "model_bright_near": share_true(called_dwarf(near), level),
        "crowd_bright_near": share_true(majority(near), level),
    }


def half_found(shares: Table) -> int:
    """Return in how many full cells at least half are found."""
    return sum(share.value >= HALF for share in full_cells(shares))


def full_cells(shares: Table) -> list[Estimate]:
    """Return the cells with at least `LEAST` dwarfs."""
    return [share for row in shares for share in row if share.n >= LEAST]


def least_sure(grid: dict[str, Table]) -> Estimate:
    """Return the share with the widest interval among all full cells; NaN without any."""
    full = [share for shares in grid.values() for share in full_cells(shares)]
    return max(full, key=lambda share: share.high - share.low, default=proportion(0, 0))


def cell_words(place: Place) -> str:
    """Return in words where a cell lies."""
    row, column = place
    return f"{MAGNITUDES.between(row)}, {DISTANCES.between(column)}"


def _first_full(shares: Table, row: int, columns: range) -> int:
    return next((column for column in columns if shares[row][column].n >= LEAST), columns[0])


def _cells(dwarfs: pd.DataFrame) -> Cells:
    down, across = (dwarfs[name].to_numpy(float) for name in ("m_v", "distance_modulus"))
    return cells_of(down, across, M_V, MODULI)

"""Shares of successes in the cells of two quantities, with an interval for each cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Bools, Numbers, Places
from secondsight.metrics.bins import bin_of
from secondsight.metrics.intervals import LEVEL, Estimate, proportion

Table = tuple[tuple[Estimate, ...], ...]
"""An estimate for each cell: a tuple a row."""


@dataclass(frozen=True)
class Cells:
    """Which galaxies lie in which cell."""

    rows: Places  # shape (n,): the row of each galaxy; -1 for a galaxy in no cell
    columns: Places  # the same
    shape: tuple[int, int]  # how many rows and columns there are

    def inside(self, row: int, column: int) -> Bools:
        """Return which galaxies lie in a cell, shape (n,)."""
        return np.asarray((self.rows == row) & (self.columns == column))

    def table(self, estimate: Callable[[Bools], Estimate]) -> Table:
        """Return an estimate of each cell, made from which galaxies lie in it."""
        rows, columns = self.shape
        return tuple(
            tuple(estimate(self.inside(row, column)) for column in range(columns))
            for row in range(rows)
        )


def cells_of(
    down: Numbers, across: Numbers, row_ends: Sequence[float], column_ends: Sequence[float]
) -> Cells:
    """Return the cell that each galaxy falls in.

    Raises ValueError if the arrays differ in length or the ends do not increase.

    Parameters
    ----------
    down, across : array of float, shape (n,)
        The quantity of the rows and that of the columns. A galaxy with a NaN, or with a value
        beyond the ends, falls in no cell.
    row_ends, column_ends : sequence of float, increasing
        One more than there are rows, columns; as for `bin_shares`.
    """
    if len(down) != len(across):
        raise ValueError(f"{len(down)} and {len(across)} values don't match")
    rows, columns = bin_of(down, row_ends), bin_of(across, column_ends)
    shape = len(row_ends) - 1, len(column_ends) - 1
    inside = (rows >= 0) & (columns >= 0) & (rows < shape[0]) & (columns < shape[1])
    return Cells(np.where(inside, rows, -1), np.where(inside, columns, -1), shape)


def cell_shares(cells: Cells, successes: Numbers, level: float = LEVEL) -> Table:
    """Return the share of successes in each cell, with Wilson's interval; NaN in an empty cell.

    `successes`, shape (n,), tell whether each galaxy is one.
    """
    came = np.asarray(successes, bool)
    return cells.table(lambda inside: proportion(int(came[inside].sum()), int(inside.sum()), level))

"""Draw shares in the cells of two quantities, a panel for each who found them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import PercentFormatter

from secondsight.figures.parts import across
from secondsight.figures.style import SMALL, contrast, faint, figure_width, ink, readable_on
from secondsight.metrics.cells import Table
from secondsight.metrics.intervals import Estimate

MAP = "viridis"
"""Even steps look even, to colour-blind readers too; the same in both themes."""
NUMBERS = ("#000000", "#ffffff")
"""Colours of a cell's numbers: one of the two has a contrast of 4.5 on any colour."""
GAP = 0.04
"""What a cell leaves free around it, as a share of its side."""
HALF = 0.5


@dataclass(frozen=True)
class Side:
    """The quantity of a grid's rows, or of its columns."""

    name: str  # of the axis
    ends: Sequence[str]  # of the cells, one more than there are cells
    words: str = "{}"  # how a text names a cell, with {} for its ends

    def between(self, place: int) -> str:
        """Return where a row or column lies, in words."""
        return self.words.format(f"{self.ends[place]} to {self.ends[place + 1]}")


def draw_grid(panels: Mapping[str, Table], rows: Side, columns: Side, *, least: int) -> Figure:
    """Draw grids of shares, by their headings, beside each other, with one scale of colours.

    The first row is drawn at the top. A cell with fewer than `least` observations is hatched: it
    has no colour and no share, only its number.
    """
    beside = across(len(panels))
    stacked = len(panels) // beside
    size = (figure_width(), stacked * (0.42 * (len(rows.ends) - 1) + 0.7) + 0.8)
    figure, grid = plt.subplots(
        stacked, beside, sharex=True, sharey=True, squeeze=False, figsize=size
    )
    for axes, (title, shares) in zip(grid.ravel(), panels.items(), strict=True):
        _draw_cells(axes, shares, least)
        _draw_half(axes, shares, least)
        _name_sides(axes, rows, columns)
        axes.set_title(title)
    for axes in grid[:, 0]:
        axes.set_ylabel(rows.name)
    bar = figure.colorbar(
        ScalarMappable(Normalize(0, 1), MAP), ax=list(grid.ravel()), location="bottom",
        shrink=0.5, aspect=30, pad=0.03, format=PercentFormatter(1), label="share found",
    )  # fmt: skip
    bar.outline.set_visible(False)
    return figure


def describe_grid(panels: Mapping[str, Table], rows: Side, columns: Side, *, least: int) -> str:
    """Return in words, for someone who can't see the figure, where fewest are found."""
    words = [f"{title}: {_words(grid, rows, columns, least)}." for title, grid in panels.items()]
    return " ".join([f"Grids of {rows.name} against {columns.name}.".replace("$", ""), *words])


def _words(shares: Table, rows: Side, columns: Side, least: int) -> str:
    full = {
        (row, column): share.value
        for row, line in enumerate(shares)
        for column, share in enumerate(line)
        if share.n >= least
    }
    if not full:
        return f"no cell has {least} galaxies"

    half = sum(value >= HALF for value in full.values())
    row, column = lowest = min(full, key=full.__getitem__)
    return (
        f"half or more are found in {half} of {len(full)} cells; fewest, {full[lowest]:.0%}, "
        f"at {rows.between(row)}, {columns.between(column)}"
    )


def _draw_cells(axes: Axes, shares: Table, least: int) -> None:
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            cell = _cell(column, row, share, least)
            axes.add_patch(cell)
            colour = _number_colour(cell) if share.n >= least else ink()
            axes.text(
                column + 0.5, row + 0.5, _number(share, least), color=colour, fontsize=SMALL,
                ha="center", va="center", linespacing=1.1,
            )  # fmt: skip


def _cell(column: int, row: int, share: Estimate, least: int) -> Rectangle:
    corner, side = (column + GAP, row + GAP), 1 - 2 * GAP
    if share.n < least:
        return Rectangle(corner, side, side, fill=False, hatch="////", edgecolor=faint(), lw=0)
    return Rectangle(corner, side, side, facecolor=colormaps[MAP](share.value), linewidth=0)


def _number(share: Estimate, least: int) -> str:
    return f"{share.n:,}" if share.n < least else f"{share.value:.0%}\n{share.n:,}"


def _number_colour(cell: Rectangle) -> str:
    return max(NUMBERS, key=lambda number: contrast(number, cell.get_facecolor()))


def _draw_half(axes: Axes, shares: Table, least: int) -> None:
    """Draw a line between neighbouring cells of which one has at least one half, one less."""
    values = np.array([[s.value if s.n >= least else np.nan for s in line] for line in shares])
    above = np.where(np.isnan(values), np.nan, values >= HALF)
    lines = [
        [(column + 1, row), (column + 1, row + 1)]
        for row, column in np.argwhere(np.abs(np.diff(above, axis=1)) == 1)
    ]
    lines += [
        [(column, row + 1), (column + 1, row + 1)]
        for row, column in np.argwhere(np.abs(np.diff(above, axis=0)) == 1)
    ]
    halo = [Stroke(linewidth=4.5, foreground=readable_on(ink())), Normal()]
    axes.add_collection(
        LineCollection(lines, colors=ink(), linewidths=2.2, capstyle="round", path_effects=halo)
    )


def _name_sides(axes: Axes, rows: Side, columns: Side) -> None:
    axes.set_xticks(range(len(columns.ends)), columns.ends)
    axes.set_yticks(range(len(rows.ends)), rows.ends)
    axes.set(xlim=(0, len(columns.ends) - 1), ylim=(len(rows.ends) - 1, 0), xlabel=columns.name)
    axes.tick_params(labelsize=9)
    axes.tick_params(axis="x", pad=6)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)

"""What figures have in common: panels, marks with intervals, legends."""

from collections.abc import Sequence
from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from secondsight.datasets.origins import Origin
from secondsight.dtypes import Floats
from secondsight.figures.style import MARKS, WIDTH, Mark, interval_look, mark_look
from secondsight.metrics.intervals import Estimate

Stroke = Literal["-", "none"]
"""The line that joins marks."""

# ---------------------------------------------------------------------------------- intervals


def draw_upright(
    axes: Axes,
    x: Sequence[float] | Floats,
    estimates: Sequence[Estimate],
    mark: Mark,
    *,
    line: Stroke = "none",
    hollow: bool = False,
) -> None:
    """Draw estimates with their intervals upright at places x, joined by a line or not."""
    values, reach = _values(estimates)
    axes.errorbar(x, values, yerr=reach, linestyle=line, **interval_look(mark, hollow=hollow))


def draw_lying(
    axes: Axes, row: int, estimate: Estimate, mark: Mark, *, hollow: bool = False
) -> None:
    """Draw an estimate with its interval along a row."""
    values, reach = _values([estimate])
    axes.errorbar(values, [row], xerr=reach, linestyle="none", **interval_look(mark, hollow=hollow))


def _values(estimates: Sequence[Estimate]) -> tuple[Floats, Floats]:
    """Return values (n,), and how far intervals reach to both sides, (2, n); 0 without one."""
    values, low, high = (
        np.array([getattr(estimate, name) for estimate in estimates], np.float64)
        for name in ("value", "low", "high")
    )
    return values, np.nan_to_num([values - low, high - values]).clip(0)


# ------------------------------------------------------------------------------------ legends


def handle(label: str, mark: Mark, *, line: Stroke = "none", hollow: bool = False) -> Line2D:
    """Return a legend's mark, on a line or alone."""
    return Line2D([], [], linestyle=line, label=label, **mark_look(mark, hollow=hollow))


def legend_below(figure: Figure, handles: Sequence[Line2D], columns: int = 2) -> None:
    """Write a legend below the panels."""
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, fontsize=9)


def legend_of_origins(figure: Figure, origins: Sequence[Origin]) -> None:
    """Write above the panels whose numbers these are."""
    handles = [handle(origin.value, MARKS[origin]) for origin in origins]
    figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=9, handletextpad=0.3)


# ------------------------------------------------------------------------------------- panels


def two_in_a_row(count: int, height: float, room: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, each of this height, and room around; in inches."""
    columns = min(2, max(1, count))
    rows = max(1, -(-count // columns))
    size = (WIDTH, rows * height + room)
    figure, grid = plt.subplots(rows, columns, squeeze=False, figsize=size)
    for axes in grid.ravel()[count:]:
        axes.set_axis_off()
    return figure, list(grid.ravel()[:count])


def row_panels(group_of: Sequence[str], room: float) -> tuple[list[str], Figure, list[Axes]]:
    """Return groups in order, a figure, and a panel for each group, as high as it has rows.

    `group_of` has the group of each row; `room` is for what stands around, in inches.
    """
    groups = list(dict.fromkeys(group_of))
    counts = [sum(own == group for own in group_of) for group in groups]
    size = (WIDTH, 0.34 * len(group_of) + 0.45 * len(groups) + room)
    ratios = [count + 0.6 for count in counts]
    figure, panels = plt.subplots(
        len(groups), 1, sharex=True, squeeze=False, figsize=size, height_ratios=ratios
    )
    return groups, figure, list(panels[:, 0])


def name_rows(axes: Axes, names: Sequence[str], heading: str) -> None:
    """Write the rows' names at the left, from top to bottom, and the heading above."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_title(heading)

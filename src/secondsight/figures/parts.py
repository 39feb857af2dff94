"""What figures have in common: panels, marks with intervals, legends."""

from collections.abc import Mapping, Sequence
from math import isnan
from textwrap import fill
from typing import Literal, Protocol, TypeVar

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from secondsight.dtypes import Floats
from secondsight.figures.style import (
    Mark,
    figure_width,
    ink,
    interval_look,
    is_narrow,
    mark_look,
    readable_on,
)
from secondsight.metrics.intervals import Estimate

Stroke = Literal["-", "none"]
"""The line that joins marks."""
NOTHING = "nothing to draw"
LABEL = 44
"""Characters that an axis's name takes in a line; a narrow figure has smaller ones."""

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
    columns = max(1, columns // 2) if is_narrow() else columns
    figure.legend(handles=handles, loc="outside lower center", ncols=columns)


def head(figure: Figure, quantity: str, handles: Sequence[Line2D]) -> None:
    """Say above the panels what their common axis is and what the marks are.

    A page's first screen shows this even of a figure that goes on below it.
    """
    figure.legend(
        handles=handles, title=fill(quantity, across(70, 42)), ncols=across(2),
        alignment="left", loc="outside upper left", borderpad=0.3,
    )  # fmt: skip


# -------------------------------------------------------------------------------------- words


def lowest_to_highest(values: Mapping[str, float], form: str) -> str:
    """Return in words which of some named values is the lowest, which the highest."""
    defined = {name: value for name, value in values.items() if not isnan(value)}
    if not defined:
        return NOTHING
    ends = dict.fromkeys(
        (min(defined, key=defined.__getitem__), max(defined, key=defined.__getitem__))
    )
    return " to ".join(f"{name} ({defined[name]:{form}})" for name in ends)


# ------------------------------------------------------------------------------------- panels


class Named(Protocol):
    """What has a row of its own in a figure; rows of one group stand together."""

    @property
    def name(self) -> str:
        """What stands beside the row."""

    @property
    def group(self) -> str:
        """The heading of its group."""


AnyRow = TypeVar("AnyRow", bound=Named)


def across(wide: int, narrow: int = 1) -> int:
    """Return how many panels stand side by side."""
    return narrow if is_narrow() else wide


def panels_of(count: int, height: float, room: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, two in a row where there is the width; in inches.

    Each has this height, less in a narrow figure, where the room around is larger.
    """
    columns = min(across(2), max(1, count))
    rows = max(1, -(-count // columns))
    high = rows * 0.85 * height + 1.5 * room if is_narrow() else rows * height + room
    figure, grid = plt.subplots(rows, columns, squeeze=False, figsize=(figure_width(), high))
    for axes in grid.ravel()[count:]:
        axes.set_axis_off()
    return figure, list(grid.ravel()[:count])


def row_panels(
    rows: Sequence[AnyRow], room: float
) -> tuple[Figure, list[tuple[Axes, list[AnyRow]]]]:
    """Return a figure with a panel for each group, as high as it has rows, and its rows.

    Their names stand at the left; in a narrow figure above each row. The x axis is numbered above
    the first panel, which a page shows before the others, and below the last. `room` is for what
    stands around, in inches.
    """
    groups = {row.group: [own for own in rows if own.group == row.group] for row in rows}
    step = 0.46 if is_narrow() else 0.34
    high = step * len(rows) + 0.45 * len(groups) + (1.2 * room if is_narrow() else room)
    ratios = [len(own) + 0.6 for own in groups.values()]
    figure, grid = plt.subplots(
        len(groups), 1, sharex=True, squeeze=False, figsize=(figure_width(), high),
        height_ratios=ratios,
    )  # fmt: skip
    for axes, (heading, own) in zip(grid[:, 0], groups.items(), strict=True):
        name_rows(axes, [row.name for row in own], heading)
    grid[0, 0].tick_params(labeltop=True)
    return figure, list(zip(grid[:, 0], groups.values(), strict=True))


def name_rows(axes: Axes, names: Sequence[str], heading: str = "") -> None:
    """Write the rows' names, from top to bottom, and the heading above."""
    axes.set_ylim(len(names) - 0.4, -0.6 - 0.3 * is_narrow())
    axes.grid(visible=False, axis="y")
    axes.set_title(fill(heading, LABEL))
    if not is_narrow():
        axes.set_yticks(range(len(names)), [fill(name, 30) for name in names], linespacing=0.95)
        return
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for place, name in enumerate(names):
        axes.annotate(name, (0, place), (0, 6), ("axes fraction", "data"), "offset points",
                      fontsize=ticks(), va="bottom", path_effects=_halo())  # fmt: skip


def write_number(axes: Axes, place: int, text: str) -> None:
    """Write a row's number at its right; in a narrow figure above it, in line with its name."""
    offset, side, end = ((0, 6), "right", "bottom") if is_narrow() else ((6, 0), "left", "center")
    axes.annotate(text, (1, place), offset, ("axes fraction", "data"), "offset points",
                  ha=side, va=end, annotation_clip=False)  # fmt: skip


def _halo() -> list[withStroke]:
    """Return what keeps lines away from letters."""
    return [withStroke(linewidth=3, foreground=readable_on(ink()))]


def ticks() -> float:
    """Return the size of the texts at an axis's ticks, in points."""
    return FontProperties(size=plt.rcParams["ytick.labelsize"]).get_size_in_points()


def name_axes(axes: Axes, x: str = "", y: str = "") -> None:
    """Name the axes, in several lines where the names are long."""
    axes.set(xlabel=fill(x, LABEL), ylabel=y)


def crop(axes: Axes, estimates: Sequence[Estimate], *also: float, upright: bool = False) -> None:
    """Let the axis of the estimates end a little beyond them, their intervals and `also`."""
    ends = np.array([*also, *(end for e in estimates for end in (e.value, e.low, e.high))])
    if np.isnan(ends).all():
        return
    low, high = np.nanmin(ends), np.nanmax(ends)
    margin = max(0.06 * (high - low), 0.01)
    few = MaxNLocator(across(7, 5), steps=[1, 2, 5, 10])
    if upright:
        axes.set_ylim(low - margin, high + margin)
        axes.yaxis.set_major_locator(few)
    else:
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_locator(few)

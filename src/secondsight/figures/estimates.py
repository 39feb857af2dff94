"""Draw estimates with their intervals, one a line, each marked by its origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import (
    crop,
    draw_lying,
    handle,
    head,
    lowest_to_highest,
    row_panels,
    write_number,
)
from secondsight.figures.style import MARKS, SMALL, ink, is_narrow
from secondsight.metrics.intervals import Estimate

SHARE, PLAIN = ".1%", ".2f"
"""How the numbers of a figure are written: shares in per cent, or scores such as F1 as numbers."""


@dataclass(frozen=True)
class Line:
    """One line of the figure; those of one group stand together under its heading."""

    name: str  # what stands at its left
    estimate: Estimate  # a published number without an interval has NaN ends
    origin: Origin
    group: str = ""


def draw_estimates(
    lines: Sequence[Line],
    *,
    quantity: str,
    reference: float | None = None,
    note: str = "",
    form: str = SHARE,
    span: tuple[float, float] | None = None,
) -> Figure:
    """Draw a dot and an interval for each line, from top to bottom, along an axis of a quantity.

    A dashed vertical line stands at `reference`, with `note` at its top. Numbers are written in per
    cent, or as `PLAIN` says. Without `span` the x axis goes as far as the numbers.
    """
    figure, panels = row_panels(lines, room=0.9)
    for axes, own in panels:
        _draw_group(axes, own, form)
        if reference is not None:
            axes.axvline(reference, color=ink(), linewidth=1, linestyle="--", zorder=0.5)
    top, bottom = panels[0][0], panels[-1][0]
    if note and is_narrow():
        quantity = f"{quantity} (dashed: {note})"
    elif note:
        top.annotate(
            note, (reference, 1), xycoords=("data", "axes fraction"), xytext=(4, -1),
            textcoords="offset points", va="top", fontsize=SMALL,
        )  # fmt: skip
    if span is not None:
        bottom.set(xlim=span)
    else:
        also = [] if reference is None else [reference]
        crop(bottom, [line.estimate for line in lines], *also)
    if form == SHARE:
        bottom.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g}%"))
    present = [origin for origin in Origin if any(line.origin is origin for line in lines)]
    head(
        figure,
        f"{quantity}{_levels(lines)}",
        [handle(origin.value, MARKS[origin], line="-") for origin in present],
    )
    return figure


def describe_estimates(lines: Sequence[Line], form: str = SHARE) -> str:
    """Return in words, for someone who can't see the figure, which line is lowest and highest."""
    grouped = len({line.group for line in lines}) > 1
    values = {
        f"{line.group}, {line.name}" if grouped else line.name: line.estimate.value
        for line in lines
    }
    return f"{len(lines)} dots with intervals, from {lowest_to_highest(values, form)}."


def _levels(lines: Sequence[Line]) -> str:
    """Return what the lines beside the dots are, if they are all intervals of one level."""
    levels = {line.estimate.level for line in lines if not isnan(line.estimate.low)}
    return f", with {levels.pop():.0%} intervals" if len(levels) == 1 else ""


def _number(line: Line, form: str) -> str:
    value = line.estimate.value
    return "not defined" if isnan(value) else f"{value:{form}}"


def _draw_group(axes: Axes, lines: Sequence[Line], form: str) -> None:
    for place, line in enumerate(lines):
        draw_lying(axes, place, line.estimate, MARKS[line.origin])
        write_number(axes, place, _number(line, form))

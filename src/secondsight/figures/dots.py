"""Draw estimates against a quantity: dots with intervals, bands and planted curves, in panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from secondsight.datasets.origins import Origin
from secondsight.dtypes import Floats
from secondsight.figures.parts import (
    NOTHING,
    Stroke,
    draw_upright,
    handle,
    head,
    name_axes,
    panels_of,
)
from secondsight.figures.style import SERIES, band_look, faint, ink
from secondsight.metrics.bins import Bin
from secondsight.metrics.calibration import Reliability
from secondsight.metrics.intervals import Estimate

LISTENED = 250
"""Characters of a description that one listens to."""
Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Dots:
    """One series, by its name in the legend."""

    name: str
    x: Sequence[float]  # where the dots stand
    estimates: Sequence[Estimate]  # their heights and intervals, as many
    spread: Sequence[tuple[float, float]] = ()  # for each dot a range, as a wide pale bar
    joined: bool = True  # whether a line joins the dots
    origin: Origin | None = None  # whose numbers, if not those of the whole figure


@dataclass(frozen=True)
class Band:
    """A curve with a band around it, drawn as steps: a fitted reliability curve."""

    name: str
    x: Floats
    y: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Panel:
    """One pair of axes. A series has the colour of its place, the same in every panel."""

    title: str
    x: str  # the axis's name
    y: str
    series: Sequence[Dots | Band]
    diagonal: bool = False  # whether a dashed line marks where both axes are equal
    planted: tuple[Floats, Floats] | None = None  # a curve put into made answers, drawn dotted
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = (-0.02, 1.02)  # the axis begins at 0 without one
    x_scale: Scale = "linear"
    x_words: Sequence[tuple[float, str]] = ()  # stand at places of the x axis in numbers' stead


def dots_of(name: str, bins: Sequence[Bin], *, spread: bool = False) -> Dots:
    """Return a series from bins; empty ones are left out."""
    kept = [part for part in bins if part.share.n]
    ranges = [part.spread for part in kept] if spread else ()
    return Dots(name, [part.middle for part in kept], [part.share for part in kept], ranges)


def band_of(name: str, curve: Reliability) -> Band:
    """Return a reliability curve as a series."""
    return Band(name, curve.forecast, curve.curve, curve.low, curve.high)


def draw_dots(panels: Sequence[Panel], *, origin: Origin, height: float = 3.0) -> Figure:
    """Draw panels, two in a row, each of a height in inches; above them whose numbers these are."""
    figure, grid = panels_of(len(panels), height, room=0.75)
    for axes, panel in zip(grid, panels, strict=True):
        _draw_panel(axes, panel)
    every = [dots for panel in panels for dots in panel.series if isinstance(dots, Dots)]
    origins = [origin, *(dots.origin or origin for dots in every)]
    head(figure, "; ".join(dict.fromkeys(own.value for own in origins)), _handles(panels))
    return figure


def describe_dots(panels: Sequence[Panel]) -> str:
    """Return in words, for someone who can't see the figure, where series begin and end.

    Of each panel the first series alone, where all would be too long to listen to.
    """
    words = [_said(panels, most) for most in (len(SERIES), 1)]
    return words[0] if len(words[0]) <= LISTENED else words[1]


def _said(panels: Sequence[Panel], most: int) -> str:
    words = [
        f"{panel.title}: {', '.join(map(_words, panel.series[:most])) or NOTHING}"
        for panel in panels
    ]
    return f"{'. '.join(words) or NOTHING.capitalize()}."


def _words(series: Dots | Band) -> str:
    if isinstance(series, Band):
        y = series.y
    else:
        y = np.array([estimate.value for estimate in series.estimates])
    y = y[~np.isnan(y)]
    return (
        f"{series.name} from {y[0]:.2f} to {y[-1]:.2f}" if len(y) else f"{series.name}, {NOTHING}"
    )


def _draw_panel(axes: Axes, panel: Panel) -> None:
    if panel.diagonal:
        axes.axline((0, 0), slope=1, color=ink(), linewidth=1, linestyle="--", zorder=0.5)
    if panel.planted is not None:
        axes.plot(*panel.planted, color=ink(), linewidth=1.4, linestyle=":", zorder=0.6)
    for place, series in reversed(list(enumerate(panel.series))):  # the first lies on top
        mark = SERIES[place % len(SERIES)]
        if isinstance(series, Band):
            axes.fill_between(series.x, series.low, series.high, **band_look(mark[1]))
            axes.plot(series.x, series.y, color=mark[1], linewidth=2)
            continue
        for x, (low, high) in zip(series.x, series.spread, strict=False):
            axes.plot([x, x], [low, high], solid_capstyle="butt", zorder=0.7, **_spread_look())
        line: Stroke = "-" if series.joined else "none"
        draw_upright(axes, series.x, series.estimates, mark, line=line)
    name_axes(axes, panel.x, panel.y)
    axes.set(xscale=panel.x_scale)
    if panel.x_scale == "log":
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    if panel.x_words:
        axes.set_xticks([place for place, _ in panel.x_words], [word for _, word in panel.x_words])
    axes.set_title(panel.title)
    if panel.x_range:
        axes.set_xlim(panel.x_range)
    if panel.y_range:
        axes.set_ylim(panel.y_range)
    else:
        axes.set_ylim(bottom=0)


def _spread_look() -> dict[str, Any]:
    return {"color": faint(), "linewidth": 7}


def _handles(panels: Sequence[Panel]) -> list[Line2D]:
    named: dict[str, Line2D] = {}
    for panel in panels:
        for place, series in enumerate(panel.series):
            shape, colour = SERIES[place % len(SERIES)]
            mark = ("" if isinstance(series, Band) else shape, colour)
            named.setdefault(series.name, handle(series.name, mark, line="-"))
        if any(isinstance(series, Dots) and series.spread for series in panel.series):
            wide = Line2D([], [], label="middle 80% of galaxies", **_spread_look())
            named.setdefault("spread", wide)
        if panel.planted is not None:
            dotted = Line2D([], [], color=ink(), linestyle=":", label="what was planted")
            named.setdefault("planted", dotted)
    return list(named.values())

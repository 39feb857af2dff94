"""Draw estimates against a quantity: dots with intervals, bands and planted curves, in panels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import (
    Stroke,
    draw_upright,
    handle,
    legend_below,
    legend_of_origins,
    two_in_a_row,
)
from secondsight.figures.style import SERIES, band_look, faint, ink
from secondsight.metrics.bins import Bin
from secondsight.metrics.calibration import Reliability
from secondsight.metrics.intervals import Estimate

NOTHING = "nothing to draw"
Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Dots:
    """One series.

    Attributes
    ----------
    name : str
        What the legend says.
    x : sequence of float
        Where the dots stand.
    estimates : sequence of Estimate
        Their heights and intervals, as many.
    spread : sequence of (float, float)
        For each dot a range of galaxies, drawn as a wide pale bar; none if empty.
    joined : bool
        Whether a line joins the dots.
    """

    name: str
    x: Sequence[float]
    estimates: Sequence[Estimate]
    spread: Sequence[tuple[float, float]] = ()
    joined: bool = True


@dataclass(frozen=True)
class Band:
    """A curve with a band around it, drawn as steps: a fitted reliability curve."""

    name: str
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """One pair of axes.

    Attributes
    ----------
    title, x, y : str
        Heading and axes' names.
    series : sequence of Dots or Band
        What is drawn, each in a colour of its own; the same place in another panel has the same.
    diagonal : bool
        Whether a dashed line marks where both axes are equal.
    planted : (x, y) or None
        A curve that was put into made answers, drawn dotted.
    x_range, y_range : (float, float) or None
        The axes' ends; without one the y axis begins at 0.
    x_scale : {"linear", "log"}
    x_words : sequence of (float, str)
        Words that stand at places of the x axis instead of numbers; numbers if empty.
    """

    title: str
    x: str
    y: str
    series: Sequence[Dots | Band]
    diagonal: bool = False
    planted: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None = None
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = (-0.02, 1.02)
    x_scale: Scale = field(default="linear")
    x_words: Sequence[tuple[float, str]] = ()


def dots_of(name: str, bins: Sequence[Bin], *, spread: bool = False) -> Dots:
    """Return a series from bins; empty ones are left out."""
    kept = [one for one in bins if one.share.n]
    return Dots(
        name,
        [one.middle for one in kept],
        [one.share for one in kept],
        [one.spread for one in kept] if spread else (),
    )


def band_of(name: str, found: Reliability) -> Band:
    """Return a reliability curve as a series."""
    return Band(name, found.forecast, found.curve, found.low, found.high)


def draw_dots(panels: Sequence[Panel], *, origin: Origin, height: float = 3.0) -> Figure:
    """Draw panels, two in a row, each of a height in inches; above them whose numbers these are."""
    figure, grid = two_in_a_row(len(panels), height, room=0.75)
    for axes, panel in zip(grid, panels, strict=True):
        _draw_panel(axes, panel)
    legend_below(figure, _handles(panels))
    legend_of_origins(figure, [origin])
    return figure


def describe_dots(panels: Sequence[Panel]) -> str:
    """Return in words, for someone who can't see the figure, where each series begins and ends."""
    words = [
        f"{panel.title}: {'; '.join(map(_words, panel.series)) or NOTHING}" for panel in panels
    ]
    return f"{'. '.join(words) or NOTHING.capitalize()}."


def _words(series: Dots | Band) -> str:
    if isinstance(series, Band):
        x, y = series.x, series.y
    else:
        x = np.asarray(series.x)
        y = np.array([one.value for one in series.estimates])
    x, y = x[~np.isnan(y)], y[~np.isnan(y)]
    if not len(x):
        return f"{series.name}, {NOTHING}"
    return f"{series.name} from {y[0]:.2f} at {x[0]:.3g} to {y[-1]:.2f} at {x[-1]:.3g}"


def _draw_panel(axes: Axes, panel: Panel) -> None:
    if panel.diagonal:
        axes.axline((0, 0), slope=1, color=ink(), linewidth=1, linestyle="--", zorder=0.5)
    if panel.planted is not None:
        axes.plot(*panel.planted, color=ink(), linewidth=1.4, linestyle=":", zorder=0.6)
    for place, series in enumerate(panel.series):
        mark = SERIES[place % len(SERIES)]
        if isinstance(series, Band):
            axes.fill_between(series.x, series.low, series.high, **band_look(mark[1]))
            axes.plot(series.x, series.y, color=mark[1], linewidth=2)
            continue
        for x, (low, high) in zip(series.x, series.spread, strict=False):
            axes.plot([x, x], [low, high], solid_capstyle="butt", zorder=0.7, **_spread_look())
        line: Stroke = "-" if series.joined else "none"
        draw_upright(axes, series.x, series.estimates, mark, line=line)
    axes.set(xlabel=panel.x, ylabel=panel.y, xscale=panel.x_scale)
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

"""Draw what adapting an image-text model changed: metrics by setting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import crop, draw_upright, handle, legend_below, panels_of
from secondsight.figures.style import MARKS
from secondsight.metrics.intervals import Estimate


@dataclass(frozen=True)
class Series:
    """A number for each setting, in their order, by its name in the legend."""

    name: str
    estimates: Sequence[Estimate]
    origin: Origin  # gives mark and colour
    hollow: bool = False  # whether the marks are empty, where two series have one origin


def draw_settings(panels: dict[str, Sequence[Series]], settings: Sequence[str]) -> Figure:
    """Draw a panel of series for each metric, with a place for each setting."""
    figure, grid = panels_of(len(panels), height=2.1, room=0.9)
    handles: dict[str, Line2D] = {}
    for axes, (title, some) in zip(grid, panels.items(), strict=True):
        for series, shift in zip(some, np.linspace(-0.2, 0.2, max(2, len(some))), strict=False):
            mark, places = MARKS[series.origin], np.arange(len(settings)) + shift
            draw_upright(axes, places, series.estimates, mark, hollow=series.hollow)
            handles[series.name] = handle(series.name, mark, hollow=series.hollow)
        axes.set_xticks(range(len(settings)), settings)
        axes.set(xlim=(-0.5, len(settings) - 0.5), title=title)
        crop(axes, [estimate for series in some for estimate in series.estimates], upright=True)
        axes.grid(visible=False, axis="x")
    legend_below(figure, list(handles.values()), columns=1)
    return figure


def describe_settings(panels: dict[str, Sequence[Series]], settings: Sequence[str]) -> str:
    """Return in words, for someone who can't see the figure, what its panels are."""
    return f"Marks with intervals for {', '.join(settings)}. Panels: {'; '.join(panels)}."

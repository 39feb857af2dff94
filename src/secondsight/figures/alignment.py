"""Draw what adapting an image-text model changed: metrics by setting, and a map of its space."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import across, crop, draw_upright, handle, legend_below, panels_of
from secondsight.figures.style import BLUE, MARKS, ORANGE, figure_width, ink
from secondsight.metrics.intervals import Estimate

SHAPES, COLOURS = ("o", "^", "v"), (BLUE, ORANGE)


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


def draw_map(table: pd.DataFrame, titles: dict[str, str], classes: Sequence[str]) -> Figure:
    """Draw embeddings in a plane, a panel for each setting.

    `table` has the columns `setting`, `what` (three kinds at most: the marker), `label` (0 or 1:
    the colour), `x` and `y`; `titles` are the panels' by setting, from left to right, and `classes`
    what the labels are called.
    """
    columns = across(len(titles))
    rows = len(titles) // columns
    figure, grid = plt.subplots(
        rows, columns, squeeze=False, figsize=(figure_width(), 3.3 * rows + 0.6)
    )
    kinds = list(dict.fromkeys(table["what"]))
    for axes, (setting, title) in zip(grid.ravel(), titles.items(), strict=True):
        own = table[table["setting"] == setting]
        for kind, shape in zip(kinds, SHAPES, strict=False):
            for label, colour in enumerate(COLOURS):
                some = own[(own["what"] == kind) & (own["label"] == label)]
                axes.plot(some["x"], some["y"], shape, color=colour, markersize=5, alpha=0.75,
                          markerfacecolor="none" if kind == kinds[0] else colour)  # fmt: skip
        axes.set(xlabel="first component", ylabel="second component", title=title)
    handles = [handle(name, ("s", colour)) for name, colour in zip(classes, COLOURS, strict=True)]
    handles += [
        handle(kind, (shape, ink()), hollow=kind == kinds[0])
        for kind, shape in zip(kinds, SHAPES, strict=False)
    ]
    legend_below(figure, handles, columns=5)
    return figure


def describe_map(table: pd.DataFrame, titles: dict[str, str]) -> str:
    """Return in words how far apart the groups' middles are in each panel."""
    words = []
    for setting, title in titles.items():
        own = table[table["setting"] == setting]
        middles = own.groupby("what", sort=False)[["x", "y"]].mean()
        away = np.hypot(*(middles - middles.iloc[0]).to_numpy().T)
        named = zip(middles.index[1:], away[1:], strict=True)
        apart = ", ".join(f"{name} {far:.2f}" for name, far in named)
        words.append(f"{title}: {middles.index[0]} to {apart}")
    return f"Scattered marks in a plane. Distances of the groups' middles, {'; '.join(words)}."

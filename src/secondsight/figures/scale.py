"""Draw scores on one scale: a row an answerer, a mark for each set of references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import (
    draw_lying,
    handle,
    head,
    lowest_to_highest,
    row_panels,
)
from secondsight.figures.style import MARKS, SERIES, Mark, faint
from secondsight.metrics.intervals import Estimate

STEP = 0.2
"""From tick to tick."""


@dataclass(frozen=True)
class Row:
    """One row of the figure; those of one group stand together under its heading.

    Scores are by the set of references; an empty name marks a published number.
    """

    name: str
    group: str
    scores: Mapping[str, Estimate] = field(default_factory=dict)


def draw_scale(rows: Sequence[Row], *, quantity: str, origin: Origin) -> Figure:
    """Draw every row's scores, from top to bottom, along an axis called `quantity`.

    They are of this origin but for published ones, which run through all panels as a pale band.
    """
    sets = list(dict.fromkeys(name for row in rows for name in row.scores if name))
    figure, panels = row_panels(rows, room=1.3)
    printed = [row.scores[""].value for row in rows if "" in row.scores]
    for axes, own in panels:
        _draw_group(axes, own, sets)
        if printed:
            colour = MARKS[Origin.PUBLISHED][1]
            axes.axvspan(min(printed), max(printed), color=colour, alpha=0.45, lw=0, zorder=0.4)
    bottom = panels[-1][0]
    _set_axis(bottom, [score for row in rows for score in row.scores.values()])
    handles = [handle(f"references: {name}", _mark(name, sets)) for name in sets]
    if printed:
        handles.append(handle(Origin.PUBLISHED.value, MARKS[Origin.PUBLISHED]))
    head(figure, f"{quantity}; {origin.value}", handles)
    return figure


def describe_scale(rows: Sequence[Row]) -> str:
    """Return in words, for someone who can't see the figure, which row is lowest and highest."""
    scores = {row.name: [score.value for score in row.scores.values()] for row in rows}
    ends = lowest_to_highest({name: max(values) for name, values in scores.items()}, ".2f")
    return f"Marks on a scale, {len(rows)} rows, by the highest mark of each from {ends}."


def _draw_group(axes: Axes, rows: Sequence[Row], sets: Sequence[str]) -> None:
    for place, row in enumerate(rows):
        values = [score.value for score in row.scores.values()]
        axes.plot([min(values), max(values)], [place, place], color=faint(), lw=3, zorder=0.7)
        for name, score in row.scores.items():
            draw_lying(axes, place, score, _mark(name, sets))


def _set_axis(axes: Axes, scores: Sequence[Estimate]) -> None:
    """End the axis at a tick on the right, and a little before the smallest score on the left."""
    low = min(score.value for score in scores) - 0.04
    last = int(np.ceil((max(score.value for score in scores) + 0.02) / STEP))
    axes.set_xticks(STEP * np.arange(np.ceil(low / STEP), last + 1))
    axes.set_xlim(low, STEP * last)


def _mark(name: str, sets: Sequence[str]) -> Mark:
    if not name:
        return MARKS[Origin.PUBLISHED]
    return SERIES[sets.index(name) % len(SERIES)]

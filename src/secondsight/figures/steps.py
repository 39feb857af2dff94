"""Draw pairs of estimates, one pair a row: what a change brings to each."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import (
    draw_lying,
    handle,
    head,
    row_panels,
    write_number,
)
from secondsight.figures.style import MARKS, Mark, faint
from secondsight.metrics.intervals import Estimate


@dataclass(frozen=True)
class Step:
    """One row, a share before and after a change; those of one group stand together."""

    name: str
    before: Estimate
    after: Estimate
    group: str = ""  # rows of one group stand together under this heading


def draw_steps(
    steps: Sequence[Step],
    *,
    names: tuple[str, str],
    quantity: str,
    origin: Origin,
    span: tuple[float, float] = (0, 1),
) -> Figure:
    """Draw each row's two shares with their intervals: a hollow mark, and a filled one.

    Parameters
    ----------
    names : (str, str)
        What the hollow and the filled marks stand for.
    span : (float, float)
        Where the x axis begins and ends.
    """
    figure, panels = row_panels(steps, room=0.9)
    for axes, own in panels:
        for place, step in enumerate(own):
            _draw_row(axes, step, place, MARKS[origin])
    bottom = panels[-1][0]
    bottom.set(xlim=span)
    bottom.xaxis.set_major_formatter(PercentFormatter(1))
    before, after = (f"{name}, {origin.value}" for name in names)
    marks = [handle(before, MARKS[origin], hollow=True), handle(after, MARKS[origin])]
    head(figure, quantity, marks)
    return figure


def describe_steps(steps: Sequence[Step]) -> str:
    """Return in words, for someone who can't see the figure, the largest and smallest change."""
    by_change = sorted(steps, key=lambda step: step.before.value - step.after.value)
    ends = [
        f"{step.name}, {_written(step)}" for step in dict.fromkeys([by_change[0], by_change[-1]])
    ]
    change = "; the smallest: ".join(ends)
    return f"{len(steps)} rows of two dots, joined by a line. The largest change: {change}."


def _written(step: Step) -> str:
    return f"{step.before.value:.0%} to {step.after.value:.0%}"


def _draw_row(axes: Axes, step: Step, place: int, mark: Mark) -> None:
    ends = [step.before.value, step.after.value]
    axes.plot(ends, [place, place], color=faint(), linewidth=5, solid_capstyle="butt", zorder=1)
    draw_lying(axes, place, step.before, mark, hollow=True)
    draw_lying(axes, place, step.after, mark)
    write_number(axes, place, _written(step))

"""Draw pairs of estimates, one pair a row: what a change brings to each."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import name_rows, row_panels
from secondsight.figures.style import MARKS, faint, ink
from secondsight.metrics.intervals import Estimate


@dataclass(frozen=True)
class Step:
    """One row: a share before and after a change."""

    name: str  # what stands at its left
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
    """Draw each row's two shares with their intervals: a pale mark, and a coloured one.

    `names` are what the pale and the coloured marks stand for, `quantity` names the x axis, and
    `span` is where it begins and ends.
    """
    groups, figure, panels = row_panels([step.group for step in steps], room=0.9)
    for axes, group in zip(panels, groups, strict=True):
        own = [step for step in steps if step.group == group]
        for place, step in enumerate(own):
            _draw_row(axes, step, place, origin)
        name_rows(axes, [step.name for step in own], group)
    panels[-1].set(xlabel=quantity, xlim=span)
    panels[-1].xaxis.set_major_formatter(PercentFormatter(1))
    handles = [
        _mark([], 0, origin, filled, label=f"{name}, {origin.value}")
        for filled, name in enumerate(names)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=9)
    return figure


def describe_steps(steps: Sequence[Step]) -> str:
    """Return in words, for someone who can't see the figure, both shares of each row."""
    rows = [f"{step.name}: {_written(step)}" for step in steps]
    return f"Two dots a row, joined by a line. {'; '.join(rows)}."


def _written(step: Step) -> str:
    return f"{step.before.value:.0%} to {step.after.value:.0%}"


def _mark(x: Sequence[float], place: int, origin: Origin, filled: int, label: str = "") -> Line2D:
    marker, colour = MARKS[origin]
    return Line2D(
        x, [place] * len(x), linestyle="none", marker=marker, markersize=6.5, label=label,
        markeredgecolor=ink(), markeredgewidth=0.8, markerfacecolor=colour if filled else faint(),
    )  # fmt: skip


def _draw_row(axes: Axes, step: Step, place: int, origin: Origin) -> None:
    ends = [step.before.value, step.after.value]
    axes.plot(ends, [place, place], color=faint(), linewidth=5, solid_capstyle="butt", zorder=1)
    for filled, estimate in enumerate((step.before, step.after)):
        axes.plot([estimate.low, estimate.high], [place, place], color=ink(), linewidth=2)
        axes.add_line(_mark([estimate.value], place, origin, filled))
    axes.annotate(_written(step), (1, place), (6, 0), ("axes fraction", "data"),
                  "offset points", va="center", annotation_clip=False)  # fmt: skip

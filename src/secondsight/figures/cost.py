"""Draw what an answer costs against how good it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import draw_upright, handle, legend_below
from secondsight.figures.style import MARKS, SMALL, figure_width, ink
from secondsight.metrics.intervals import Estimate


@dataclass(frozen=True)
class Priced:
    """A configuration of a model."""

    name: str
    usd: float  # what its answers cost
    estimate: Estimate  # how good they are, 0 to 1
    is_front: bool  # whether nothing cheaper is as good: such points are filled, named and joined


def draw_cost(points: Sequence[Priced], *, origin: Origin, cost: str, quantity: str) -> Figure:
    """Draw configurations with their intervals over a logarithmic axis of cost; name both axes."""
    figure, axes = plt.subplots(figsize=(figure_width(), 4.8))
    front = sorted((point for point in points if point.is_front), key=lambda point: point.usd)
    for point in points:
        hollow = not point.is_front
        draw_upright(axes, [point.usd], [point.estimate], MARKS[origin], hollow=hollow)
    for place, point in enumerate(front):
        _name_point(axes, point, is_above=place >= len(front) - 2)
    heights = [point.estimate.value for point in front]
    axes.plot([point.usd for point in front], heights, color=ink(), linewidth=1.2, zorder=0.9)
    axes.set(xscale="log", xlabel=cost, ylabel=quantity)
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    legend_below(figure, [handle(origin.value, MARKS[origin])])
    return figure


def describe_cost(points: Sequence[Priced]) -> str:
    """Return in words, for someone who can't see the figure, what the cheapest and dearest give."""
    front = sorted((point for point in points if point.is_front), key=lambda point: point.usd)
    ends = [
        f"{point.name} ({point.usd:.2g} USD, {point.estimate.value:.0%})"
        for point in dict.fromkeys([front[0], front[-1]])
    ]
    return (
        f"{len(points)} dots with intervals over the price. {len(front)} of them beat all that is "
        f"cheaper, from {' to '.join(ends)}."
    )


def _name_point(axes: Axes, point: Priced, *, is_above: bool) -> None:
    """Name a point above it at its left, or below at its right, where the dearest have no room."""
    offset, side, end = ((-6, 4), "right", "bottom") if is_above else ((7, -3), "left", "top")
    axes.annotate(point.name, (point.usd, point.estimate.value), offset, ha=side, va=end,
                  textcoords="offset points", fontsize=SMALL)  # fmt: skip

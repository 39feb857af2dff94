"""Draw what an answer costs against how good it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from secondsight.datasets.origins import Origin
from secondsight.figures.parts import draw_upright, legend_of_origins
from secondsight.figures.style import MARKS, WIDTH, ink
from secondsight.metrics.intervals import Estimate


@dataclass(frozen=True)
class Priced:
    """A configuration of a model.

    Attributes
    ----------
    name : str
    usd : float
        What its answers cost.
    estimate : Estimate
        How good they are, 0 to 1.
    is_front : bool
        Whether nothing cheaper is as good: such points are named and joined.
    """

    name: str
    usd: float
    estimate: Estimate
    is_front: bool


def draw_cost(points: Sequence[Priced], *, origin: Origin, cost: str, quantity: str) -> Figure:
    """Draw a dot with its interval for each configuration, over a logarithmic axis of cost.

    Parameters
    ----------
    points : sequence of Priced
    origin : Origin
        Whose numbers these are.
    cost, quantity : str
        The axes' names.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.8))
    front = sorted((point for point in points if point.is_front), key=lambda point: point.usd)
    for point in points:
        _draw_point(axes, point, origin)
    for place, point in enumerate(front):
        _name_point(axes, point, is_above=place >= len(front) - 2)
    axes.plot([point.usd for point in front], [point.estimate.value for point in front],
              color=ink(), linewidth=1.2, zorder=0.9)  # fmt: skip
    axes.set(xscale="log", xlabel=cost, ylabel=quantity)
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    legend_of_origins(figure, [origin])
    return figure


def _draw_point(axes: Axes, point: Priced, origin: Origin) -> None:
    draw_upright(axes, [point.usd], [point.estimate], MARKS[origin])
    if not point.is_front:
        for part in axes.containers[-1].get_children():
            part.set_alpha(0.45)


def _name_point(axes: Axes, point: Priced, *, is_above: bool) -> None:
    """Name a point above it at its left, or below at its right, where the dearest have no room."""
    offset, side, end = ((-6, 4), "right", "bottom") if is_above else ((7, -3), "left", "top")
    axes.annotate(point.name, (point.usd, point.estimate.value), offset, ha=side, va=end,
                  textcoords="offset points", fontsize=8)  # fmt: skip

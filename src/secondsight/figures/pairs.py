"""Draw how two models fare on the same images."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from secondsight.figures.parts import across, name_rows
from secondsight.figures.style import (
    BLUE,
    GREEN,
    ORANGE,
    SKY,
    SMALL,
    faint,
    figure_width,
    is_narrow,
    readable_on,
)

COLOURS = [BLUE, SKY, GREEN, ORANGE]

READABLE = 0.06
"""A share smaller than this has no room for its number."""


def draw_outcomes(
    shares: pd.DataFrame, *, quantity: str = "share of the category's images"
) -> Figure:
    """Draw, for each category, the shares of images by which of two models was right.

    `shares` has a row a category and up to five columns that add up to 1; the last one is drawn in
    the grid's faint colour. `quantity` names the x axis.
    """
    thick, step = (0.38, 0.46) if is_narrow() else (0.7, 0.42)
    figure, axes = plt.subplots(figsize=(figure_width(), step * len(shares) + 1.3))
    colours = [*COLOURS[: shares.shape[1] - 1], faint()]
    left = pd.Series(0.0, index=shares.index)
    for column, colour in zip(shares.columns, colours, strict=True):
        places = range(len(shares))
        axes.barh(places, shares[column], left=left, color=colour, label=column, height=thick)
        _write_shares(axes, shares[column], left)
        left = left + shares[column]
    name_rows(axes, list(shares.index))
    axes.grid(visible=False)
    axes.set(xlim=(0, 1), xlabel=quantity)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    figure.legend(loc="outside lower center", ncols=across(3))
    return figure


def _write_shares(axes: Axes, shares: "pd.Series[float]", left: "pd.Series[float]") -> None:
    colour = readable_on(axes.patches[-1].get_facecolor())
    for place, (share, start) in enumerate(zip(shares, left, strict=True)):
        if share >= READABLE:
            middle = start + share / 2
            axes.text(
                middle, place, f"{share:.0%}", ha="center", va="center", size=SMALL, color=colour
            )

"""Draw how volunteers voted."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from secondsight.figures.parts import across, draw_upright
from secondsight.figures.style import BLUE, ORANGE, figure_width
from secondsight.metrics.intervals import Estimate


def draw_votes(
    subjects: pd.DataFrame, bins: Sequence[tuple[float, float]], shares: Sequence[Estimate]
) -> Figure:
    """Draw how many subjects got how many votes, and the votes on true dwarfs by detectability.

    `subjects` has `label` ("1" a dwarf) and `yes` (votes for a dwarf), a row a subject; `bins` are
    the ends of the bins of detectability, and `shares` those of votes for a dwarf in each.
    """
    columns = across(2)
    size = (figure_width(), 2.9 * 2 / columns)
    figure, (left, right) = plt.subplots(2 // columns, columns, figsize=size)
    for label, name, colour in (("0", "junk", ORANGE), ("1", "true dwarf", BLUE)):
        counts = np.bincount(subjects.loc[subjects["label"] == label, "yes"], minlength=26)
        left.step(range(len(counts)), counts, where="mid", label=name, color=colour, linewidth=2)
    left.set(yscale="log", xlabel="votes for a dwarf, of 25", ylabel="subjects")
    left.set_title("How many votes")
    left.legend()
    middles = [(low + high) / 2 for low, high in bins]
    draw_upright(right, middles, shares, ("o", BLUE), line="-")
    right.set(xlabel="detectability of a true dwarf", ylabel="share of votes for a dwarf")
    right.set_title("Votes by detectability")
    right.set(xlim=(0, 1), ylim=(0, 1))
    right.yaxis.set_major_formatter(PercentFormatter(1))
    return figure

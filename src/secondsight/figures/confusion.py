"""Draw a confusion matrix."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from secondsight.figures.parts import across, lowest_to_highest, ticks
from secondsight.figures.style import INK, figure_width, ink, is_narrow, readable_on
from secondsight.metrics.confusion import Confusion

CELL = 1.0
"""Inches a cell takes at most."""
FEW = 6
"""With fewer columns than these, cells and their names have room for large letters."""
DIMMED = 2.1
"""A dark page's cells take the darker half of the map: light digits can be read on all of it."""


def draw_confusion(confusion: Confusion, *, truth: str = "true category") -> Figure:
    """Draw counts and row fractions: true categories, named `truth`, are rows.

    In a narrow figure with many columns cells hold fractions alone.
    """
    rows, columns = confusion.counts.shape
    crowded = columns >= FEW
    cell = min(CELL, (figure_width() - 1.3 + 0.4 * is_narrow()) / columns)
    size = (cell * columns + 1.3, max(0.36 if crowded else 0.62, 0.72 * cell) * rows + 1.0)
    figure, axes = plt.subplots(figsize=(min(size[0], figure_width()), size[1]))
    small = 7 if is_narrow() else 8
    sns.heatmap(
        confusion.row_fractions(), vmin=0, vmax=DIMMED if ink() == INK["dark"] else 1,
        cmap=plt.get_cmap(), cbar=False, ax=axes,
        annot=_cell_texts(confusion, with_counts=not (crowded and is_narrow())), fmt="",
        annot_kws={"fontsize": small if crowded else ticks()},
        xticklabels=_broken([*confusion.categories, *confusion.others]),
        yticklabels=_broken(confusion.categories), linewidths=1.5, linecolor="none",
    )  # fmt: skip
    cells = np.asarray(axes.collections[0].get_facecolor())
    for text, colour in zip(axes.texts, cells, strict=True):
        text.set_color(readable_on(colour))
    axes.set(xlabel="answer", ylabel=truth)
    axes.tick_params(axis="x", rotation=across(40, 90) if crowded else 0)
    axes.tick_params(axis="y", rotation=0)
    if crowded:
        axes.tick_params(labelsize=small + 0.5)
    return figure


def describe_confusion(confusion: Confusion) -> str:
    """Return in words, for someone who can't see it, of which row most and fewest are right."""
    right = confusion.row_fractions().diagonal()
    shares = dict(zip(confusion.categories, right, strict=True))
    return f"Confusion matrix. Answered rightly, from {lowest_to_highest(shares, '.0%')}."


def _cell_texts(
    confusion: Confusion, *, with_counts: bool
) -> np.ndarray[tuple[int, int], np.dtype[np.str_]]:
    texts = [
        [
            f"{count:,}\n{fraction:.0%}" if with_counts else f"{fraction:.0%}"
            for count, fraction in zip(counts, fractions, strict=True)
        ]
        for counts, fractions in zip(confusion.counts, confusion.row_fractions(), strict=True)
    ]
    return np.array(texts)


def _broken(names: list[str]) -> list[str]:
    """Return names with line breaks at the space nearest to their middle, if they are long."""
    return [name if len(name) < 12 else "\n".join(name.rsplit(" ", 1)) for name in names]

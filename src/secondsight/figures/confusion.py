"""Draw a confusion matrix."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from secondsight.figures.style import WIDTH, readable_on
from secondsight.metrics.confusion import Confusion

CELL = 0.62
"""Inches a cell takes at most."""


def draw_confusion(confusion: Confusion, *, truth: str = "true category") -> Figure:
    """Draw counts and row fractions: true categories, named `truth`, are rows."""
    rows, columns = confusion.counts.shape
    cell = min(CELL * 1.6, WIDTH * 0.8 / columns)
    figure, axes = plt.subplots(figsize=(cell * columns + 1.9, max(0.55, cell * 0.72) * rows + 1.0))
    sns.heatmap(
        confusion.row_fractions(), vmin=0, vmax=1, cmap=plt.get_cmap(), cbar=False, ax=axes,
        annot=_cell_texts(confusion), fmt="", annot_kws={"fontsize": 11 if columns < 6 else 7.5},
        xticklabels=_broken([*confusion.categories, *confusion.others]),
        yticklabels=_broken(confusion.categories), linewidths=1.5, linecolor="none",
    )  # fmt: skip
    cells = np.asarray(axes.collections[0].get_facecolor())
    for text, colour in zip(axes.texts, cells, strict=True):
        text.set_color(readable_on(colour))
    axes.set(xlabel="answer", ylabel=truth)
    axes.tick_params(axis="x", rotation=0 if columns < 6 else 40)
    axes.tick_params(axis="y", rotation=0)
    return figure


def describe_confusion(confusion: Confusion) -> str:
    """Return in words, for someone who can't see the figure, what share of each row is right."""
    right = confusion.row_fractions().diagonal()
    named = zip(confusion.categories, right, strict=True)
    shares = ", ".join(f"{name} {share:.0%}" for name, share in named)
    return f"Confusion matrix. Shares answered rightly: {shares}."


def _cell_texts(confusion: Confusion) -> np.ndarray[tuple[int, int], np.dtype[np.str_]]:
    texts = [
        [f"{count:,}\n{fraction:.0%}" for count, fraction in zip(counts, fractions, strict=True)]
        for counts, fractions in zip(confusion.counts, confusion.row_fractions(), strict=True)
    ]
    return np.array(texts)


def _broken(names: list[str]) -> list[str]:
    """Return names with line breaks at the space nearest to their middle, if they are long."""
    return [name if len(name) < 12 else "\n".join(name.rsplit(" ", 1)) for name in names]

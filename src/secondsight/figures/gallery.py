"""Draw images beside each other."""

from collections.abc import Sequence
from math import sqrt

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from secondsight.dtypes import Pixels
from secondsight.figures.style import figure_width

LEAST = 1.15
"""Inches: a square image is at least as wide, so that one sees what is on it."""


def draw_gallery(rows: Sequence[tuple[str, Sequence[Pixels]]]) -> Figure:
    """Draw rows of images, each under its name, and in as many lines as it needs.

    Images are uint8, (height, width) or (height, width, 3); grey ones are drawn in grey.
    """
    height, width = rows[0][1][0].shape[:2]
    most = max(len(images) for _, images in rows)
    room = max(1, int(figure_width() / (LEAST * sqrt(width / height))))
    columns = -(-most // -(-most // room))
    lines = [
        ("" if start else name, images[start : start + columns])
        for name, images in rows
        for start in range(0, len(images), columns)
    ]
    cell = figure_width() / columns * height / width
    high = len(lines) * (cell + 0.03) + len(rows) * 0.22
    figure, panels = plt.subplots(
        len(lines), columns, squeeze=False, figsize=(figure_width(), high)
    )
    figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    for axes in panels.ravel():
        axes.set_axis_off()
    for panel_row, (name, images) in zip(panels, lines, strict=True):
        panel_row[0].set_title(name, fontsize=9.5)
        for axes, pixels in zip(panel_row, images, strict=False):
            axes.imshow(pixels, cmap="gray", vmin=0, vmax=255)
    return figure

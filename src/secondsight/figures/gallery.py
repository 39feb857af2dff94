"""Draw images beside each other."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from secondsight.dtypes import Pixels
from secondsight.figures.style import WIDTH


def draw_gallery(rows: Sequence[tuple[str, Sequence[Pixels]]]) -> Figure:
    """Draw rows of images, each row under its name.

    Images are uint8, (height, width) or (height, width, 3); grey ones are drawn in grey.
    """
    columns = max(len(images) for _, images in rows)
    height, width = rows[0][1][0].shape[:2]
    cell = WIDTH / columns * height / width
    figure, panels = plt.subplots(
        len(rows), columns, squeeze=False, figsize=(WIDTH, len(rows) * (cell + 0.25))
    )
    for axes in panels.ravel():
        axes.set_axis_off()
    for panel_row, (name, images) in zip(panels, rows, strict=True):
        panel_row[0].set_title(name, fontsize=9.5)
        for axes, pixels in zip(panel_row, images, strict=False):
            axes.imshow(pixels, cmap="gray", vmin=0, vmax=255)
    return figure

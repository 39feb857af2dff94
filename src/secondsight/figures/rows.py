"""Rows in groups, one panel a group: what figures of named rows have in common."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from secondsight.figures.style import WIDTH


def row_panels(group_of: Sequence[str], room: float) -> tuple[list[str], Figure, list[Axes]]:
    """Return groups in order, a figure, and a panel for each group, as high as it has rows.

    Parameters
    ----------
    group_of : sequence of str
        The group of each row.
    room : float
        Inches for what stands around the panels.
    """
    groups = list(dict.fromkeys(group_of))
    sizes = [sum(own == group for own in group_of) for group in groups]
    figure, panels = plt.subplots(
        len(groups),
        1,
        sharex=True,
        squeeze=False,
        figsize=(WIDTH, 0.34 * len(group_of) + 0.45 * len(groups) + room),
        height_ratios=[size + 0.6 for size in sizes],
    )
    return groups, figure, list(panels[:, 0])


def name_rows(axes: Axes, names: Sequence[str], heading: str) -> None:
    """Write the rows' names at the left, from top to bottom, and the heading above."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_title(heading)

"""One look for every figure, in a light and a dark version."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.typing import ColorType

from secondsight.datasets.origins import Origin

Theme = Literal["light", "dark"]

WIDTH = 6.6
"""A full-width figure's width in inches."""

BLUE, ORANGE, GREEN, PURPLE, SKY, RED = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
)
"""Okabe and Ito's colours, which colour-blind readers can tell apart."""

MARKS = {
    Origin.PUBLISHED: ("D", ORANGE),
    Origin.ELSEWHERE: ("o", SKY),
    Origin.REAL_SKY: ("s", GREEN),
    Origin.SIMULATED_SKY: ("^", PURPLE),
}
"""Marker and colour of each origin, the same in every figure."""

SERIES = (("P", BLUE), ("X", RED), ("v", GREEN), ("h", PURPLE))
"""Marker and colour of a figure's series by place. No marker is an origin's; of the colours, the
first two are not."""

INK = {"light": "#1b1f24", "dark": "#e6e9ed"}
FAINT = {"light": "#c9ced6", "dark": "#4a515c"}
MAPS = {"light": "Blues", "dark": "ss_dark"}


def _rc(theme: Theme) -> Any:
    ink, faint = INK[theme], FAINT[theme]
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": faint,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.labelcolor": ink,
        "axes.labelsize": 11,
        "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, SKY, RED]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": ink,
        "axes.titlelocation": "left",
        "axes.titlesize": 11.5,
        "axes.titleweight": "bold",
        "figure.constrained_layout.use": True,
        "figure.facecolor": "none",
        "font.size": 11,
        "grid.color": faint,
        "grid.linewidth": 0.6,
        "image.cmap": MAPS[theme],
        "legend.frameon": False,
        "legend.labelcolor": ink,
        "lines.color": ink,
        "savefig.facecolor": "none",
        "svg.fonttype": "path",
        "svg.hashsalt": "secondsight",
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
    }


@contextmanager
def themed(theme: Theme) -> Iterator[None]:
    """Draw in the book's look while this lasts."""
    _register_dark_map()
    with mpl.rc_context(_rc(theme)):
        yield


def ink() -> str:
    """Return the colour of text in the theme that is in force."""
    return str(mpl.rcParams["text.color"])


def faint() -> str:
    """Return the colour of grid lines in the theme that is in force."""
    return str(mpl.rcParams["grid.color"])


def readable_on(colour: ColorType) -> str:
    """Return the ink, dark or light, that contrasts more with a colour."""
    return max(INK.values(), key=lambda ink: contrast(ink, colour))


def contrast(first: ColorType, second: ColorType) -> float:
    """Return WCAG 2's contrast of two colours, from 1 (none) to 21 (black on white)."""
    dark, bright = sorted((_luminance(first), _luminance(second)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: ColorType) -> float:
    channels = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _register_dark_map() -> None:
    if MAPS["dark"] not in mpl.colormaps:
        colours = mpl.colors.LinearSegmentedColormap.from_list(
            MAPS["dark"], ["#1d232b", "#1f4e79", "#3f8fd0", "#a9d5f7"]
        )
        mpl.colormaps.register(colours)

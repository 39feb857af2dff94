"""One look for every figure, in a light and a dark version."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.colors import to_rgba
from matplotlib.typing import ColorType

from secondsight.datasets.origins import Origin

Theme = Literal["light", "dark"]
Width = Literal["wide", "narrow"]
"""Of the window that a figure is drawn for: a narrow one is a phone's."""
Mark = tuple[str, str]
"""A marker's shape and its colour."""

WIDTHS: dict[Width, float] = {"wide": 6.6, "narrow": 3.7}
"""A full-width figure's width in inches; the narrow one is 355 pixels of a phone's 390."""

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
PURPLE, SKY, RED = "#CC79A7", "#56B4E9", "#D55E00"
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


@dataclass(frozen=True)
class Interval:
    """How the book draws intervals, their marks and bands; all lengths in points."""

    colour: str | None = None  # of all intervals and bands; that of each one's series if None
    width: float = 2.0  # of the line
    cap: float = 0.0  # length of the bars at its ends
    alpha: float = 1.0  # of the line
    band: float = 0.25  # alpha of a band around a curve
    mark: float = 6.5  # size of the mark
    edge: float = 0.6  # width of the mark's edge


INTERVAL = Interval()
"""The one place for it: every figure takes it from here."""

_width: ContextVar[Width] = ContextVar("_width", default="wide")

INK = {"light": "#1b1f24", "dark": "#e6e9ed"}
FAINT = {"light": "#c9ced6", "dark": "#4a515c"}
TEXTS: dict[Width, tuple[float, float, float, float]] = {
    "wide": (11, 11.5, 10, 9),
    "narrow": (9, 9.5, 8.5, 8.5),
}
"""Sizes of texts, titles, ticks and legends in points."""
SMALL = 8
"""Size of the smallest texts, in points."""
MAPS = {"light": "Blues", "dark": "ss_dark"}


def _rc(theme: Theme, width: Width) -> Any:
    ink, faint = INK[theme], FAINT[theme]
    text, title, tick, legend = TEXTS[width]
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": faint,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.labelcolor": ink,
        "axes.labelsize": text,
        "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, SKY, RED]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": ink,
        "axes.titlelocation": "left",
        "axes.titlesize": title,
        "axes.titleweight": "bold",
        "figure.constrained_layout.use": True,
        "figure.facecolor": "none",
        "font.size": text,
        "grid.color": faint,
        "grid.linewidth": 0.6,
        "image.cmap": MAPS[theme],
        "legend.frameon": False,
        "legend.fontsize": legend,
        "legend.labelcolor": ink,
        "lines.color": ink,
        "savefig.facecolor": "none",
        "svg.fonttype": "path",
        "svg.hashsalt": "secondsight",
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "xtick.labelsize": tick,
        "ytick.labelsize": tick,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
    }


@contextmanager
def themed(theme: Theme, width: Width = "wide") -> Iterator[None]:
    """Draw in the book's look, for a wide or a narrow window, while this lasts."""
    _register_dark_map()
    before = _width.set(width)
    try:
        with mpl.rc_context(_rc(theme, width)):
            yield
    finally:
        _width.reset(before)


def is_narrow() -> bool:
    """Return whether the figure is drawn for a narrow window."""
    return _width.get() == "narrow"


def figure_width() -> float:
    """Return a full-width figure's width in inches."""
    return WIDTHS[_width.get()]


def ink() -> str:
    """Return the colour of text in the theme that is in force."""
    return str(mpl.rcParams["text.color"])


def faint() -> str:
    """Return the colour of grid lines in the theme that is in force."""
    return str(mpl.rcParams["grid.color"])


def mark_look(mark: Mark, *, hollow: bool = False, size: float = 1.0) -> dict[str, Any]:
    """Return how a mark is drawn, as `Axes.plot` takes it; `size` is a factor."""
    shape, colour = mark
    return {
        "marker": shape,
        "color": colour,
        "markersize": size * INTERVAL.mark,
        "markerfacecolor": "none" if hollow else colour,
        "markeredgecolor": colour if hollow else ink(),
        "markeredgewidth": size * INTERVAL.edge * (2 if hollow else 1),
    }


def interval_look(mark: Mark, *, hollow: bool = False, size: float = 1.0) -> dict[str, Any]:
    """Return how an interval with its mark is drawn, as `Axes.errorbar` takes it."""
    return mark_look(mark, hollow=hollow, size=size) | {
        "ecolor": to_rgba(INTERVAL.colour or mark[1], INTERVAL.alpha),
        "elinewidth": size * INTERVAL.width,
        "capsize": size * INTERVAL.cap,
        "linewidth": 1.4,
    }


def band_look(colour: str) -> dict[str, Any]:
    """Return how a band around a curve is drawn, as `Axes.fill_between` takes it."""
    return {"color": INTERVAL.colour or colour, "alpha": INTERVAL.band, "linewidth": 0}


def in_the_dark(svg: str) -> str:
    """Return a drawing for light pages as it is for dark ones: with the other ink and grid."""
    pairs = [(colours["light"], colours["dark"]) for colours in (INK, FAINT)]
    other = dict(pairs) | {dark: light for light, dark in pairs}
    return re.sub("|".join(other), lambda colour: other[colour[0]], svg)


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

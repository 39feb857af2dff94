"""How a drawn figure looks: where its texts stand, and what colours meet."""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

BACKGROUND = {"light": "#ffffff", "dark": "#121212"}
"""The book's pages."""


def texts(figure: Figure) -> list[Text]:
    """Return every text that shows: of an axis's ticks those within its ends."""
    hidden = {text for axes in figure.axes for text in _not_drawn(axes)}
    every = [text for text in figure.findobj(Text) if text.get_visible() and text not in hidden]
    return [text for text in every if text.get_text().strip()]


def _not_drawn(axes: Axes) -> Iterator[Text]:
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            place, slack = tick.get_loc(), 1e-6 * abs(high - low)
            if not axes.axison or not min(low, high) - slack <= place <= max(low, high) + slack:
                yield tick.label1
                yield tick.label2


def outside(figure: Figure) -> list[str]:
    """Return the texts that do not lie wholly in the canvas."""
    figure.draw_without_rendering()
    canvas = figure.bbox
    return [
        text.get_text()
        for text in texts(figure)
        for box in [text.get_window_extent()]
        if box.x0 < canvas.x0 or box.y0 < canvas.y0 or box.x1 > canvas.x1 or box.y1 > canvas.y1
    ]


def overlapping(found: list[Text]) -> list[tuple[str, str]]:
    """Return the pairs of texts that cover one another."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in found]
    return [
        (one, other)
        for place, (one, box) in enumerate(boxes)
        for other, second in boxes[:place]
        if box.x0 < second.x1 and second.x0 < box.x1 and box.y0 < second.y1 and second.y0 < box.y1
    ]


def luminance(colour: object) -> float:
    """Return the relative luminance of WCAG 2."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in to_rgb(colour)  # type: ignore[arg-type]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: object, second: object) -> float:
    """Return the contrast ratio of WCAG 2: (brighter + 0.05) / (darker + 0.05)."""
    dark, bright = sorted([luminance(first), luminance(second)])
    return (bright + 0.05) / (dark + 0.05)


def faint_texts(found: list[Text], theme: str, least: float = 4.5) -> list[str]:
    """Return the texts that stand out too little from the page."""
    page = BACKGROUND[theme]
    return [text.get_text() for text in found if contrast(text.get_color(), page) < least]

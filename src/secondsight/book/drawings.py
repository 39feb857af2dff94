"""Draw a figure for light and dark pages and for wide and narrow windows, each time alike."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from secondsight.figures.style import Theme, Width, in_the_dark, themed

_HASHED = re.compile(r'id="([^"]*[0-9a-f]{10})"')
"""Names that matplotlib makes from coordinates with all their digits."""
_PICTURE = re.compile(r"data:image/png;base64,([^\"]+)")
FOR_EACH_THEME = {"draw_confusion", "draw_outcomes", "draw_subject"}
"""The functions whose drawings have colour maps, or words on colours of their own; any other
drawing is the same in the dark but for its ink and its grid."""
ENDINGS: dict[Width, str] = {"wide": "", "narrow": "-narrow"}
DENSE = 192
"""Dots an inch of the PNG: two for each of the page's."""


def draw_themed(
    draw: Callable[..., Figure],
    *args: Any,
    metadata: Mapping[str, str] | None = None,
    **options: Any,
) -> dict[str, bytes]:
    """Draw a figure by theme and width, the same bytes each time.

    The SVGs are ``light``, ``dark``, ``light-narrow`` and ``dark-narrow``; ``png`` is the light
    one, twice as dense as a page shows it, on white. What `metadata` says is in all.
    """
    told = dict(metadata or {})
    drawn: dict[str, bytes] = {}
    for width, ending in ENDINGS.items():
        with _figure("light", width, draw, *args, **options) as figure:
            light = _svg(figure, told)
            if width == "wide":
                drawn["png"] = _png(figure, told)
        dark = in_the_dark(light)
        if draw.__name__ in FOR_EACH_THEME:
            with _figure("dark", width, draw, *args, **options) as figure:
                dark = _svg(figure, told)
        drawn |= {f"light{ending}": light.encode(), f"dark{ending}": dark.encode()}
    return drawn


@contextmanager
def _figure(
    theme: Theme, width: Width, draw: Callable[..., Figure], *args: Any, **options: Any
) -> Iterator[Figure]:
    """Draw a figure in a look, and close it at the end."""
    with themed(theme, width):
        figure = draw(*args, **options)
        yield figure
        plt.close(figure)


def _svg(figure: Figure, metadata: dict[str, str]) -> str:
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, **metadata})
    return _PICTURE.sub(_as_webp, _numbered(buffer.getvalue().decode()))


def _png(figure: Figure, metadata: dict[str, str]) -> bytes:
    """Draw a figure that was drawn as SVG once more, laid out as it was."""
    figure.set_layout_engine("none")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DENSE, facecolor="white", metadata=metadata)
    return buffer.getvalue()


def _as_webp(embedded: re.Match[str]) -> str:
    """Return a picture within an SVG as WebP."""
    return _webp_of(embedded[1])


@lru_cache(maxsize=200)  # the dark drawing has the light one's pictures
def _webp_of(png: str) -> str:
    """Return a picture's address as WebP, without loss where that is smaller."""
    picture = Image.open(BytesIO(b64decode(png)))
    smallest = min((_webp(picture, lossless=exact) for exact in (True, False)), key=len)
    return f"data:image/webp;base64,{b64encode(smallest).decode()}"


def _webp(picture: Image.Image, *, lossless: bool) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, format="webp", lossless=lossless, quality=85)
    return buffer.getvalue()


def _numbered(svg: str) -> str:
    """Name parts by their order: a hash changes where a coordinate differs in its last bit."""
    for place, name in enumerate(dict.fromkeys(_HASHED.findall(svg))):
        svg = svg.replace(name, f"part{place}")
    return svg

"""Show figures and tables in the book: caption, alt text, provenance, light and dark."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from secondsight.figures.style import Theme, themed

_HASHED = re.compile(r'id="([^"]*[0-9a-f]{10})"')
"""Names that matplotlib makes from coordinates with all their digits."""
_WIDTH = re.compile(rb'<svg [^>]*width="([0-9.]+)pt"')
PHONE = 300
"""Points: a drawing that is wider scrolls on a phone, where it would be too small to read."""


@dataclass(frozen=True)
class Shown:
    """A figure as a notebook shows it."""

    name: str  # unique in its chapter; the anchor ``#fig-name`` on the page
    caption: str  # what to see
    alt: str  # what there is to see, for someone who can't
    provenance: dict[str, str]  # what the figure rests on, line by line
    light: bytes  # SVG for either theme
    dark: bytes
    look: str = ""  # what the page of galaxies opens with, if the figure shows some

    def _repr_html_(self) -> str:
        """Return the figure as HTML; without the book's style sheet only the light one shows."""
        lines = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
            for name, value in self.provenance.items()
        )
        return (
            f'<figure class="ss-figure" id="fig-{escape(self.name)}">'
            f'<div class="ss-scroll{" ss-wide" * self._is_wide()}">'
            f"{self._image('light')}{self._image('dark')}</div>"
            f"<figcaption>{escape(self.caption)}</figcaption>{self._look()}"
            f"<details><summary>Where this figure comes from</summary><dl>{lines}</dl></details>"
            "</figure>"
        )

    def _look(self) -> str:
        if not self.look:
            return ""
        place = f"../book/look.html#{escape(self.look)}"
        return f'<p class="ss-look"><a href="{place}">Look at these galaxies</a></p>'

    def _is_wide(self) -> bool:
        width = _WIDTH.search(self.light)
        return width is not None and float(width[1]) > PHONE

    def _image(self, theme: Theme) -> str:
        data = base64.b64encode(self.light if theme == "light" else self.dark).decode()
        hidden = ' style="display:none"' if theme == "dark" else ""
        return (
            f'<img class="ss-{theme} dark-light" alt="{escape(self.alt)}"{hidden} '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def __repr__(self) -> str:
        return f"<figure {self.name}: {self.alt}>"


@dataclass(frozen=True)
class ShownTable:
    """A table as a notebook shows it: cells are texts, the caption stands above."""

    name: str
    caption: str
    table: pd.DataFrame

    def _repr_html_(self) -> str:
        named = not isinstance(self.table.index, pd.RangeIndex)
        rows = self.table.to_html(border=0, classes="ss-table", index=named)
        return (
            f'<figure class="ss-figure" id="tab-{escape(self.name)}">'
            f'<figcaption>{escape(self.caption)}</figcaption><div class="ss-scroll">{rows}</div>'
            "</figure>"
        )

    def __repr__(self) -> str:
        return f"<table {self.name}: {self.caption}>"


@dataclass(frozen=True)
class ShownText:
    """A text as a notebook shows it: word by word, in a block of its own."""

    name: str
    caption: str
    text: str

    def _repr_html_(self) -> str:
        return (
            f'<figure class="ss-figure" id="txt-{escape(self.name)}">'
            f"<figcaption>{escape(self.caption)}</figcaption>"
            f'<pre style="white-space: pre-wrap">{escape(self.text)}</pre></figure>'
        )

    def __repr__(self) -> str:
        return f"<text {self.name}: {self.caption}>"


def draw_themed(draw: Callable[..., Figure], *args: Any, **options: Any) -> dict[Theme, bytes]:
    """Call a drawing function once in each theme and return the SVGs, the same bytes each time."""
    drawn: dict[Theme, bytes] = {}
    themes: tuple[Theme, ...] = ("light", "dark")
    for theme in themes:
        with themed(theme):
            figure = draw(*args, **options)
            buffer = BytesIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None})
            plt.close(figure)
        drawn[theme] = _numbered(buffer.getvalue().decode()).encode()
    return drawn


def _numbered(svg: str) -> str:
    """Name parts by their order: a hash changes where a coordinate differs in its last bit."""
    for place, name in enumerate(dict.fromkeys(_HASHED.findall(svg))):
        svg = svg.replace(name, f"part{place}")
    return svg

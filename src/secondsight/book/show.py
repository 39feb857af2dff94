"""Show figures and tables in the book: caption, alt text, provenance, light and dark."""

import re
from base64 import b64encode
from dataclasses import dataclass
from html import escape

import pandas as pd

from secondsight.book.card import Card
from secondsight.book.figure_numbers import as_csv
from secondsight.book.scroll_box import scrolling
from secondsight.figures.style import Theme

_SIZE = re.compile(rb'<svg [^>]*?width="([0-9.]+)pt" height="([0-9.]+)pt"')
PHONE = 300
"""Points: a drawing that is wider scrolls on a phone, where it would be too small to read."""
NARROW = "(max-width: 640px)"
"""The windows that get the narrow drawing, as style sheets ask for them."""
ROWS = 100
"""Rows of a figure's numbers that its page shows at most; the file holds all."""
LABELS = {"png": "PNG", "svg": "SVG", "csv": "CSV", "ipynb": "notebook"}
KINDS = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv"}


@dataclass(frozen=True)
class Shown:
    """A figure as a notebook shows it: complete, with its files within.

    The book takes the files out and puts links to them (`secondsight.book.figure_files`).
    """

    name: str  # unique in its chapter; the anchor ``#fig-name`` on the page
    caption: str  # what to see
    alt: str  # what there is to see, for someone who can't
    card: Card  # where it comes from
    drawn: dict[str, bytes]  # as `draw_themed` returns them
    numbers: dict[str, pd.DataFrame]  # what was drawn, as `numbers_of` returns it
    look: str = ""  # what the page of galaxies opens with, if the figure shows some

    def _repr_html_(self) -> str:
        """Return the figure as HTML; without the book's style sheet only the light one shows."""
        return (
            f'<figure class="ss-figure" id="fig-{escape(self.name)}">'
            f"{self._drawing()}"
            f"<figcaption>{escape(self.caption)}</figcaption>{self._look()}"
            "<details><summary>Where this figure comes from</summary>"
            f"<dl>{self.card.html()}<dt>download</dt><dd>{self._downloads()}</dd></dl></details>"
            f"{self._numbers()}</figure>"
        )

    def _drawing(self) -> str:
        both = self._image("light") + self._image("dark")
        if self._is_narrowed("light") or _size(self.drawn["light"])[0] <= PHONE:
            return both
        return scrolling(both, "figure").replace("ss-scroll", "ss-scroll ss-wide", 1)

    def _look(self) -> str:
        if not self.look:
            return ""
        place = f"../book/look.html#{escape(self.look)}"
        return f'<p class="ss-look"><a href="{place}">Look at these galaxies</a></p>'

    def _is_narrowed(self, theme: Theme) -> bool:
        return self.drawn[f"{theme}-narrow"] != self.drawn[theme]

    def _image(self, theme: Theme) -> str:
        hidden = ' style="display:none"' if theme == "dark" else ""
        narrow = f"{theme}-narrow"
        source = (
            f'<source media="{NARROW}" {_sized(self.drawn[narrow])} srcset="{self._file(narrow)}">'
        )
        return (
            f"<picture>{source * self._is_narrowed(theme)}"
            f'<img class="ss-{theme} dark-light" alt="{escape(self.alt)}"{hidden} loading="lazy" '
            f'{_sized(self.drawn[theme])} src="{self._file(theme)}"></picture>'
        )

    def _downloads(self) -> str:
        """Return links to the drawing, its numbers, and the notebook as it ran."""
        files = {f"{self.name}.png": self._file("png"), f"{self.name}.svg": self._file("light")}
        if self.numbers:
            name = f"{self.name}.csv"
            files[name] = _uri(name, as_csv(self.numbers))
        if self.card.notebook:
            name = f"{self.card.notebook}.ipynb"
            files[name] = f"../_sources/notebooks/{name}"
        return " ".join(
            f'<a download="{escape(name)}" href="{escape(file)}">{LABELS[_ending(name)]}</a>'
            for name, file in files.items()
        )

    def _file(self, drawn: str) -> str:
        name = f"{self.name}.png" if drawn == "png" else f"{self.name}-{drawn}.svg"
        return _uri(name, self.drawn[drawn])

    def _numbers(self) -> str:
        if not self.numbers:
            return ""
        tables = "".join(map(_short_table, self.numbers.values()))
        return f"<details><summary>The numbers of this figure</summary>{tables}</details>"

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
            f"<figcaption>{escape(self.caption)}</figcaption>{scrolling(rows, 'table')}</figure>"
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


def _uri(name: str, content: bytes) -> str:
    """Return a file as an address that holds all of it, and its name."""
    return f"data:{KINDS[_ending(name)]};name={escape(name)};base64,{b64encode(content).decode()}"


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


def _size(svg: bytes) -> tuple[float, float]:
    """Return how wide and high a drawing is in points; nothing of what is none."""
    told = _SIZE.search(svg)
    return (float(told[1]), float(told[2])) if told else (0.0, 0.0)


def _sized(svg: bytes) -> str:
    """Return a drawing's width and height in the page's pixels, so that its room is kept."""
    width, height = (round(length * 4 / 3) for length in _size(svg))
    return f'width="{width}" height="{height}"'


def _short_table(table: pd.DataFrame) -> str:
    more = f"<p>The first {ROWS} of {len(table):,} rows; the CSV has all.</p>" * (len(table) > ROWS)
    rows = table.head(ROWS).to_html(
        border=0, classes="ss-table", index=False, na_rep="", float_format="{:.4g}".format
    )
    return scrolling(rows, "numbers") + more

"""What a page says in its running text: its sentences, and the intervals in them."""

import re
from html.parser import HTMLParser

_ASIDE = {"table", "figure", "pre", "script", "style", "nav", "aside", "form", "dt", "math", "svg"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {"p", "li", "dd", "div", "section", "summary", "details", "br"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "source", "wbr", "col"}
_HIDDEN = {"cell_input", "citation", "citation-list", "ss-behind", "math", "prev-next-footer"}
"""Classes of what is code, a list of works, or opens on a click alone."""
_NUMBER = r"[−+\-]?[\d.,]*\d%?"  # noqa: RUF001
_INTERVAL = re.compile(rf"{_NUMBER}\xa0to\xa0{_NUMBER}")
_ENDS = re.compile(r"""(?<=[.!?:;])["”)]*\s+(?=[A-Z"“(`])|(?<=[.!?])\s+(?=\d)""")
"""Between sentences; what follows a colon or a semicolon with a capital begins one too."""


class Running(HTMLParser):
    """The running text of a built page, a line a paragraph; tables, figures and code left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self._words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._words.append("\n")
        if tag == "code":
            self.handle_data("`")
        if tag not in _VOID:
            given = dict(attrs)
            classes = set((given.get("class") or "").split())
            left_out = tag in _ASIDE | _HEADINGS or "popover" in given or bool(classes & _HIDDEN)
            self._open.append((tag, left_out))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag in _BLOCKS:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        if "article" in tags and not any(left_out for _, left_out in self._open):
            self._words.append(re.sub(r"[ \t\n]+", " ", data))

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs and items of lists."""
        lines = "".join(self._words).split("\n")
        return [line.strip() for line in lines if line.strip()]

    @property
    def sentences(self) -> list[str]:
        """The sentences."""
        return [sentence for text in self.paragraphs for sentence in _ENDS.split(text)]

    @property
    def intervals(self) -> list[str]:
        """The intervals, as the book writes them: their ends joined by spaces that don't break."""
        return [found for text in self.paragraphs for found in _INTERVAL.findall(text)]


def too_long(sentences: list[str], most: int) -> list[str]:
    """Return the sentences of more words than `most`."""
    return [sentence for sentence in sentences if len(sentence.split()) > most]

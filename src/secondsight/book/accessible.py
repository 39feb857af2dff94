"""A Sphinx extension: what the theme and its helpers leave out, get wrong or load in vain.

A reader who listens to a page, or has no mouse, needs them. What is written here in their stead was
found by axe; each line can go when the theme has it.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

MENDED = [
    # The arrow that unfolds pages in the list of contents has no name.
    (r'(<a [^>]*>([^<]*)</a><details[^>]*>)<summary>', r'\1<summary aria-label="Below \2">'),
    # The list of contents, with the logo above it, belongs to no part of the page.
    (r'<div (id="pst-primary-sidebar")', r'<div role="complementary" aria-label="The book" \1'),
    # What a button is called must hold the words that are seen on it.
    (r'(<button class="btn search-button-field[^>]*) aria-label="Search"', r"\1"),
    (r'(data-mode="\w+") +title="[^"]*"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', r"<summary>"),
    # Roles that are no longer, or that hold what they must not.
    (r' role="doc-biblioentry"', r""),
    (r'<div role="list" class="citation-list">', r'<div class="citation-list">'),
    # A megabyte and a half that draws the very icons which the theme's fonts have.
    (r'<script defer src="[^"]*/fontawesome\.js[^"]*"></script>', r""),
    # What only the page of the search needs; that page lies above the folders.
    (r'<script src="(\.\./)+(_static/(searchtools|language_data)|searchindex)\.js"></script>', r""),
    # Without a mode the theme complains at each first visit, and takes this one.
    (r'data-default-mode=""', r'data-default-mode="auto"'),
    # The empty corner of a table is the head of nothing.
    (r'<th( class="[^"]*")?>(?:<p></p>)?</th>', r"<td\1></td>"),
]  # fmt: skip
"""Patterns in a page's HTML, and what stands there instead."""


def mended(html: str) -> str:
    """Return a page's HTML with names and roles put right; once more changes nothing."""
    for pattern, instead in MENDED:
        html = re.sub(pattern, instead, html)
    return html


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("build-finished", _mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _mend(app: Sphinx, problem: Exception | None) -> None:
    for page in Path(app.outdir).rglob("*.html") if problem is None else ():
        page.write_text(mended(page.read_text("utf-8")), "utf-8")

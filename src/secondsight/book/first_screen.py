"""A Sphinx extension: what a chapter found comes first on its page, and numbers are short.

A notebook computes before it tells, so its result and its best figure stand near the end. Cells
with the tag ``first-screen`` are shown right below the title; the notebook itself stays as it is
and runs from top to bottom.

The role ``{number}`` names a result, as ``chapter.name``, or as ``name`` in its own chapter: the
page shows it rounded, and what is behind it on a click or a tap, its interval, origin and chapter.
"""

import json
from functools import cache
from html import escape
from itertools import count
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from secondsight.book.results import Result, read_results
from secondsight.errors import DataError

FIRST = "first-screen"
_numbers = count(1)


def first_cells_first(notebook: str) -> str:
    """Return a notebook as JSON with its first screen right below its title, the words first."""
    page: dict[str, Any] = json.loads(notebook)
    opening, *rest = page["cells"]
    heading, _, words = "".join(opening["source"]).partition("\n\n")
    first = [cell for cell in rest if FIRST in cell["metadata"].get("tags", [])]
    first.sort(key=lambda cell: cell["cell_type"] == "code")
    if first:
        title, lesson = opening | {"source": heading}, opening | {"source": words}
        others = [cell for cell in rest if cell not in first]
        page["cells"] = [title, *first, lesson, *others]
    return json.dumps(page)


def number(name: str, result: Result) -> str:
    """Return the HTML of a result: rounded, and on a click what is behind it."""
    place = f"ss-number-{next(_numbers)}"
    chapter = name.partition(".")[0]
    counted = f", {result.n:,} observations" if result.n else ""
    made = f"; {escape(result.method)}{counted}" if result.method else ""
    return (
        f'<button type="button" class="ss-number" popovertarget="{place}" '
        f'title="{escape(result.text)}, {escape(result.origin)}">{escape(result.shortly)}</button>'
        f'<span popover class="ss-behind" id="{place}"><b>{escape(result.text)}</b> '
        f"{escape(result.origin)}{made}. "
        f'<a href="../notebooks/{chapter}.html">Where it was computed</a></span>'
    )


_results = cache(read_results)


def full_name(name: str, page: str) -> str:
    """Return a result's ``chapter.name``: where no chapter is named, it is the page's own."""
    return name if "." in name else f"{page.rpartition('/')[2]}.{name}"


class Number(SphinxRole):
    """The role ``{number}``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number's HTML; a warning, which stops the build, where no chapter gave it."""
        name = full_name(self.text, self.env.docname)
        try:
            result = _results()[name]
        except (DataError, KeyError):
            problem = self.inliner.reporter.warning(f"no chapter gives {name!r}")
            return [nodes.Text(self.text)], [problem]
        return [nodes.raw("", number(name, result), format="html")], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_role("number", Number())
    app.connect("source-read", _reorder)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _reorder(app: Sphinx, document: str, source: list[str]) -> None:
    if app.env.doc2path(document).endswith(".ipynb"):
        source[0] = first_cells_first(source[0])

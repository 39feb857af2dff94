"""A Sphinx extension: what a chapter found comes first on its page, and numbers are short.

A notebook computes before it tells, so its result and its best figure stand near the end. Cells
with the tag ``first-screen`` are shown right below the title; the notebook itself stays as it is
and runs from top to bottom. What a cell shows stands above its code.

The role ``{number}`` names a result, as ``chapter.name``, or as ``name`` in its own chapter: the
page shows it rounded. What is behind it opens on a click or a tap: its interval, origin and method,
and the cell that computed it. So it is with numbers glued into a chapter's sentences, which stand
there as the chapter wrote them.
"""

import json
from collections.abc import Collection
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.sphinx_ import HideInputCells
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

from secondsight.book.results import Result, read_results
from secondsight.errors import DataError

FIRST = "first-screen"


def first_cells_first(notebook: str) -> str:
    """Return a notebook as JSON with its first screen right below its title, the words first."""
    page: dict[str, Any] = json.loads(notebook)
    opening, *rest = page["cells"]
    heading, _, words = "".join(opening["source"]).partition("\n\n")
    first = [cell for cell in rest if FIRST in cell["metadata"].get("tags", [])]
    first.sort(key=lambda cell: cell["cell_type"] == "code")
    if first:
        lesson = opening | {"source": words, "id": f"{opening['id']}-lesson"}
        others = [cell for cell in rest if cell not in first]
        page["cells"] = [opening | {"source": heading}, *first, lesson, *others]
    return json.dumps(page)


def number(words: str, result: Result, place: str, kind: str = "ss-number") -> str:
    """Return the HTML of a number in a sentence, which opens what is at `place` of the page."""
    return (
        f'<button type="button" class="{kind}" popovertarget="{place}" '
        f'title="{escape(result.text)}, {escape(result.origin)}">{escape(words)}</button>'
    )


def behind(name: str, result: Result, place: str, root: str = "..") -> str:
    """Return the HTML of what is behind a number, hidden until it is asked for.

    `root` leads from the page's folder to that of all pages.
    """
    chapter = name.partition(".")[0]
    counted = f", {result.n:,} observations" if result.n else ""
    made = f"; {escape(result.method)}{counted}" if result.method else ""
    cell, at = (f", cell {result.cell}", f"#cell-{result.cell}") if result.cell else ("", "")
    return (
        f'<div popover class="ss-behind" id="{place}"><b>{escape(result.text)}</b> '
        f"{escape(result.origin)}{made}. "
        f'<a href="{root}/notebooks/{chapter}.html{at}">Where it was computed</a>: '
        f"<code>{escape(name)}</code>{cell}</div>"
    )


_results = cache(read_results)


def full_name(name: str, page: str) -> str:
    """Return a result's ``chapter.name``: where no chapter is named, it is the page's own."""
    return name if "." in name else f"{page.rpartition('/')[2]}.{name}"


class Number(SphinxRole):
    """The role ``{number}``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number; a warning, which stops the build, where no chapter gave it."""
        name = full_name(self.text, self.env.docname)
        try:
            words = _results()[name].shortly
        except (DataError, KeyError):
            problem = self.inliner.reporter.warning(f"no chapter gives {name!r}")
            return [nodes.Text(self.text)], [problem]
        return [nodes.inline("", words, result=name)], []


class Glued(PasteTextRole):
    """The role ``{glue:text}``, which knows what it pastes."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the pasted text, named after the chapter's result."""
        pasted, problems = super().run()
        chapter = Path(self.document.settings.env.docname).name
        for node in pasted:
            node["result"] = f"{chapter}.{self.text}"
        return pasted, problems


class OutputsFirst(SphinxPostTransform):
    """Let code that is folded away stand below what its cell shows."""

    default_priority = HideInputCells.default_priority + 1
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Reorder the page's cells."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and cell.get("hide_mode"):
                cell.children.sort(key=lambda part: part.get("nb_element") != "cell_code_output")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("myst_nb")
    app.add_role("number", Number())
    app.add_role_to_domain("glue", "text", Glued(), override=True)
    app.connect("source-read", _reorder)
    app.connect("doctree-read", _open_numbers)
    app.add_post_transform(OutputsFirst)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _open_numbers(app: Sphinx, document: nodes.document) -> None:
    """Make buttons of the results in sentences; what is behind them stands at the page's end."""
    named = [node for node in document.findall(nodes.inline) if node.get("result") in _known()]
    named = [node for node in named if not isinstance(node.parent, nodes.reference | nodes.title)]
    for node in named:
        name, kind = node["result"], " ".join(["ss-number", *node["classes"]])
        opens = number(node.astext(), _results()[name], _place(name), kind)
        node.replace_self(nodes.raw("", opens, format="html"))
    root = "/".join([".."] * app.env.docname.count("/"))
    for name in dict.fromkeys(node["result"] for node in named):
        html = behind(name, _results()[name], _place(name), root)
        document.append(nodes.raw("", html, format="html"))


def _known() -> Collection[str]:
    try:
        return _results()
    except DataError:
        return ()


def _place(name: str) -> str:
    return f"number-{name.replace('.', '-')}"


def _reorder(app: Sphinx, document: str, source: list[str]) -> None:
    if Path(app.env.doc2path(document)).suffix == ".ipynb":
        source[0] = first_cells_first(source[0])

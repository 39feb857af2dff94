"""A Sphinx extension: a link to a term, a reference or a claim shows on hover what it leads to.

The first mention of a term of the glossary on a page becomes a link to it, and the references are a
list without labels. What links of all three
kinds lead to is gathered from the built pages into one script, which also opens from disk, where a
page may fetch nothing.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
SHOWN = {
    GLOSSARY: "dl.glossary > dt[id]",
    "book/references": "ul.ss-references li[id]",
    "book/claims": "section.ss-claim[id]",
}
"""Where on which page stands what a preview shows."""
QUIET = (nodes.title, nodes.reference, nodes.literal, nodes.raw, nodes.Admonition, nodes.table)
"""What no term is looked for in; and the glossary's own words link to nothing."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_js_file("previews.js", loading_method="defer")
    app.connect("doctree-read", _link_terms)
    app.connect("doctree-resolved", _list_references)
    app.connect("build-finished", _gather)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def terms_of(glossary: str) -> list[str]:
    """Return the terms that a page's glossary explains, the longest first."""
    block = re.search(r"^```\{glossary\}\n(.*?)^```", glossary, re.DOTALL | re.MULTILINE)
    terms = [line for line in (block[1] if block else "").split("\n") if line.strip() == line != ""]
    return sorted(terms, key=len, reverse=True)


def link_first(document: nodes.document, terms: list[str]) -> None:
    """Make the first mention of each term in a paragraph of the document a link to the glossary."""
    left = {term.lower(): term for term in terms}
    for text in list(document.findall(nodes.Text)):
        if left and isinstance(text.parent, nodes.paragraph) and not _is_quiet(text):
            text.parent.replace(text, list(_linked(text.astext(), left)))


def previews(html: str, where: str) -> dict[str, str]:
    """Return by its anchor the HTML of each thing that a page shows in previews."""
    return {str(tag["id"]): _told(tag) for tag in BeautifulSoup(html, "html.parser").select(where)}


def _is_quiet(node: nodes.Node) -> bool:
    """Whether a node stands where no link belongs, such as in a paragraph with links of its own."""
    is_paragraph = isinstance(node, nodes.paragraph)
    has_links = is_paragraph and any("<a " in raw.astext() for raw in node.findall(nodes.raw))
    is_quiet = has_links or isinstance(node, QUIET)
    return node.parent is not None and (is_quiet or _is_quiet(node.parent))


def _linked(text: str, left: dict[str, str]) -> Iterator[nodes.Node]:
    """Yield the text with a link for each of the terms left, which are then no longer left."""
    mention = left and re.search(rf"\b({'|'.join(map(re.escape, left))})s?\b", text, re.I)
    if not mention:
        yield nodes.Text(text)
        return
    term = left.pop(mention[1].lower())
    yield nodes.Text(text[: mention.start()])
    yield addnodes.pending_xref(
        "", nodes.inline("", mention[0], classes=["ss-term"]),
        refdomain="std", reftype="term", reftarget=term, refwarn=True,
    )  # fmt: skip
    yield from _linked(text[mention.end() :], left)


def _told(tag: Tag) -> str:
    if tag.name == "dt":
        meant = tag.find_next_sibling("dd")
        return f"<b>{tag.get_text().rstrip('#')}</b> {meant.decode_contents() if meant else ''}"
    for part in tag.select("table"):
        part.decompose()
    return tag.decode_contents().strip()


def _link_terms(app: Sphinx, document: nodes.document) -> None:
    path = Path(app.srcdir) / f"{GLOSSARY}.md"
    if app.env.docname != GLOSSARY and path.is_file():
        link_first(document, terms_of(path.read_text(encoding="utf-8")))


def _list_references(_: Sphinx, document: nodes.document, page: str) -> None:
    """Make a plain list of the references, without the labels that nothing on a page shows."""
    if page == "book/references":
        for references in list(document.findall(nodes.container)):
            entries = [node for node in references if isinstance(node, nodes.citation)]
            items = [nodes.list_item("", *entry[1:], ids=entry["ids"]) for entry in entries]
            if items:
                references.replace_self(nodes.bullet_list("", *items, classes=["ss-references"]))


def _gather(app: Sphinx, problem: Exception | None) -> None:
    """Write what previews show into one script."""
    pages = {page: Path(app.outdir) / f"{page}.html" for page in SHOWN}
    told: dict[str, Any] = {
        f"{page}.html#{place}": html
        for page, path in pages.items()
        if problem is None and path.is_file()
        for place, html in previews(path.read_text(encoding="utf-8"), SHOWN[page]).items()
    }
    script = f"(window.SecondSight ??= {{}}).previews = {json.dumps(told, ensure_ascii=False)};\n"
    (Path(app.outdir) / "_static" / "previews_data.js").write_text(script, encoding="utf-8")

"""A Sphinx extension: what a published paper has beside its text.

Each page tells machines what it is (a ScholarlyArticle, as JSON-LD), and sites that preview links
what to show. Where the book's own address is known there is a sitemap; where that of its code is,
buttons launch it. Both addresses come from CITATION.cff, or from the environment.

Three comments of Markdown stand for what is written here: ``<!-- book: cite -->``, ``launch`` and
``versions``.
"""

import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape as escape_xml

from bs4 import BeautifulSoup
from docutils import nodes
from pybtex.richtext import Text
from sphinx.application import Sphinx
from sphinx.config import Config

from secondsight.book.citation import Citation, Entity, citation, modified, released
from secondsight.book.deposit import AUTHORS, data_sets, read_inputs

FRONT = "book/index"
CARD = "_static/social/card.png"
CARD_ALT = "A candidate for a dwarf galaxy, and the title of the book"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LONGEST = 200
"""Letters of a description."""
COMMENT = re.compile(r"<!-- book: (\w+) -->")
BINDER = "https://mybinder.org"


def how_to_cite() -> str:
    """Return the book's entry for a bibliography."""
    return f"```bibtex\n{citation().bibtex(citation().version)}\n```"


def launch() -> str:
    """Return where the book can be run without installing anything, or how that is made."""
    code = citation().repository
    if not code:
        return (
            "This copy does not know the address of its code, so it has no button to launch it. "
            "Put the project where Binder or a service for dev containers can read it, write the "
            "address as `repository-code` into `CITATION.cff`, and build again. "
            "`environment.yml` and `.devcontainer/` are all that they need."
        )
    return (
        f"- [Launch it on Binder]({binder(code)}): the notebooks in your browser, from "
        "`environment.yml`. Nothing is installed on your machine.\n"
        f"- [The code]({code}), with a dev container (`.devcontainer/`) for editors that open one."
    )


def binder(code: str) -> str:
    """Return the address that starts the project at `code` on Binder."""
    return f"{BINDER}/v2/git/{quote(code, safe='')}/HEAD?urlpath=lab/tree/notebooks"


def versions() -> str:
    """Return what changed in each version, and how to cite it."""
    parts = []
    for name, written in released().items():
        changes = written.replace("](book/", "](")  # links of a file beside the book's folder
        is_release = name[0].isdigit()
        title = f"Version {name}" if is_release else "Since the last release"
        cited = citation().bibtex(name if is_release else f"{citation().version}, changed since")
        parts.append(f"## {title}\n\n{changes}\n\n```bibtex\n{cited}\n```")
    return "\n\n".join(parts)


WRITTEN: dict[str, Callable[[], str]] = {
    "cite": how_to_cite,
    "launch": launch,
    "versions": versions,
}


def article(page: str, title: str, description: str, cited: list[Entity]) -> Entity:
    """Return a page as schema.org's ScholarlyArticle; the front page is the whole book."""
    book = citation()
    is_front = page == FRONT
    inputs = read_inputs().get(page.removeprefix("notebooks/"), [])
    groups = {source.name.split("/")[0]: source for source in data_sets(inputs)}
    based = [
        {"@type": "Dataset", "name": name, "creditText": source.citation, "license": source.licence}
        for name, source in groups.items()
    ]
    about: Entity = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": book.title if is_front else title,
        "description": description,
        "author": {"@type": "Organization", "@id": AUTHORS, "name": book.byline},
        "dateModified": modified(),
        "version": book.version,
        "license": LICENCE,
        "inLanguage": "en",
        "citation": [paper.entity for paper in book.references] if is_front else cited,
    }
    about |= {} if is_front else {"isPartOf": {"@type": "Book", "name": book.title}}
    about |= {"isBasedOn": based} if based else {}
    return about | ({"url": f"{book.site}{page}.html"} if book.site else {})


def tags(page: str, title: str, description: str, book: Citation) -> str:
    """Return what previews of a link show; they need full addresses, so the card may stay away."""
    shown = {
        "og:type": "website" if page == FRONT else "article",
        "og:site_name": book.title,
        "og:title": book.title if page == FRONT else title,
        "og:description": description,
        "twitter:card": "summary_large_image" if book.site else "summary",
    }
    if book.site:
        card = {"og:image": f"{book.site}{CARD}", "og:image:alt": CARD_ALT}
        size = {"og:image:width": "1200", "og:image:height": "630"}
        shown |= {"og:url": f"{book.site}{page}.html", **card, **size}
    lines = [f'<meta name="description" content="{escape(description)}">']
    for name, text in shown.items():
        kind = "name" if name.startswith("twitter") else "property"
        lines.append(f'<meta {kind}="{name}" content="{escape(text)}">')
    return "\n".join(lines)


def sitemap(pages: list[str], site: str) -> str:
    """Return the sitemap of these pages."""
    places = "".join(
        f"<url><loc>{escape_xml(f'{site}{page}.html')}</loc><lastmod>{modified()}</lastmod></url>\n"
        for page in pages
    )
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{schema}">\n{places}</urlset>\n'


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", _tell_the_theme)
    app.connect("source-read", _write_in)
    app.connect("html-page-context", _tag)
    app.connect("build-finished", _map)
    app.add_css_file("print.css", media="print")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _tell_the_theme(_: Sphinx, config: Config) -> None:
    book = citation()
    config.html_baseurl = book.site
    if re.search(r"//(www\.)?(github|gitlab|bitbucket)\.", book.repository):  # those it knows
        config.html_theme_options |= {
            "repository_url": book.repository,
            "repository_branch": "main",
            "use_repository_button": True,
            "launch_buttons": {"binderhub_url": BINDER},
        }


def _write_in(_: Sphinx, __: str, source: list[str]) -> None:
    source[0] = COMMENT.sub(lambda match: WRITTEN[match[1]](), source[0])


def _tag(
    app: Sphinx, page: str, _: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    if tree is None:  # no page of the book: the index, the search
        return
    title = app.env.titles[page].astext()
    description = summary(tree)
    about = article(page, title, description, _cited(app, page))
    told = json.dumps(about, ensure_ascii=False).replace("</", r"<\/")
    script = f'<script type="application/ld+json">{told}</script>'
    more = f"{tags(page, title, description, citation())}\n{script}\n"
    context["metatags"] = context.get("metatags", "") + more


def summary(tree: nodes.document) -> str:
    """Return the page's first paragraph as a line of plain text, cut at a word."""
    words = next((p.astext() for p in tree.findall(nodes.paragraph) if p.astext().strip()), "")
    text = BeautifulSoup(words, "html.parser")  # a number is HTML, with what a click opens
    for hidden in text.select("[popover]"):
        hidden.decompose()
    line = " ".join(text.get_text().split())
    return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0] + "…"


def _cited(app: Sphinx, page: str) -> list[Entity]:
    """Return what a page cites, from the bibliography."""
    domain: Any = app.env.get_domain("cite")
    keys = {each.key for ref in domain.citation_refs if ref.docname == page for each in ref.targets}
    entries = domain.bibdata.data.entries
    return [_entity(entries[key]) for key in sorted(keys) if key in entries]


def _entity(entry: Any) -> Entity:
    """Return an entry of the bibliography as schema.org has it."""
    told = entry.fields
    doi = told.get("doi") or ("eprint" in told and f"10.48550/arXiv.{told['eprint']}")
    address = f"https://doi.org/{doi}" if doi else told.get("url")
    authors = [
        {"@type": "Person", "familyName": _plain(each.rich_last_names, each.rich_prelast_names)}
        | {"givenName": _plain(each.rich_middle_names, each.rich_first_names)}
        for each in entry.persons.get("author", [])
    ]
    about = {
        "@type": "CreativeWork",
        "name": str(Text.from_latex(told["title"])),
        "author": authors,
    }
    return about | {"datePublished": told["year"]} | ({"@id": address} if address else {})


def _plain(names: list[Any], before: list[Any]) -> str:
    return " ".join(map(str, [*before, *names]))


def _map(app: Sphinx, failed: Exception | None) -> None:
    """Write a sitemap and what robots may read, once the book has an address."""
    site = citation().site
    if failed is not None or not site:
        return
    out = Path(app.outdir)
    pages = sorted(app.env.found_docs)
    (out / "sitemap.xml").write_text(sitemap(pages, site), encoding="utf-8")
    (out / "robots.txt").write_text(f"User-agent: *\nSitemap: {site}sitemap.xml\n", "utf-8")

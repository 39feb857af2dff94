"""`make pdf`: the whole book as one PDF with an outline and tags, printed by Chromium.

Chromium writes both only for a page that it prints itself, so all pages of the built book are put
into one first. What needs a reader's hand is left out of it: code behind a click, buttons, pop-ups,
where a figure comes from, drawings for the dark.
"""

import logging
import shutil
import subprocess
from collections.abc import Iterator
from html import escape
from pathlib import Path
from posixpath import join, normpath
from tempfile import TemporaryDirectory
from urllib.parse import urldefrag, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from secondsight import paths
from secondsight.book.citation import citation, modified
from secondsight.errors import BookError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CONTENTS = "_toc.yml"
HANDOUTS = ("worksheet_*", "slides")
"""The pages that are printed alone, too."""
LEFT_OUT = (
    "script, style, button:not(.ss-number), [popover], .headerlink, .ss-dark, source[media], "
    "details.hide, figure details"
)
"""What no page of paper can show."""


def find_browser() -> str | None:
    """Return Chromium's program, or None if it is not installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def write_pdf(html: Path, output: Path, browser: str) -> None:
    """Print the built book in `html` as one PDF.

    Raises a BookError if no book is built, or the browser printed nothing.
    """
    html = html.resolve()
    articles = read_articles(html)
    with TemporaryDirectory(prefix="secondsight-pdf-") as folder:
        page, printed = Path(folder) / "book.html", Path(folder) / "book.pdf"
        page.write_text(one_page(html, articles), encoding="utf-8")
        _print(page, printed, browser)
        headings = [tag for page in articles.values() for tag in page.select("h1,h2,h3,h4,h5,h6")]
        _name_entries(printed, output, list(map(_words, headings)))


def write_handouts(html: Path, browser: str) -> list[Path]:
    """Print the worksheets and the slides, each as a PDF beside its page; return these.

    Raises a BookError if the browser printed nothing.
    """
    pages = sorted(page for name in HANDOUTS for page in html.resolve().glob(f"book/{name}.html"))
    for page in pages:
        _print(page, page.with_suffix(".pdf"), browser)
    return [page.with_suffix(".pdf") for page in pages]


def _print(page: Path, printed: Path, browser: str) -> None:
    with TemporaryDirectory(prefix="secondsight-browser-") as profile:
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={profile}", "--no-pdf-header-footer",
            "--generate-pdf-document-outline", f"--print-to-pdf={printed}", page.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not printed.is_file():
        raise BookError(f"{browser} printed nothing: {done.stderr.strip()[-200:]}")


def _name_entries(printed: Path, output: Path, headings: list[str]) -> None:
    """Name the outline's entries as the headings read: Chromium joins and doubles broken lines."""
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # Chromium counts its objects otherwise
    pdf = PdfWriter(clone_from=printed)
    entries = list(_entries(pdf.get_outline_root()))
    if len(entries) == len(headings):
        for entry, heading in zip(entries, headings, strict=True):
            entry[NameObject("/Title")] = TextStringObject(heading)
    pdf.add_metadata({"/Author": citation().byline, "/Creator": citation().title})
    pdf.write(output)


def _entries(above: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield the entries of an outline below one, in their order."""
    entry = above.get("/First")
    while entry is not None:
        entry = entry.get_object()
        yield entry
        yield from _entries(entry)
        entry = entry.get("/Next")


def read_articles(html: Path) -> dict[str, Tag]:
    """Return the text of each chapter as it goes to paper, by its name, such as ``"book/index"``.

    Raises a BookError if no book is built in `html`.
    """
    contents = yaml.safe_load((paths.ROOT / CONTENTS).read_text(encoding="utf-8"))
    listed = [contents["root"], *_files(contents.get("parts", []))]
    chapters = [name for name in listed if (html / f"{name}.html").is_file()]
    if not chapters:
        raise BookError("no book is built here: run make book first")
    return {name: _article(html, name, chapters) for name in chapters}


def _files(entries: list[dict[str, object]]) -> Iterator[str]:
    for entry in entries:
        if "file" in entry:
            yield str(entry["file"])
        for inner in ("chapters", "sections"):
            yield from _files(entry.get(inner, []))  # type: ignore[arg-type]


def one_page(html: Path, articles: dict[str, Tag]) -> str:
    """Return all chapters as one page; its pictures and styles stay in `html`."""
    book = citation()
    links = "".join(
        f'<link rel="stylesheet" href="{style}">'
        for style in _styles_of_all(html, next(iter(articles)))
    )
    lines = "".join(
        f'<li><a href="#{_place(name)}">{escape(_heading(article))}</a></li>'
        for name, article in articles.items()
    )
    title, _, rest = book.title.partition(": ")
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(book.title)}</title>{links}</head>"
        f'<body class="ss-print"><header><p class="ss-print-title">{escape(title)}</p>'
        f"<p>{escape(rest)}</p><p>{escape(book.byline)}, version {escape(book.version)}, "
        f"{modified()}</p><nav><ol>{lines}</ol></nav></header>"
        f'<main class="bd-content bd-article">{"".join(map(str, articles.values()))}</main>'
        "</body></html>"
    )


def _styles_of_all(html: Path, name: str) -> list[str]:
    """Return the addresses of the styles that a page has in its head, as all pages have them."""
    links = _read(html, name).select('head link[rel~="stylesheet"]')
    page = (html / f"{name}.html").as_uri()
    return [urljoin(page, urlsplit(str(link["href"])).path) for link in links]


def _keep_own_styles(html: Path, name: str, article: Tag) -> None:
    """Let the styles that a page links in its text hold for this page and no other."""
    for link in article.select('link[rel~="stylesheet"]'):
        rules = (html / name).parent.joinpath(str(link["href"])).read_text(encoding="utf-8")
        scoped = f"<style>@scope (#{_place(name)}) {{ {rules} }}</style>"
        link.replace_with(BeautifulSoup(scoped, "html.parser"))


def _read(html: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def _article(html: Path, name: str, chapters: list[str]) -> Tag:
    """Return a page's text, with names and links that hold on the one page of all."""
    page = _read(html, name)
    article = page.select_one("article.bd-article")
    if article is None:
        raise BookError(f"{name}.html is no page of the book: run make book first")
    for unwanted in article.select(LEFT_OUT):
        unwanted.decompose()
    _keep_own_styles(html, name, article)
    for tag in article.select("details"):
        tag["open"] = ""
    for tag in article.select("[id]"):
        tag["id"] = f"{_place(name)}--{tag['id']}"
    for tag in article.select("[src]"):
        tag["src"] = urljoin((html / f"{name}.html").as_uri(), str(tag["src"]))
        tag["loading"] = "eager"
    for tag in article.select("a[href]"):
        _lead(tag, name, chapters)
    article["id"] = _place(name)
    return article


def _lead(link: Tag, name: str, chapters: list[str]) -> None:
    """Let a link lead to a place in the PDF, or to the outside; any other becomes its words."""
    address, fragment = urldefrag(str(link["href"]))
    if urlsplit(address).scheme:
        return
    path = normpath(join(name, "..", address)) if address else f"{name}.html"
    target = path.removesuffix(".html")
    del link["href"]
    if target in chapters:
        link["href"] = f"#{_place(target)}" + f"--{fragment}" * bool(fragment)


def _place(name: str) -> str:
    return name.replace("/", "-")


def _heading(article: Tag) -> str:
    heading = article.select_one("h1")
    return _words(heading) if heading else ""


def _words(heading: Tag) -> str:
    return " ".join(heading.get_text().split())

import json
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from docutils import nodes
from docutils.utils import new_document

from hygiene import ROOT
from made_results import result
from secondsight.book import first_screen
from secondsight.book.first_screen import (
    FIRST,
    _reorder,
    behind,
    first_cells_first,
    full_name,
    number,
)
from secondsight.errors import DataError

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def page(*cells: tuple[str, str, list[str]]) -> str:
    made = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    book = nbformat.v4.new_notebook()
    book.cells = [made[kind](text, metadata={"tags": tags}) for kind, text, tags in cells]
    return nbformat.writes(book)


def sources(notebook: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]


def test_the_first_screen_stands_below_the_title_its_words_before_its_figure() -> None:
    written = page(
        ("markdown", "# Title\n\nWhat you will learn.", []),
        ("code", "compute()", []),
        ("code", "show()", [FIRST]),
        ("markdown", "In short", [FIRST, "if-default"]),
        ("markdown", "## What it means", []),
    )
    nbformat.validate(reordered := json.loads(first_cells_first(written)))
    assert len({cell["id"] for cell in reordered["cells"]}) == 6
    assert sources(first_cells_first(written)) == [
        "# Title",
        "In short",
        "show()",
        "What you will learn.",
        "compute()",
        "## What it means",
    ]


def test_a_notebook_without_a_first_screen_keeps_its_order() -> None:
    written = page(("markdown", "# Title", []), ("code", "a", []), ("markdown", "b", []))
    assert sources(first_cells_first(written)) == ["# Title", "a", "b"]


@pytest.mark.parametrize("path", ["a.ipynb", Path("a.ipynb")])
def test_sphinx_may_name_a_notebook_as_text_or_as_a_path(path: str | Path) -> None:
    app: Any = SimpleNamespace(env=SimpleNamespace(doc2path=lambda _: path))
    cells = [("markdown", "# Title", []), ("code", "a", []), ("code", "b", [FIRST])]
    _reorder(app, "a", source := [page(*cells)])
    assert sources(source[0]) == ["# Title", "b", "", "a"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_chapter_shows_its_result_and_a_figure_first(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    first = [cell for cell in cells if FIRST in cell.metadata.get("tags", [])]
    early = [cell.source for cell in first or cells[:8]]
    assert any("chapter.show(" in source for source in early)
    assert any("{number}" in source or "{glue:text}" in source for source in early) or (
        path.stem == "00_simulated_sky"
    )


class Names(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append({"tag": tag, **dict(attrs)})


def test_a_number_opens_what_is_behind_it() -> None:
    share = result(0.574, 0.53, 0.617).model_copy(update={"short": "57%", "cell": 14})
    [button] = Names(html := number("57%", share, "place")).found
    assert ">57%</button>" in html
    told, *_ = Names(text := behind("01_zero_shot_lsbg.llava_accuracy", share, "place")).found
    assert button["popovertarget"] == told["id"] == "place"
    assert "popover" in told
    assert share.text in text
    assert "recorded elsewhere" in text
    assert 'href="../notebooks/01_zero_shot_lsbg.html#cell-14"' in text
    assert "<code>01_zero_shot_lsbg.llava_accuracy</code>, cell 14" in text


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    results = {"09_test.share": result(0.574, 0.53, 0.617)}
    monkeypatch.setattr(first_screen, "_results", lambda: results)


def opened(*parts: nodes.Node, page: str = "notebooks/09_test") -> str:
    document = new_document("page")
    document += nodes.paragraph("", "", *parts)
    app = SimpleNamespace(env=SimpleNamespace(docname=page))
    first_screen._open_numbers(app, document)  # type: ignore[arg-type]
    return "\n".join(node.astext() for node in document.findall(nodes.raw))


def glued(name: str = "09_test.share") -> nodes.inline:
    return nodes.inline("", "0.574", classes=["pasted-text"], result=name)


@pytest.mark.usefixtures("known")
def test_a_glued_number_opens_too_and_twice_the_same_opens_one_thing() -> None:
    html = opened(glued(), nodes.Text(" and "), glued())
    assert html.count('class="ss-number pasted-text" popovertarget="number-09_test-share"') == 2
    assert html.count('id="number-09_test-share"') == 1
    assert html.index("popovertarget") < html.index("id=")


@pytest.mark.usefixtures("known")
def test_from_a_page_in_a_folder_of_notebooks_the_way_to_the_cell_is_longer() -> None:
    assert 'href="../notebooks/09_test.html' in opened(glued())
    further = opened(glued(), page="notebooks/exercises/dwarfs")
    assert 'href="../../notebooks/09_test.html' in further


@pytest.mark.usefixtures("known")
def test_words_that_are_no_result_stay_words() -> None:
    assert opened(glued("09_test.words")) == ""
    assert opened(nodes.reference("", "", glued())) == ""


def test_without_results_numbers_stay_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise DataError("no results")

    monkeypatch.setattr(first_screen, "_results", nothing)
    assert opened(glued()) == ""


@pytest.mark.parametrize(
    ("name", "page"), [("right", "notebooks/01_lsbg"), ("01_lsbg.right", "book/index")]
)
def test_a_number_without_a_chapter_is_the_pages_own(name: str, page: str) -> None:
    assert full_name(name, page) == "01_lsbg.right"

import base64
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from docutils.utils import new_document

from secondsight.book import figure_files
from secondsight.book.figure_files import without_files


def uri(name: str, content: bytes) -> str:
    return f"data:image/svg+xml;name={name};base64,{base64.b64encode(content).decode()}"


def test_a_named_file_is_written_and_linked(tmp_path: Path) -> None:
    html = f'<img src="{uri("a-light.svg", b"<svg>")}"><a href="{uri("a.csv", b"")}">'
    assert without_files(html, tmp_path / "09", "../f/09") == (
        '<img src="../f/09/a-light.svg"><a href="../f/09/a.csv">'
    )
    assert (tmp_path / "09" / "a-light.svg").read_bytes() == b"<svg>"
    assert (tmp_path / "09" / "a.csv").read_bytes() == b""


@pytest.mark.parametrize("name", ["", "../a.svg", "a/b.svg", "a b.svg"])
def test_a_file_without_a_fit_name_stays_where_it_is(tmp_path: Path, name: str) -> None:
    html = f'<img src="{uri(name, b"<svg>")}">'
    assert without_files(html, tmp_path / "09", "f") == html
    assert not (tmp_path / "09").exists()


def app(tmp_path: Path, page: str) -> Any:
    return SimpleNamespace(outdir=str(tmp_path), env=SimpleNamespace(docname=page))


@pytest.mark.parametrize(("page", "up"), [("index", ""), ("notebooks/09_test", "../")])
def test_a_page_reaches_its_figures(tmp_path: Path, page: str, up: str) -> None:
    document = new_document("page")
    document += nodes.raw("", f'<img src="{uri("a.svg", b"<svg>")}">', format="html", classes=["x"])
    figure_files._release(app(tmp_path, page), document)
    [raw] = document.findall(nodes.raw)
    name = page.rpartition("/")[2]
    assert raw.astext() == f'<img src="{up}_static/figures/{name}/a.svg">'
    assert (raw["format"], raw["classes"]) == ("html", ["x"])
    assert (tmp_path / "_static" / "figures" / name / "a.svg").is_file()


def test_figures_of_an_earlier_build_go(tmp_path: Path) -> None:
    old = tmp_path / "_static" / "figures" / "09"
    old.mkdir(parents=True)
    figure_files._begin(app(tmp_path, ""))
    assert not old.exists()
    figure_files._begin(app(tmp_path, ""))


def test_a_cell_has_an_address_by_its_count(tmp_path: Path) -> None:
    document = new_document("page")
    inner = nodes.container(classes=["cell_input"])
    folded = nodes.container("", inner)  # as where the code is hidden at first
    document += nodes.container("", folded, classes=["cell"], exec_count=14)
    document += nodes.container("", nodes.container(classes=["cell_input"]), classes=["cell"])
    bare = nodes.container("", nodes.container(classes=["cell_output"]), exec_count=15)
    document += bare  # as where the code is left out
    figure_files._release(app(tmp_path, "notebooks/09_test"), document)
    assert inner["ids"] == ["cell-14"]
    assert bare["ids"] == ["cell-15"]

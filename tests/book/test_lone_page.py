from pathlib import Path

import nbformat
import pytest

from secondsight.book.lone_page import write_page
from secondsight.errors import NotebookError


def notebook(path: Path, *cells: nbformat.NotebookNode) -> Path:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


@pytest.mark.book
def test_a_notebook_becomes_a_page_with_its_numbers_in_place(tmp_path: Path) -> None:
    number = nbformat.v4.new_output(
        "display_data",
        {"text/plain": "'seventy per cent'"},
        metadata={"scrapbook": {"name": "right", "mime_prefix": ""}},
    )
    path = notebook(
        tmp_path / "mine.ipynb",
        nbformat.v4.new_markdown_cell("# Mine"),
        nbformat.v4.new_code_cell("1", outputs=[number]),
        nbformat.v4.new_markdown_cell("Right are {glue:text}`right`."),
    )
    page = write_page(path, tmp_path / "page")
    assert page == tmp_path / "page" / "mine.html"
    assert "Right are <span" in page.read_text()
    assert "seventy per cent" in page.read_text()
    assert (page.parent / "_static").is_dir()


def test_what_is_no_notebook_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.ipynb"
    path.write_text("no notebook")
    with pytest.raises(NotebookError, match=r"mine\.ipynb could not be made a page"):
        write_page(path, tmp_path / "page")

"""Which cells of an executed notebook its page leaves out."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from hygiene import ROOT
from secondsight.book.tags import FACTS, REMOVED, asked, hide_cells, said_of, stays

GIVEN = {"truth": True, "scores": False}


@pytest.mark.parametrize(
    ("tags", "stay"),
    [
        ([], True),
        (["hide-input"], True),
        (["if-truth"], True),
        (["if-no-truth"], False),
        (["if-scores"], False),
        (["if-no-scores"], True),
        (["if-truth", "if-scores"], False),
        (["if-truth", "if-no-scores"], True),
        (["if-what-nobody-gave"], False),
        (["if-no-what-nobody-gave"], True),
    ],
)
def test_a_cell_stays_where_all_that_it_asks_for_is_given(tags: list[str], stay: bool) -> None:
    assert stays(tags, GIVEN) is stay


@pytest.mark.parametrize("tag", ["if-truth", "if-no-truth"])
def test_a_tag_asks_for_one_thing(tag: str) -> None:
    assert asked(tag) == "truth"


def test_what_is_given_is_said_in_words() -> None:
    assert said_of(GIVEN) == "truth, no scores"


def test_an_executed_notebook_says_itself_what_is_given(tmp_path: Path) -> None:
    path = tmp_path / "out.ipynb"
    tags = [["if-truth"], ["if-scores"], ["injected-parameters"], []]
    cells = [new_markdown_cell("x", metadata={"tags": some}) for some in tags]
    output = new_output("display_data", data={"text/plain": "x"}, metadata={FACTS: GIVEN})
    nbformat.write(new_notebook(cells=[*cells, new_code_cell("end", outputs=[output])]), path)
    hide_cells(path)
    cells = nbformat.read(path, as_version=4).cells
    removed = [REMOVED in cell.metadata.get("tags", []) for cell in cells]
    assert removed == [False, True, True, False, False]


def test_where_the_project_lies_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "out.ipynb"
    ran = {"papermill": {"input_path": str(ROOT / "notebooks" / "a.ipynb"), "duration": 1.0}}
    nbformat.write(new_notebook(metadata=ran), path)
    hide_cells(path)
    told = nbformat.read(path, as_version=4).metadata.papermill
    assert told == {"input_path": "notebooks/a.ipynb", "duration": 1.0}

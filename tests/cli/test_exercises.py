from pathlib import Path

import nbformat
import pandas as pd
import pytest

from cli.conftest import Run
from secondsight.book.exercises import notebooks, read_exercises


@pytest.fixture
def given(run: Run, tmp_path: Path) -> Path:
    """A folder with one student's notebook, in which all is solved."""
    assert run("exercises", "student", tmp_path / "handout").code == 0
    [solved] = [path for path in notebooks() if path.stem == "words"]
    solutions = {each.label: each.solution or "My words." for each in read_exercises(solved)[1]}
    page = nbformat.read(tmp_path / "handout" / solved.name, as_version=4)
    for cell in page.cells:
        if "answer" in cell.metadata.get("tags", []):
            cell.source = solutions[cell.metadata["exercise"]]
    (tmp_path / "given").mkdir()
    nbformat.write(page, tmp_path / "given" / "ada.ipynb")
    return tmp_path / "given"


def test_a_solved_notebook_of_the_book_passes(run: Run, given: Path) -> None:
    table = given.parent / "grades.csv"
    told = run("exercises", "grade", given, "--output", table)
    assert told.code == 0, told.err
    assert "ada: 6 passed, 3 to be read" in told.out
    again = run("exercises", "grade", given, "--output", table)
    assert again.code == 1
    assert again.err.startswith(f"error: {table} is there already: name another with --output")
    grades = pd.read_csv(table)
    assert len(grades) == 9
    assert set(grades["who"]) == {"ada"}


def test_where_nothing_is_or_nothing_can_be_written_one_line_says_so(run: Run, given: Path) -> None:
    empty = run("exercises", "grade", given / "nowhere")
    assert (empty.code, empty.err.count("\n")) == (1, 1)
    assert "no notebook is in" in empty.err
    unwritable = run("exercises", "grade", given, "--output", given / "no" / "grades.csv")
    assert (unwritable.code, unwritable.err.count("\n")) == (1, 1)
    again = run("exercises", "student", given.parent / "handout")
    assert "is there already" in again.err

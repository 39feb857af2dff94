"""The exercises as they are committed, and what students get of them."""

import re
from pathlib import Path

import nbformat
import pytest

from secondsight import paths
from secondsight.book.exercises import (
    Exercise,
    notebooks,
    read_exercises,
    student_version,
    write_student_versions,
)
from secondsight.errors import DataError, RecordingError

NOTEBOOKS = notebooks()
EVERY = [each for notebook in NOTEBOOKS for each in read_exercises(notebook)[1]]
LEVELS = ("look", "compute", "think")
CHAPTERS = sorted(path.stem[:2] for path in paths.NOTEBOOKS.glob("*.ipynb"))


def test_each_chapter_has_an_exercise_of_each_level_in_this_order() -> None:
    wanted = [f"ex-{chapter}-{level}" for chapter in CHAPTERS for level in LEVELS]
    assert sorted(each.label for each in EVERY) == sorted(wanted)
    for notebook in NOTEBOOKS:
        levels = [each.label.split("-")[2] for each in read_exercises(notebook)[1]]
        assert levels == [*LEVELS] * (len(levels) // len(LEVELS))


def test_each_says_how_long_it_takes_and_what_is_needed_and_most_need_a_browser_alone() -> None:
    told = re.compile(
        r"\*\*(\d+) minutes\. (A browser is enough|It takes a clone of the project)\.\*\*"
    )
    needs = [told.match(each.text) for each in EVERY]
    assert all(needs)
    assert all(5 <= int(need[1]) <= 30 for need in needs if need)
    assert 2 * sum("browser" in need[2] for need in needs if need) >= len(EVERY)


@pytest.mark.parametrize("exercise", EVERY, ids=lambda each: each.label)
def test_the_question_names_what_is_to_be_given(exercise: Exercise) -> None:
    assert bool(exercise.check) is not exercise.label.endswith("think")
    assert bool(exercise.names) is bool(exercise.check)
    for name in exercise.names:
        assert f"`{name}`" in exercise.text


@pytest.mark.parametrize("exercise", EVERY, ids=lambda each: each.label)
def test_every_assert_has_a_sentence(exercise: Exercise) -> None:
    for line in exercise.whole_check.splitlines():
        assert not line.lstrip().startswith("assert") or re.search(r', (f?".*"|hint|enough)$', line)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_solution_begins_hidden_and_ends_before_the_next_question(notebook: Path) -> None:
    page = nbformat.read(notebook, as_version=4)
    words = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
    marks = re.findall(
        r"^:::\{(exercise|solution-start|solution-end)\}(?: (\S+)$)?", "\n".join(words), re.M
    )
    kinds = [kind for kind, _ in marks]
    assert kinds == ["exercise", "solution-start", "solution-end"] * (len(kinds) // 3)
    labels = [each.label for each in read_exercises(notebook)[1]]
    assert [label for kind, label in marks if kind == "solution-start"] == labels
    assert "\n".join(words).count(":class: dropdown") == len(labels)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_student_gets_no_solution_and_nothing_of_the_book(notebook: Path) -> None:
    page = student_version(notebook)
    nbformat.validate(page)
    cells = [cell.source for cell in page.cells]
    text = "\n".join(cells)
    for exercise in read_exercises(notebook)[1]:
        assert exercise.title in text
        assert not exercise.solution or exercise.solution not in text
        assert not exercise.check or exercise.whole_check in cells
    for mark in (":::", "{number}`", "](", "(ex-", "olution"):
        assert mark not in text, mark


def test_what_a_student_fills_in_is_what_the_solution_binds_and_the_check_reads() -> None:
    solution = "def half(n):\n    inner = n / 2\n    return inner\n\n\na, b = 1, 2\nc = half(a)"
    check = "own = a + c\nassert own > 0, 'a sentence'"
    assert Exercise("ex", "Title", "", solution, check).names == ["a", "c"]


def test_a_folder_that_holds_such_a_notebook_is_left_alone(tmp_path: Path) -> None:
    written = write_student_versions(tmp_path / "handout")
    assert [path.name for path in written] == [path.name for path in NOTEBOOKS]
    written[1].write_text("a student's work", encoding="utf-8")
    with pytest.raises(DataError, match="is there already: name another folder"):
        write_student_versions(tmp_path / "handout")
    assert written[1].read_text(encoding="utf-8") == "a student's work"
    with pytest.raises(RecordingError, match="cannot write"):
        write_student_versions(written[1])


def test_a_question_without_its_directive_is_named(tmp_path: Path) -> None:
    cell = nbformat.v4.new_markdown_cell("What?", metadata={"tags": ["exercise"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    with pytest.raises(DataError, match=r"a\.ipynb: no directive `exercise` .* 'What\?'"):
        read_exercises(tmp_path / "a.ipynb")

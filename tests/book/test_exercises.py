"""The exercises as they are committed, and what students get of them."""

import ast
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
    needed = re.compile(
        r"\*\*(\d+) minutes\. (A browser is enough|It takes a clone of the project)\.\*\*"
    )
    needs = [needed.match(each.text) for each in EVERY]
    assert all(needs)
    assert all(5 <= int(need[1]) <= 30 for need in needs if need)
    assert 2 * sum("browser" in need[2] for need in needs if need) >= len(EVERY)


@pytest.mark.parametrize("exercise", EVERY, ids=lambda each: each.label)
def test_the_question_names_what_is_to_be_given(exercise: Exercise) -> None:
    assert bool(exercise.check) is not exercise.label.endswith("think")
    assert bool(exercise.names) is bool(exercise.check)
    for name in exercise.names:
        assert f"`{name}`" in exercise.text


def told(says: str) -> dict[str, set[str]]:
    """Return the words that a cell tells, each with the names that it is computed from."""
    calls = [call for call in ast.walk(ast.parse(says)) if isinstance(call, ast.Call)]
    named = [word for call in calls if ast.unparse(call.func) == "tell" for word in call.keywords]
    return {
        word.arg: {node.id for node in ast.walk(word.value) if isinstance(node, ast.Name)}
        for word in named
        if word.arg
    }


def choices(exercise: Exercise) -> list[str]:
    """Return what a question that wants to look offers to choose from, if it does."""
    offered = re.findall(r'`"([^"]+)"`', exercise.text)
    return offered if exercise.label.endswith("look") and len(offered) > 1 else []


def named_first(words: str, offered: list[str]) -> str | None:
    """Return the choice that a solution names first: that is its verdict."""
    places = {name: re.search(rf"\b{re.escape(name)}\b", words, re.I) for name in offered}
    found = {name: match.start() for name, match in places.items() if match}
    return min(found, key=lambda name: found[name], default=None)


@pytest.mark.parametrize(
    "exercise", [each for each in EVERY if each.check], ids=lambda each: each.label
)
def test_the_answer_in_a_solutions_words_is_the_computed_one(exercise: Exercise) -> None:
    computed = told(exercise.says)
    for name in exercise.names:
        assert name in computed.get(name, ()), f"{name} is not told as it was computed"
        assert f"{{glue:text}}`{name}`" in exercise.words, f"the words don't say {name}"
    verdict = exercise.words.index(f"{{glue:text}}`{exercise.names[0]}`")
    assert named_first(exercise.words[:verdict], choices(exercise)) is None


@pytest.mark.book
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_on_the_page_a_solution_names_the_computed_choice_first(notebook: Path) -> None:
    executed = paths.ROOT / "_build" / "source" / "notebooks" / "exercises" / notebook.name
    if not executed.is_file():
        pytest.skip("no book is built here: run make book first")
    outputs = [
        output
        for cell in nbformat.read(executed, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    words = {
        output.metadata["scrapbook"]["name"]: str(next(iter(output.data.values()))).strip("'")
        for output in outputs
        if "scrapbook" in output.get("metadata", {})
    }
    solved = answers_of(executed)
    asked = [each for each in read_exercises(notebook)[1] if choices(each)]
    for exercise in asked:
        said = re.sub(
            r"\{glue:text\}`(\w+)`", lambda name: words.get(name[1], name[0]), exercise.words
        )
        assert named_first(said, choices(exercise)) == solved[exercise.label], said


def answers_of(executed: Path) -> dict[str, str]:
    """Return the text that each solution of an executed notebook shows, by its exercise."""
    label, found = "", {}
    for cell in nbformat.read(executed, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if asked := re.search(r":label: (\S+)", cell.source):
            label = asked[1]
        if cell.cell_type == "code" and "solution" in tags and "says" not in tags:
            shown = [output for output in cell.outputs if output.output_type == "execute_result"]
            found[label] = str(ast.literal_eval(shown[-1].data["text/plain"])) if shown else ""
    return found


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("The usual word is Low, for 29%; only 58% get High.", "low"),
        ("It is high: low stands beside fewer.", "high"),
        ("Of the highest score nothing is said.", None),
    ],
)
def test_the_choice_that_words_name_first_is_found(words: str, first: str | None) -> None:
    assert named_first(words, ["high", "medium", "low"]) == first


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

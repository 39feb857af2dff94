"""Grading: right, wrong, empty, broken and hanging submissions, each in rows of its own."""

import csv
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from secondsight.book import exercises, grading
from secondsight.book.grading import FAILED, PASSED, TO_READ, Grade, grade, write_grades
from secondsight.errors import DataError, RecordingError

SECONDS = 120.0
Edit = Callable[[Any], None]
Submit = Callable[..., Path]

SOLVED = [
    (
        "exercise",
        "markdown",
        ":::{exercise} Look: one\n:label: ex-01-look\n:nonumber:\n\nGive `a`.\n:::",
    ),
    ("solution", "code", "a = known + 1"),
    ("check", "code", 'assert a == 2, "add one"'),
    (
        "exercise",
        "markdown",
        ":::{exercise} Look: two\n:label: ex-02-look\n:nonumber:\n\nGive `b`.\n:::",
    ),
    ("solution", "code", "b = 3"),
    ("check", "code", 'assert b == 3, "count again"'),
    (
        "exercise",
        "markdown",
        ":::{exercise} Think: why\n:label: ex-03-think\n:nonumber:\n\nWhy?\n:::",
    ),
    ("solution", "markdown", "Because."),
]


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Submit:
    """Write a student's notebook with these answers, changed by `edit`."""
    folder = tmp_path / "teacher"
    folder.mkdir()
    monkeypatch.setattr(exercises, "EXERCISES", folder)
    monkeypatch.setattr(grading, "EXERCISES", folder)
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [make[kind](source, metadata={"tags": [tag]}) for tag, kind, source in SOLVED]
    opening = [nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("known = 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=opening + cells), folder / "one.ipynb")

    def submit(a: str = "...", b: str = "...", why: str = "", edit: Edit | None = None) -> Path:
        page = exercises.student_version(folder / "one.ipynb")
        given = {"ex-01-look": f"a = {a}", "ex-02-look": f"b = {b}", "ex-03-think": why}
        for cell in page.cells:
            if "answer" in cell.metadata.get("tags", []):
                cell.source = given[cell.metadata["exercise"]] or cell.source
        if edit:
            edit(page)
        path = tmp_path / "given" / "ada.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(page, path)
        return path

    return submit


def results(path: Path, seconds: float = SECONDS) -> list[tuple[str, str]]:
    return [(each.result, each.why) for each in grade("ada", path, seconds)]


def runs(process: int) -> bool:
    """Whether a process is there and not only waits to be forgotten."""
    told = Path(f"/proc/{process}/stat")
    return told.exists() and told.read_text().rpartition(")")[2].split()[0] != "Z"


def test_right_answers_pass_and_words_are_left_to_read(submit: Submit) -> None:
    path = submit("known + 1", "3", "Because it is.")
    assert grade("ada", path, SECONDS) == [
        Grade("ada", "ex-01-look", PASSED),
        Grade("ada", "ex-02-look", PASSED),
        Grade("ada", "ex-03-think", TO_READ, "Because it is."),
    ]


def test_a_wrong_and_an_empty_answer_say_the_checks_sentence(submit: Submit) -> None:
    wrong, empty, words = results(submit("5"))
    assert wrong == (FAILED, "add one")
    assert empty == (
        FAILED,
        "b is still empty: fill in the cell above and run it, then run this cell again",
    )
    assert words == (FAILED, "nothing is written")


@pytest.mark.parametrize("a", ["1 / 0", "(", "__import__('sys').exit()", "'text'", "input()"])
def test_what_fails_leaves_the_next_answer_alone(submit: Submit, a: str) -> None:
    broken, right, _ = results(submit(a, "3"))
    assert broken[0] == FAILED
    assert right == (PASSED, "")


def test_one_that_hangs_is_ended_with_what_it_has_started(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran, wait = tmp_path / "ran", subprocess.Popen.wait

    def out_of_time(process: Any, timeout: float | None = None) -> int:
        if timeout is None:
            return wait(process)
        while not ran.exists():
            time.sleep(0.01)
        raise subprocess.TimeoutExpired("", timeout)

    child = "p = __import__('subprocess').Popen(['sleep', '600'])"
    noted = f"__import__('pathlib').Path({str(ran)!r} + 'x'); noted.write_text(str(p.pid))"
    path = submit("2", f"0; {child}\nnoted = {noted}; noted.rename({str(ran)!r})\nwhile True: pass")
    monkeypatch.setattr(subprocess.Popen, "wait", out_of_time)
    passed, hangs, _ = results(path, 10.0)
    assert passed == (PASSED, "")
    assert hangs == (FAILED, "not reached: the submission runs for more than 10 seconds")
    while runs(int(ran.read_text())):
        time.sleep(0.01)


def test_one_that_ends_itself_keeps_what_passed_before(submit: Submit) -> None:
    passed, gone, _ = results(submit("2", "__import__('os')._exit(3)"))
    assert passed == (PASSED, "")
    assert gone == (FAILED, "not reached: the program ended before")


def test_the_teachers_check_counts_whatever_a_student_made_of_it(submit: Submit) -> None:
    def loosen(page: Any) -> None:
        for cell in page.cells:
            if "check" in cell.metadata.get("tags", []):
                cell.source = "pass"

    assert results(submit("5", "3", edit=loosen))[:2] == [(FAILED, "add one"), (PASSED, "")]


def test_a_check_that_was_removed_was_not_reached(submit: Submit) -> None:
    first, second, _ = results(submit("2", "3", edit=lambda page: page.cells.pop(4)))
    assert (first[0], second[0]) == (FAILED, PASSED)


def test_a_key_of_whoever_grades_is_withheld(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    monkeypatch.setenv("OF_THE_CLASS", "2")
    environment = "__import__('os').environ"
    given = (f"int({environment}['OF_THE_CLASS'])", f"3 + len({environment}['OPENAI_API_KEY'] * 0)")
    first, second, _ = results(submit(*given))
    assert first == (PASSED, "")
    assert second[0] == FAILED


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "does not appear to be JSON"),
        ("[]", "can't be graded"),
        (json.dumps(nbformat.v4.new_notebook()), "not one of the notebooks that were handed out"),
        (
            json.dumps(nbformat.v4.new_notebook(metadata={"exercises": "../../secret"})),
            "not one of the notebooks that were handed out",
        ),
    ],
)
def test_what_is_no_submission_is_one_row(submit: Submit, text: str, why: str) -> None:
    path = submit()
    path.write_text(text, encoding="utf-8")
    [row] = grade("ada", path, SECONDS)
    assert row.result == FAILED
    assert why in row.why


def test_submissions_are_found_in_folders_and_hidden_copies_are_not(
    submit: Submit, tmp_path: Path
) -> None:
    path = submit()
    for place in ("ben/one.ipynb", "ben/.ipynb_checkpoints/one-checkpoint.ipynb", ".x.ipynb"):
        (path.parent / place).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / place).write_text("{}", encoding="utf-8")
    assert list(grading.submissions(path.parent)) == ["ada", "ben/one"]
    with pytest.raises(DataError, match="no notebook is in"):
        grading.submissions(tmp_path / "nowhere")


def test_a_spreadsheet_computes_nothing_of_what_a_student_wrote(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    write_grades([Grade("ada", "ex-03-think", TO_READ, '=HYPERLINK("x")\nsecond, line')], path)
    with path.open(newline="", encoding="utf-8") as file:
        heads, row = csv.reader(file)
    assert heads == ["who", "exercise", "result", "why"]
    assert row[3] == '\'=HYPERLINK("x")\nsecond, line'
    with pytest.raises(RecordingError, match="cannot write"):
        write_grades([], tmp_path / "no" / "grades.csv")

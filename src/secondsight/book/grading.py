"""Grade a folder of submissions: run each, and write what became of each exercise.

A submission is a program. It runs on this machine, with the rights of whoever grades it.
"""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from secondsight.book.exercises import (
    ANSWER,
    CHECK,
    EXERCISES,
    WORDS,
    Exercise,
    read_exercises,
)
from secondsight.errors import DataError, plain_line
from secondsight.inference.disk import writing

PASSED, FAILED, TO_READ = "passed", "failed", "to be read"
SECRETS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
"""How names of variables end that a submission does not get."""
MOST = 2000
"""Letters of an answer in words."""


@dataclass(frozen=True)
class Grade:
    """What became of one exercise: `why` is the failed check's sentence, or a student's words."""

    who: str
    exercise: str
    result: str
    why: str = ""


def submissions(folder: Path) -> dict[str, Path]:
    """Return the notebooks in a folder and in those below it, by whose they are.

    Raises a DataError if there are none.
    """
    notebooks = filter(Path.is_file, sorted(folder.rglob("*.ipynb")))
    files = {path.relative_to(folder): path for path in notebooks}
    shown = {own: path for own, path in files.items() if not re.search(r"(^|/)\.", str(own))}
    if not shown:
        raise DataError(f"no notebook is in {folder}: put the students' .ipynb files there")
    return {plain_line(str(own.with_suffix(""))): path for own, path in shown.items()}


def grade(who: str, path: Path, seconds: float) -> list[Grade]:
    """Return what became of each exercise of a submission, which may run for so many seconds."""
    try:
        page = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        exercises = _asked(page)
        checked, ended = _run(list(_cells(page, exercises)), seconds)
        words = _words(page)
    except Exception as problem:  # a file from outside may be anything
        return [Grade(who, "", FAILED, f"it can't be graded: {plain_line(str(problem))[:200]}")]
    return [_grade(who, exercise, checked, words, ended) for exercise in exercises.values()]


def write_grades(grades: list[Grade], path: Path) -> None:
    """Write grades as CSV, which a spreadsheet shows and never computes.

    Raises a RecordingError if nothing can be written there.
    """
    with writing(path), path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(column.name for column in fields(Grade))
        table.writerows(map(_no_formula, astuple(each)) for each in grades)


def _asked(page: Any) -> dict[str, Exercise]:
    """Return the exercises that a submission is about, by label."""
    name = page.metadata.get("exercises", "")
    notebook = EXERCISES / f"{name}.ipynb"
    if not name or notebook.parent != EXERCISES or not notebook.is_file():
        raise DataError("it is not one of the notebooks that were handed out")
    return {exercise.label: exercise for exercise in read_exercises(notebook)[1]}


def _cells(page: Any, exercises: Mapping[str, Exercise]) -> Iterator[tuple[str, str]]:
    """Yield the exercise that each cell of code checks, or none, and its code.

    The checks are those of the notebook with solutions, whatever a student made of them.
    """
    for cell in page.cells:
        if cell.cell_type != "code":
            continue
        label = _label(cell, CHECK)
        yield (label, exercises[label].whole_check) if label in exercises else ("", cell.source)


def _label(cell: Any, tag: str) -> str:
    return str(cell.metadata.get("exercise", "")) if tag in cell.metadata.get("tags", []) else ""


def _run(cells: list[tuple[str, str]], seconds: float) -> tuple[dict[str, str], str]:
    """Return what each check said that ran, by exercise, and why no more of them ran."""
    with TemporaryDirectory(prefix="secondsight-") as folder:
        given, told = Path(folder, "cells.json"), Path(folder, "told.jsonl")
        given.write_text(json.dumps(cells), encoding="utf-8")
        told.touch()
        ended = _wait_for(given, told, seconds)
        lines = told.read_text(encoding="utf-8").splitlines()
    return dict(json.loads(line) for line in lines), ended


def _wait_for(given: Path, told: Path, seconds: float) -> str:
    """Run the cells in a process of its own, end it, and return why it ended."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith(SECRETS)}
    running = subprocess.Popen(
        [sys.executable, "-m", "secondsight.book.grade_one", str(given), str(told)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment | {"MPLBACKEND": "agg"},
        start_new_session=True,
    )
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        return f"not reached: the submission runs for more than {seconds:g} seconds"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # it, and all that it has started
        running.wait()
    return "not reached: the program ended before"


def _words(page: Any) -> dict[str, str]:
    """Return the answers in words, by exercise."""
    cells = [cell for cell in page.cells if cell.cell_type == "markdown"]
    return {label: cell.source for cell in cells if (label := _label(cell, ANSWER))}


def _grade(
    who: str, exercise: Exercise, checked: Mapping[str, str], words: Mapping[str, str], ended: str
) -> Grade:
    label = exercise.label
    if not exercise.check:
        answer = words.get(label, "").replace(WORDS, "").strip()[:MOST]
        result = TO_READ if answer else FAILED
        return Grade(who, label, result, answer or "nothing is written")
    if label not in checked:
        return Grade(who, label, FAILED, ended)
    return Grade(who, label, FAILED if checked[label] else PASSED, plain_line(checked[label]))


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

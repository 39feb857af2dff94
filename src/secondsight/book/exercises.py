"""Exercises with solutions, and what students get of them.

Cells of the notebooks in `notebooks/exercises` have tags. A cell ``exercise`` holds one directive
``exercise``, with its label; what follows, up to the next, belongs to it: cells ``solution`` with
words or code, and at most one cell ``check``, whose asserts can fail for a wrong result. A cell
``says`` among them calls `tell`: it hands the computed answer to the solution's words, so that
these can't contradict it.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from myst_nb import glue

from secondsight import paths
from secondsight.errors import DataError
from secondsight.inference.disk import writing

EXERCISES = paths.NOTEBOOKS / "exercises"
ANSWER, CHECK, EXERCISE, SOLUTION = "answer", "check", "exercise", "solution"
"""Tags of cells; ``answer`` marks what a student fills in."""
SAYS = "says"
"""The tag of a cell that hands what was computed to the solution's words."""
WORDS = "*Write your answer here, in a few sentences.*"
HOW = """**How to fill this in.** Replace each `...` by your answer, and run the cell below it: it
checks the answer, and says nothing if it is right. Add cells where you like; leave the cells with
checks as they are. The last question of each chapter wants words."""

_DIRECTIVE = re.compile(r":::\{exercise\} *(.*)\n:label: *(\S+)\n:nonumber:\n(.*)\n:::", re.S)
_TARGET = re.compile(r"^\([\w-]+\)=\n", re.M)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@dataclass
class Exercise:
    """What is asked, the code that solves it, and the code that checks a solution.

    The check of a question that wants words is empty.
    """

    label: str
    title: str
    text: str
    solution: str = ""
    check: str = ""
    words: str = ""
    """What the solution says."""
    says: str = ""
    """The code that hands computed words to it."""
    others: list[Any] = field(default_factory=list)
    """Cells after it that belong to no exercise, such as the next chapter's heading."""

    @property
    def names(self) -> list[str]:
        """The names that a student gives: the solution binds them and the check reads them."""
        nodes = ast.walk(ast.parse(self.check))
        read = {node.id for node in nodes if isinstance(node, ast.Name)}
        own = set(_bound(self.check))
        return [name for name in dict.fromkeys(_bound(self.solution)) if name in read - own]

    @property
    def whole_check(self) -> str:
        """The check, with a sentence for each name that is still empty."""
        hint = "is still empty: fill in the cell above and run it, then run this cell again"
        empty = [f'assert {name} is not ..., "{name} {hint}"' for name in self.names]
        return "\n".join([*empty, self.check])


def tell(**words: object) -> None:
    """Make words available to a solution's prose, each by its name."""
    for name, word in words.items():
        glue(name, str(word), display=False)


def notebooks() -> list[Path]:
    """Return the notebooks with exercises, in order."""
    return sorted(EXERCISES.glob("*.ipynb"))


def read_exercises(notebook: Path) -> tuple[list[Any], list[Exercise]]:
    """Return the cells before the first exercise, and the exercises, of a notebook with solutions.

    Raises a DataError where a cell has the tag ``exercise`` and no directive of that name.
    """
    opening: list[Any] = []
    exercises: list[Exercise] = []
    for cell in nbformat.read(notebook, as_version=4).cells:  # type: ignore[no-untyped-call]
        tags = cell.metadata.get("tags", [])
        if EXERCISE in tags:
            exercises.append(_exercise(cell.source, notebook))
        elif CHECK in tags:
            exercises[-1].check = cell.source
        elif SAYS in tags:
            exercises[-1].says = cell.source
        elif SOLUTION not in tags:
            (exercises[-1].others if exercises else opening).append(cell)
        elif cell.cell_type == "code":
            exercises[-1].solution = cell.source
        elif exercises:
            exercises[-1].words += f"{cell.source}\n"
    return opening, exercises


def student_version(notebook: Path) -> Any:
    """Return a notebook of exercises without solutions, with room for answers."""
    opening, exercises = read_exercises(notebook)
    title, *others = map(_bare, opening)
    cells = [title, _cell("markdown", HOW), *others]
    for exercise in exercises:
        cells += [*_to_fill_in(exercise), *map(_bare, exercise.others)]
    for at, cell in enumerate(cells):
        cell["id"] = f"cell-{at}"
    page = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    page.metadata["kernelspec"] = {"display_name": "Python 3", "name": "python3"}
    page.metadata["exercises"] = notebook.stem
    return page


def write_student_versions(folder: Path) -> list[Path]:
    """Write all notebooks of exercises without solutions into a folder, and return their paths.

    Raises a DataError if one is there already: it may hold a student's work. Raises a
    RecordingError if they can't be written.
    """
    targets = {folder / path.name: path for path in notebooks()}
    for target in targets:
        if target.exists():
            raise DataError(f"{target} is there already: name another folder, or remove it")
    versions = {target: student_version(notebook) for target, notebook in targets.items()}
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for target, version in versions.items():
            nbformat.write(version, target)  # type: ignore[no-untyped-call]
    return list(targets)


def _exercise(source: str, notebook: Path) -> Exercise:
    directive = _DIRECTIVE.fullmatch(source.strip())
    if not directive:
        raise DataError(f"{notebook.name}: no directive `exercise` with a label in {source[:60]!r}")
    title, label, text = directive.groups()
    return Exercise(label, title, text.strip())


def _to_fill_in(exercise: Exercise) -> Iterator[Any]:
    yield _cell("markdown", f"### {exercise.title}\n\n{_without_links(exercise.text)}")
    if not exercise.check:
        yield _cell("markdown", WORDS, exercise=exercise.label, tags=[ANSWER])
        return
    stub = "\n".join(f"{name} = ...  # your answer" for name in exercise.names)
    yield _cell("code", stub, exercise=exercise.label, tags=[ANSWER])
    yield _cell("code", exercise.whole_check, exercise=exercise.label, tags=[CHECK])


def _cell(kind: str, source: str, **metadata: Any) -> Any:
    return getattr(nbformat.v4, f"new_{kind}_cell")(source, metadata=metadata)


def _bare(cell: Any) -> Any:
    """Return a cell as students get it."""
    is_code = cell.cell_type == "code"
    return _cell(cell.cell_type, cell.source if is_code else _without_links(cell.source))


def _without_links(text: str) -> str:
    """Return Markdown without links and their targets, which are of the book alone."""
    return _TARGET.sub("", _LINK.sub(r"\1", text))


def _bound(code: str) -> Iterator[str]:
    """Yield the names that code binds at its top level, in order."""
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name
        else:
            names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
            yield from (node.id for node in names if isinstance(node.ctx, ast.Store))

"""Models beside the book's first: which chapters they change, and their numbers."""

from functools import cache
from pathlib import Path

from secondsight import paths
from secondsight.book.another_model import check_model, given
from secondsight.book.execute import chapters, parameters_of, run_chapter
from secondsight.book.results import Result, read_results, write_results
from secondsight.errors import DataError, MissingResponses
from secondsight.inference.recorder import recorded_as

MODELS = paths.BUILD / "models"


def models_named(text: str) -> list[str]:
    """Return the models of a list such as ``"a,b"``, each once: the first is the book's own.

    Raises a ParameterError if no model can have one of the names.
    """
    return [check_model(name) for name in dict.fromkeys(map(str.strip, text.split(","))) if name]


def folder_of(model: str) -> Path:
    """Return where the numbers of a model beside the first go."""
    return MODELS / recorded_as(model)


@cache
def asking_chapters() -> tuple[str, ...]:
    """Return the chapters that another model changes."""
    return tuple(name for name in chapters() if "model" in parameters_of(name))


def run_beside(chapter: str, model: str, dataset: str = "") -> bool:
    """Run a chapter for a model beside the first; return whether its answers are recorded.

    If they are not, the chapter's file holds no numbers.
    """
    path = folder_of(model) / f"{chapter}.json"
    changed = given(chapter, model, dataset) | {"results": str(path.parent)}
    try:
        run_chapter(chapter, path.with_suffix(".ipynb"), changed)
    except MissingResponses:
        write_results(path, {})
        return False
    return True


def results_of(model: str) -> dict[str, Result]:
    """Return what a model's chapters gave; nothing where none of its answers are recorded."""
    try:
        return read_results(folder_of(model))
    except DataError:
        if any(folder_of(model).glob("*.json")):
            return {}
        raise

"""Execute a notebook with papermill, and say in one line what went wrong."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from traitlets.config import Config

from secondsight import paths
from secondsight.book.tags import hide_cells
from secondsight.errors import MissingResponses, NotebookError, ParameterError


def chapters() -> list[str]:
    """Return the names of the book's chapters, in order."""
    return sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))


def exercises() -> list[str]:
    """Return the names of the notebooks of exercises, such as ``exercises/dwarfs``."""
    return [f"exercises/{path.stem}" for path in sorted(paths.NOTEBOOKS.glob("exercises/*.ipynb"))]


def parameters_of(chapter: str) -> dict[str, str]:
    """Return a notebook's parameters and what each is if it is not given, as text.

    Raises a ParameterError if there is no such notebook.
    """
    if chapter not in [*chapters(), *exercises()]:
        raise ParameterError(f"no chapter named {chapter!r}; known: {', '.join(chapters())}")
    from papermill import inspect_notebook  # slow to load

    takes = inspect_notebook(str(paths.NOTEBOOKS / f"{chapter}.ipynb"))
    return {name: str(entry["default"]).strip("\"'") for name, entry in takes.items()}


def run_chapter(name: str, output: Path, parameters: dict[str, Any]) -> None:
    """Execute the notebook `name` with these parameters into `output`.

    Parameters that were injected, and cells whose tags ask for what the run has not, are kept in
    the executed notebook and not shown on its page.

    Raises ParameterError if there is no such notebook, or it lacks a parameter (nothing has run by
    then: papermill writes a parameter's name into the notebook as code), MissingResponses if
    answers that it replays are not recorded, and NotebookError, with the error's own line, if
    another cell failed.
    """
    from papermill import execute_notebook  # slow to load
    from papermill.exceptions import PapermillExecutionError

    known = parameters_of(name)
    for parameter in parameters:
        if parameter not in known:
            raise ParameterError(
                f"{name} has no parameter {parameter!r}; known: {', '.join(known)}"
            )
    output.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with TemporaryDirectory(prefix="secondsight-") as folder:
        try:
            execute_notebook(
                str(paths.NOTEBOOKS / f"{name}.ipynb"),
                str(output),
                parameters=parameters,
                cwd=str(paths.ROOT),
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                config=_over_files(folder),
                extra_arguments=["--log-level=CRITICAL"],  # or it says that it was stopped
            )
        except PapermillExecutionError as error:
            lacks = error.ename == MissingResponses.__name__
            what = f"{name}, cell {error.exec_count}: {error.ename}: {error.evalue}"
            raise (MissingResponses if lacks else NotebookError)(what) from None
    hide_cells(output)


def _over_files(folder: str) -> Config:
    """Return the setting to talk to the kernel over sockets in `folder`, not over network ports.

    Other users of the machine can't listen, and two notebooks at once never pick the same port.
    """
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}})

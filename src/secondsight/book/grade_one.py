"""The program that runs a submission: it reads cells of code, and writes what became of checks.

It is a process of its own. Cells come as a file of JSON, pairs of the exercise that a cell checks,
or none, and its code; each check that has run adds a line of JSON to another file.
"""

import json
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def main(cells: Path, told: Path) -> None:
    """Run each cell, and go on after one that fails."""
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    for label, source in json.loads(cells.read_text(encoding="utf-8")):
        ran = shell.run_cell(source)  # type: ignore[no-untyped-call]
        if label:
            problem = ran.error_before_exec or ran.error_in_exec
            line = json.dumps([label, "" if problem is None else _sentence(problem)])
            with told.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")


def _sentence(problem: BaseException) -> str:
    """Return what a failed check says; what another error is called, too."""
    words = str(problem)
    if isinstance(problem, AssertionError) and words:
        return words
    return f"{type(problem).__name__}: {words}".rstrip(": ")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

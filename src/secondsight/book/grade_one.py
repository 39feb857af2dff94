"""The program that runs a submission: it reads cells of code, and writes what became of checks.

It is a process of its own. Cells come as JSON on standard input, pairs of the exercise that a cell
checks, or none, and its code; for each check that has run, a line of JSON goes to standard output.
"""

import json
import os
import sys

from IPython.core.interactiveshell import InteractiveShell


def main() -> None:
    """Run each cell, and go on after one that fails."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a submission prints
    shell = InteractiveShell.instance(history_load_length=0)  # type: ignore[no-untyped-call]
    shell.history_manager.enabled = False
    for label, source in json.load(sys.stdin):
        ran = shell.run_cell(source)
        if label:
            problem = ran.error_before_exec or ran.error_in_exec
            told.write(json.dumps([label, "" if problem is None else _sentence(problem)]) + "\n")
            told.flush()


def _sentence(problem: BaseException) -> str:
    """Return what a failed check says; what another error is called, too."""
    words = str(problem)
    if isinstance(problem, AssertionError) and words:
        return words
    return f"{type(problem).__name__}: {words}".rstrip(": ")


if __name__ == "__main__":
    main()

"""Where the commands print."""

import shutil
import sys
from pathlib import Path

from rich.console import Console

from secondsight import paths
from secondsight.errors import plain

out = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """Print a line as it is, however long."""
    out.print(line, soft_wrap=True, markup=False)


def program() -> str:
    """Return how this program is called, for a line to copy: with its folder, if it was called so.

    What is found on the PATH, or is no program of its own, goes by its name.
    """
    called = sys.argv[0]
    if Path(called).name != "secondsight" or called in {"secondsight", shutil.which("secondsight")}:
        return "secondsight"
    return paths.typed(Path(called).absolute())


def complain(line: str) -> None:
    """Print what is wrong, in one line."""
    errors.print(f"error: {plain(line)}", style="red", soft_wrap=True, markup=False)

"""Where the commands print."""

from rich.console import Console

from secondsight.errors import plain

out = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """Print a line as it is, however long."""
    out.print(line, soft_wrap=True, markup=False)


def complain(line: str) -> None:
    """Print what is wrong, in one line."""
    errors.print(f"error: {plain(line)}", style="red", soft_wrap=True, markup=False)

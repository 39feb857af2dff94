"""The command line: a thin shell over the package."""

from secondsight.cli.main import main

__all__ = ["main"]

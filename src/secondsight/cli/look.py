"""The commands that write what the page of galaxies to look at loads; the workflow calls them."""

from pathlib import Path
from typing import Annotated

import typer

from secondsight.book.beside import models_named
from secondsight.book.look import write_look
from secondsight.book.look_sheets import PICTURES, write_sheets
from secondsight.cli.shell import say
from secondsight.errors import ParameterError

Folder = Annotated[Path, typer.Argument(help="Where the files go.")]


def sheets(
    sky: Annotated[str, typer.Argument(help="A simulated data set.")], folder: Folder
) -> None:
    """Draw a sky's galaxies onto sheets."""
    if sky not in PICTURES:
        raise ParameterError(f"no sheets of {sky!r}; known: {', '.join(PICTURES)}")
    say(f"drawing galaxies of {sky}")
    write_sheets(sky, folder)


def look(
    folder: Folder, model: Annotated[str, typer.Option(help="Models as in a,b.")] = ""
) -> None:
    """Write galaxies, votes and answers as scripts."""
    say("writing galaxies, votes and answers")
    write_look(folder, models_named(model))

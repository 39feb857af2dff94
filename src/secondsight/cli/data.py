"""`secondsight data`: outside files."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from secondsight.cli.shell import errors, out
from secondsight.datasets import sources
from secondsight.errors import SourceError
from secondsight.paths import shown

app = typer.Typer(no_args_is_help=True)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; all if none is named.")
    ] = None,
) -> None:
    """Download outside files that are not here yet, and verify each by its SHA-256."""
    failed = 0
    for name in names or sources.catalogue():
        try:
            place = shown(sources.fetch(name, progress=out.is_terminal))
            out.print(f"{name}: {place}", soft_wrap=True, markup=False)
        except SourceError as error:
            failed += 1
            errors.print(f"error: {error}", style="red", soft_wrap=True, markup=False)
    if failed:
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """Say which outside files are here, and where."""
    table = Table(Column("name", no_wrap=True), Column("here", overflow="fold"), "size")
    for name, source in sources.catalogue().items():
        table.add_row(name, _place(name), f"{source.bytes / 1e6:.2f} MB")
    out.print(table)


def _place(name: str) -> str:
    try:
        found = sources.find(name)
    except SourceError:
        return "[red]another file stands in its place[/]"
    return escape(shown(found)) if found else "[dim]no[/]"

"""The program `secondsight`, its groups of commands, and how errors are shown.

A command's module, and what it needs in turn, is loaded when that command is called: the workflow
calls the program for each chapter and page.
"""

import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from typer.core import TyperGroup

from secondsight import paths
from secondsight.cli import shell
from secondsight.cli.shell import errors, out, say
from secondsight.errors import ParameterError, SecondSightError

COMMANDS = {
    "data": "data:app",
    "responses": "responses:app",
    "serve": "serve:serve",
    "compare": "compare:compare",
    "beside": "compare:beside",
    "models": "compare:models",
    "quote": "record:quote",
    "record": "record:record",
    "lacking": "record:lacking",
    "votes": "votes:votes",
    "ask": "ask:ask",
    "exercises": "exercises:app",
    "look": "look:look",
    "sheets": "look:sheets",
}
"""From the name of a command, or of a group of them, to where it stands in this room."""
HIDDEN = {"beside", "models", "look", "sheets"}
"""Commands that the workflow calls."""

INTERRUPTED = 130
"""Typer's exit code after Ctrl-C."""

PAGES = {
    "ledger": "pages:ledger",
    "summary": "pages:summary",
    "findings": "pages:findings",
    "standing": "standing:standing",
    "in_a_line": "standing:in_a_line",
}
"""From results to Markdown, in the room `book`."""
BARE = {
    "sources": "pages:source_table",
    "times": "pages:times",
    "portrait": "portrait:portrait",
    "scale": "scale:scale",
    "image_filters": "galaxy_image:filters",
    "image_choices": "galaxy_image:choices",
    "image_nights": "galaxy_image:nights",
    "shape_examples": "printed_galaxies:examples",
    "printed_galaxies": "printed_galaxies:galaxies",
    "printed_key": "printed_galaxies:key",
    "class_key": "class_round:key",
}
"""Pages that no result is needed for."""
CHECKS = {
    "dataset": "book.another_model:placed",
    "model": "book.another_model:check_model",
    "prompt": "cli.ask:placed",
}
"""What looks at a chapter's parameter before the chapter is run."""


class Commands(TyperGroup):
    """The commands of this module, and those of others, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of this name."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command = resolve_name(f"secondsight.cli.{COMMANDS[cmd_name]}")
        if isinstance(command, typer.Typer):
            return typer.main.get_group(command)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(cmd_name, hidden=cmd_name in HIDDEN)(command)
        return typer.main.get_command(alone)


app = typer.Typer(
    cls=Commands,
    help="Second Sight: a second look at how vision-language models see galaxies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    chapter: Annotated[str, typer.Argument(help="A notebook's name, such as 01_zero_shot_lsbg.")],
    output: Annotated[Path, typer.Argument(help="Where the executed notebook goes.")],
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="NAME=VALUE, as often as needed.")
    ] = None,
) -> None:
    """Execute one chapter with papermill."""
    from secondsight.book.execute import run_chapter

    given = dict(map(_pair, parameter or []))
    checked = {name: _checked(name, value) for name, value in given.items()}
    say(f"running {chapter}")
    run_chapter(chapter, output, checked)


@app.command()
def claims(
    paper: Annotated[str | None, typer.Option(help="Only this paper's claims.")] = None,
) -> None:
    """List each published claim, its value here and the verdict."""
    from secondsight.book.claims import carries, tally, verdicts
    from secondsight.book.claims import claims as all_claims
    from secondsight.book.results import read_results
    from secondsight.datasets.published import published

    if paper is not None and paper not in published().paper:
        known = ", ".join(published().paper)
        raise ParameterError(f"no paper named {paper!r}; known: {known}")
    results = read_results()
    for claim in all_claims():
        if paper in (None, claim.paper):
            judged = verdicts(claim, results)
            verdict = "; ".join(filter(None, [tally(judged), carries(judged)]))
            where = escape(f"({claim.paper}, {claim.where}): {verdict}")
            out.print(f"[bold]{claim.id}[/] {where}", soft_wrap=True)
            say(f"  {claim.statement}")
            for each in judged:
                line = f"{each.on}: {each.result.text}, {each.result.origin}: {each.verdict}"
                say(f"  - {line} {each.why}".rstrip())
            if claim.untestable:
                say(f"  - {claim.untestable}")


@app.command()
def page(
    outputs: Annotated[
        list[Path], typer.Argument(help="Where its Markdown goes, such as in/this/ledger.md.")
    ],
) -> None:
    """Write computed parts of the book's pages, each into a file of its name."""
    known = [*PAGES, *BARE]
    for name in (output.stem for output in outputs):
        if name not in known:
            raise ParameterError(f"no page named {name!r}; known: {', '.join(known)}")
    from secondsight.book.results import read_results

    for output in outputs:
        write = resolve_name(f"secondsight.book.{(PAGES | BARE)[output.stem]}")
        text = write() if output.stem in BARE else write(read_results())
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")


@app.command()
def reference(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.")],
) -> None:
    """Write the pages that list what the package offers, made from its docstrings."""
    from secondsight.book.reference import write_reference

    write_reference(folder)


@app.command(hidden=True)
def card(path: Annotated[Path, typer.Argument(help="Where the PNG goes.")]) -> None:
    """Draw the picture that stands for the book where its link is shared."""
    from secondsight.book.portrait import write_card

    write_card(path)


@app.command(hidden=True)
def deposit(html: Annotated[Path, typer.Argument(help="The folder of the built book.")]) -> None:
    """Describe the built book for archives: CodeMeta and RO-Crate."""
    from secondsight.book.deposit import write_deposit

    write_deposit(html)


@app.command(hidden=True)
def pdf(
    html: Annotated[Path, typer.Argument(help="The folder of the built book.")],
    output: Annotated[Path, typer.Argument(help="Where the PDF goes.")],
) -> None:
    """Print the built book as one PDF, and what is handed out; says so where no Chromium is."""
    from secondsight.book import printed  # what it needs is not part of the default install

    browser = printed.find_browser()
    if browser is None:
        say("no PDF was made: it takes Chromium, which is not installed")
        return
    printed.write_pdf(html, output, browser)
    say(f"the book as a PDF: {output}")
    handouts = printed.write_handouts(html, browser)
    say(f"worksheets and slides, each as a PDF: {len(handouts)} in {html / 'book'}")


@app.command()
def derive(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Tables; if none is named, all that are made from files alone."),
    ] = None,
) -> None:
    """Make the tables in data/derived anew from their sources."""
    from secondsight.datasets import derived

    for name in names or [name for name, made in derived.DERIVATIONS.items() if not made.needs]:
        if not names and not derived.DERIVATIONS[name].is_installed:
            out.print(f"left {name} as it is: it needs the extra {derived.DERIVATIONS[name].extra}")
            continue
        path = paths.DERIVED / f"{name}.csv"
        path.write_text(derived.as_text(derived.derive(name)), encoding="utf-8")
        say(f"wrote {paths.shown(path)}")


def _checked(name: str, value: object) -> object:
    """Return a chapter's parameter, with what it names looked for from here or checked."""
    if name not in CHECKS or not isinstance(value, str):
        return value
    return resolve_name(f"secondsight.{CHECKS[name]}")(value)


def _pair(text: str) -> tuple[str, object]:
    """Return NAME=VALUE as a pair; a value that is JSON is what it says, else text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterError(f"-p takes NAME=VALUE, not {text!r}")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value


def main() -> None:
    """Run the program; a user's mistake is one line and exit code 1."""
    try:
        app()
    except SecondSightError as error:
        shell.complain(str(error))
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            errors.print("stopped; what was recorded is kept: the same command goes on from there")
        raise

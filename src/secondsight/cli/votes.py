"""`secondsight votes`: from a classification export of Zooniverse to a table of votes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from secondsight import paths
from secondsight.cli.shell import say
from secondsight.datasets.tally import Tally, by_answer, named, yes_or_no
from secondsight.datasets.vote_counts import counts_by_code
from secondsight.datasets.votes import Wanted, read_export, subject_names
from secondsight.errors import DataError, ParameterError
from secondsight.inference.disk import writing
from secondsight.inference.prompt import load_prompt

DWARF_VOTES = "dwarf_votes"
WAY_OUT = {"repeated": "a volunteer's further votes on one subject; --repeats all counts them"}
"""What more is said of those that are left out."""


def votes(
    export: Annotated[Path, typer.Argument(help="A classification export, CSV or CSV.gz.")],
    yes: Annotated[
        str, typer.Option(help="The answers that mean yes, as 'Yes|Maybe'; if none, all are kept.")
    ] = "",
    no: Annotated[
        str, typer.Option(help="The answers that mean no; every other one if not given.")
    ] = "",
    column: Annotated[
        str, typer.Option(help="With --yes: the head of its counts; dwarf_votes if none.")
    ] = "",
    prompt: Annotated[
        str, typer.Option(help="The question that a model is asked: the columns are held to it.")
    ] = "",
    task: Annotated[str, typer.Option(help="Whose answers are counted.")] = "T0",
    repeats: Annotated[
        str, typer.Option(help="Of a volunteer's votes on a subject: first or all.")
    ] = "first",
    subject: Annotated[
        str, typer.Option(help="The subjects' field that names the image; their number if none.")
    ] = "",
    workflow: Annotated[int | None, typer.Option(help="Its number, if there are several.")] = None,
    version: Annotated[str | None, typer.Option(help="Only this version: 12.34, or 12.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The table; votes.csv, without --yes answers.csv."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a table.")] = False,
) -> None:
    """Count a Zooniverse project's votes: the votes.csv of a folder of images."""
    for option, value in (("--no", no), ("--column", column)):
        if value and not yes:
            raise ParameterError(f"{option} needs --yes beside it")
    if column in {"image_id", "total_votes"}:
        raise ParameterError(f"--column takes a name of its own, such as spiral_votes: {column!r}")
    read = read_export(export, Wanted(workflow, version, task, _repeats(repeats)))
    if read.table.empty:
        why = "; ".join(_left_out(read.left_out)) or "it has no rows"
        raise DataError(f"{paths.shown(export)} holds no votes to count: {why}")
    tally = yes_or_no(read, _answers(yes), _answers(no)) if yes else by_answer(read)
    if subject:
        tally = named(tally, subject_names(export, subject))
    table = tally.table.rename(columns={DWARF_VOTES: column or DWARF_VOTES})
    output = output or Path("votes.csv" if yes else "answers.csv")
    if output.exists() and not force:
        raise ParameterError(
            f"{paths.shown(output)} is there already: choose another name with -o, or --force"
        )
    if prompt:
        counts_by_code(table.astype(str), load_prompt(prompt).categories, output)
    with writing(output):
        output.write_text(table.to_csv(index=False), encoding="utf-8")
    say(f"wrote {paths.shown(output)}: {_in_words(tally)}; task {task}")
    for line in _left_out(tally.left_out):
        say(f"left out: {line}")
    for note in tally.notes:
        say(f"note: {note}")


def _repeats(text: str) -> Literal["first", "all"]:
    if text == "first":
        return "first"
    if text == "all":
        return "all"
    raise ParameterError(f"--repeats takes first or all, not {text!r}")


def _answers(text: str) -> list[str]:
    return [answer for answer in text.split("|") if answer]


def _in_words(tally: Tally) -> str:
    counts = tally.table.sum(numeric_only=True)
    words = f"{len(tally.table):,} images, {counts['total_votes']:,} votes"
    return f"{words}, {counts[DWARF_VOTES]:,} of them yes" if DWARF_VOTES in counts else words


def _left_out(counts: Mapping[str, int]) -> list[str]:
    ways = {why: f" ({WAY_OUT[why]})" if why in WAY_OUT else "" for why in counts}
    return [f"{n:,} classification{'s' * (n > 1)} {why}{ways[why]}" for why, n in counts.items()]

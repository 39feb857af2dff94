"""The commands for exercises: hand them out, and grade what comes back."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from secondsight import paths
from secondsight.cli.shell import say
from secondsight.errors import DataError

app = typer.Typer(
    help="Hand out notebooks of exercises, and grade what comes back.", no_args_is_help=True
)


@app.command()
def student(
    folder: Annotated[Path, typer.Argument(help="Where the notebooks go.")],
) -> None:
    """Write the notebooks of exercises without their solutions."""
    from secondsight.book.exercises import write_student_versions

    for path in write_student_versions(folder):
        say(f"wrote {paths.typed(path)}")


@app.command()
def grade(
    folder: Annotated[Path, typer.Argument(help="Of submissions; folders in it are looked into.")],
    output: Annotated[Path, typer.Option(help="The table that is written.")] = Path("grades.csv"),
    seconds: Annotated[float, typer.Option(help="How long one submission may run.", min=1)] = 300,
) -> None:
    """Run each submission and write a table: who, exercise, result, why.

    A submission is a program: it runs on this machine and may do what you may.
    """
    from secondsight.book import grading

    if output.exists():
        raise DataError(f"{output} is there already: name another with --output, or remove it")
    grades: list[grading.Grade] = []
    given = grading.submissions(folder)
    grading.write_grades(grades, output)  # a place that can't be written is known at once
    for who, path in given.items():
        own = grading.grade(who, path, seconds)
        counted = Counter(each.result for each in own)
        say(f"{who}: " + ", ".join(f"{count} {result}" for result, count in counted.items()))
        grades += own
        grading.write_grades(grades, output)  # what is graded is kept if this is interrupted
    say(f"wrote {paths.typed(output)}")

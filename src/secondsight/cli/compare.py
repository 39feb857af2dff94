"""`secondsight compare`: recordings side by side on the same galaxies."""

from pathlib import Path
from typing import Annotated

import typer

from secondsight import paths
from secondsight.book.beside import models_named, results_of, run_beside
from secondsight.book.compared_text import text_of, with_letters
from secondsight.book.models_page import models_page
from secondsight.book.results import read_results
from secondsight.cli.shell import say
from secondsight.errors import ParameterError, plain
from secondsight.inference.recorder import recorded_as
from secondsight.inference.recording_plan import read_plan
from secondsight.papers.compared import compared
from secondsight.papers.read_answers import read_answers


def compare(
    recordings: Annotated[
        list[str] | None, typer.Argument(help="As `secondsight responses list` names them.")
    ] = None,
    dataset: Annotated[str, typer.Option(help="Instead of names: which images.")] = "",
    model: Annotated[str, typer.Option(help="With --dataset: models, as in a,b.")] = "",
    prompt: Annotated[str, typer.Option(help="With --dataset: prompts, as in p,q.")] = "",
    images: Annotated[
        Path | None, typer.Option(help="A folder of images whose labels.csv knows the truth.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="A file for every galaxy that changed side.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="How many of these are listed here.")] = 10,
    folder: Annotated[Path, typer.Option(help="Where the recordings are.")] = paths.RECORDINGS,
) -> None:
    """Compare models or prompts on the galaxies that all of them answered."""
    names = [*(recordings or []), *_named(dataset, model, prompt, folder)]
    if len(set(names)) < 2:
        raise ParameterError(
            "name two recordings or more, as `secondsight responses list` lists them, or say "
            "--dataset, and --model a,b or --prompt p,q"
        )
    comparison = compared([read_answers(name, folder, images) for name in names])
    say(plain(text_of(comparison, most)))
    if csv:
        with_letters(comparison.changed).to_csv(csv, index=False)
        say(f"wrote {paths.shown(csv)}")


def _named(dataset: str, model: str, prompt: str, folder: Path) -> list[str]:
    """Return the recordings of every model and prompt about a data set.

    A model of which nothing is recorded may be an import, which is named DATASET.MODEL.
    """
    if not dataset and not model and not prompt:
        return []
    if not dataset or not model or not prompt:
        raise ParameterError("say all three: --dataset, --model a,b and --prompt p,q")
    asked = [(p, m) for m in model.split(",") for p in prompt.split(",")]
    name = Path(dataset).name
    pairs = [(recorded_as(name, *each), recorded_as(name, each[1])) for each in asked]
    there = {path.stem for kind in ("*.parquet", "*.jsonl") for path in folder.rglob(kind)}
    chosen = [
        imported if imported in there and own not in there else own for own, imported in pairs
    ]
    return list(dict.fromkeys(chosen))


Models = Annotated[str, typer.Option(help="Models as in a,b: the first is the book's own.")]


def beside(
    chapter: Annotated[str, typer.Argument(help="A notebook's name.")],
    model: Annotated[str, typer.Argument(help="A model beside the book's first.")],
    dataset: Annotated[str, typer.Option(help="Other images.")] = "",
) -> None:
    """Run a chapter for a model beside the book's first."""
    say(f"running {chapter} for {model}")
    if not run_beside(chapter, model, dataset):
        say(f"{chapter}: answers of {model} are not recorded")


def models(
    output: Annotated[Path, typer.Argument(help="Where the page's Markdown goes.")],
    model: Models = "",
) -> None:
    """Write the page that lays models side by side."""
    first, *others = models_named(model) or [read_plan().model]
    columns = {first: read_results()} | {name: results_of(name) for name in others}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(models_page(columns), encoding="utf-8")

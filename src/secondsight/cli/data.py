"""`secondsight data`: outside files."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from secondsight import paths
from secondsight.cli.shell import complain, out, say
from secondsight.datasets import sources
from secondsight.datasets.manifest import read_manifest
from secondsight.errors import SourceError
from secondsight.paths import shown
from secondsight.simulate.cues import TABLE, measure_all, write_cues
from secondsight.simulate.manifest import differences
from secondsight.simulate.manifest import render as draw_all
from secondsight.simulate.skies import SKIES, find_sky
from secondsight.simulate.volunteers import CAMPAIGN, campaign, write_votes

CORES = os.cpu_count() or 1
Workers = Annotated[int, typer.Option(help="How many processes.")]

app = typer.Typer(
    name="data", help="Outside files: fetch them, see what is here.", no_args_is_help=True
)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; the small ones if none.")
    ] = None,
) -> None:
    """Download outside files that are not here yet, and verify each by its hash."""
    failed = 0
    wanted = [file for given in names or _small() for file in sources.files_of(given)]
    for name in wanted:
        try:
            place = shown(sources.fetch(name, progress=out.is_terminal))
            say(f"{name}: {place}")
            _print_doubt(name)
        except SourceError as error:
            failed += 1
            complain(str(error))
    if failed:
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """Say which outside files are here, and where."""
    paths.mirror()  # a mirror that is not there is said once, not for every file
    table = Table(Column("name", no_wrap=True), Column("here", overflow="fold"), "size")
    for name, files in sources.groups().items():
        table.add_row(name, _places(files), sources.size_of(files))
    out.print(table)
    for name in sources.catalogue():
        _print_doubt(name)


@app.command()
def render(
    names: Annotated[list[str], typer.Argument(help="Simulated data sets.")],
    workers: Workers = CORES,
) -> None:
    """Draw every image of simulated data sets and write their manifests; resumes."""
    for name in names:
        target = paths.MANIFESTS / f"{name}.parquet"
        scratch = paths.BUILD / "manifests" / f"{name}.csv"
        draw_all(name, target, scratch, workers=workers, progress=out.is_terminal)
        out.print(f"wrote {shown(target)}")


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Data sets; all if none.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many of each.")] = None,
    workers: Workers = CORES,
) -> None:
    """Draw simulated images anew and compare each with its manifest."""
    wrong = 0
    for name in names or SKIES:
        find_sky(name)  # says which there are, if there is none of this name
        manifest = read_manifest(name)
        some = manifest.sample(min(sample, len(manifest)), random_state=0) if sample else manifest
        differ = differences(name, some, workers=workers)
        wrong += len(differ)
        out.print(f"{name}: {len(some) - len(differ):,} of {len(some):,} images as recorded")
    if wrong:
        raise typer.Exit(1)


@app.command()
def votes(workers: Workers = CORES) -> None:
    """Measure what each sheet of the simulated campaign shows, and draw the votes on it anew."""
    cues = measure_all(find_sky("dwarfs").catalogue()["image_id"], workers)
    write_cues(cues)
    write_votes(campaign(cues))
    out.print(f"wrote {shown(TABLE)} and {shown(CAMPAIGN)}")


def _small() -> list[str]:
    """Return the small sources, and say which larger ones have to be named."""
    known = sources.catalogue()
    large = [name for name, source in known.items() if not source.is_small]
    if large:
        out.print(f"left out, since large; name them to fetch them: {', '.join(large)}")
    return [name for name in known if name not in large]


def _print_doubt(name: str) -> None:
    if doubt := sources.source(name).doubt:
        say(f"{name}: {doubt}")


def _places(files: list[sources.Source]) -> str:
    """Return where a file is, or where the first of a folder's is and how many are."""
    places = [_place(file.name) for file in files]
    absent = [place for place in places if place.startswith("[")]
    if len(files) == 1 or len(absent) == len(files):
        return places[0]
    if absent:
        return f"{len(files) - len(absent)} of {len(files)}"
    return escape(str(Path(shown(sources.require(files[0].name))).parent))


def _place(name: str) -> str:
    try:
        path = sources.find(name)
    except SourceError:
        return "[red]another file stands in its place[/]"
    return escape(shown(path)) if path else "[dim]no[/]"

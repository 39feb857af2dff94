"""`secondsight responses`: what was recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import pyarrow.compute as pc
import typer
from rich.markup import escape

from secondsight import paths
from secondsight.cli import sharing
from secondsight.cli.places import find, recordings_in
from secondsight.cli.shell import complain, out, say
from secondsight.datasets.origins import Origin
from secondsight.errors import RecordingError, plain, plain_line
from secondsight.inference.body import text_of
from secondsight.inference.cache import Cache
from secondsight.inference.client import Endpoint
from secondsight.inference.imported import import_aion_search, import_astrosight
from secondsight.inference.journal import is_written, read_journal, verify_journal
from secondsight.inference.publish import publish as publish_journal
from secondsight.inference.recording import NONE_CHOSEN, Sidecar, models_in, read_rows, read_sidecar
from secondsight.inference.recording import verify as complaints

app = typer.Typer(
    name="responses",
    help="Recorded responses: list, show, verify.",
    no_args_is_help=True,
)

app.command(name="import")(sharing.import_)
app.command()(sharing.export)
app.command()(sharing.merge)

Folder = Annotated[Path, typer.Option(help="The folder that holds the recordings.")]


@app.command(name="list")
def list_recordings(folder: Folder = paths.RECORDINGS) -> None:
    """List every recording and every journal; in a pipe a line each, with tabs."""
    listed = False
    for name, *about in _listed(folder):
        listed = True
        if out.is_terminal:
            say(f"{name}\n    {', '.join(filter(None, about))}")
        else:
            typer.echo("\t".join([name, *about]))  # rich would make spaces of the tabs
    if not listed:
        out.print("nothing is recorded here yet")


def _listed(folder: Path) -> Iterator[list[str]]:
    """Yield name, origin, models, responses, lookup and last day of each recording."""
    for path in recordings_in(folder):
        note = read_sidecar(path)
        when = f"{note.last_recorded:%Y-%m-%d}" if note.last_recorded else "day not known"
        models = plain_line(", ".join(note.models))
        origin = plain_line(note.origin)
        yield [plain_line(path.stem), origin, models, _responses(note.rows), note.lookup, when]
    for path in Cache(folder).journals():
        rows = read_journal(path)
        state = "being recorded" if is_written(path) else "not published"
        models = plain_line(", ".join(models_in(rows)))
        when = f"{pc.max(rows['recorded_at']).as_py():%Y-%m-%d}" if len(rows) else ""
        yield [plain_line(path.name), state, models, _responses(len(rows)), "request", when]


def _responses(count: int) -> str:
    return f"{count} response{'s' * (count != 1)}"


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A recording's name.")],
    image_id: Annotated[str | None, typer.Option(help="Only this image's responses.")] = None,
    most: Annotated[int, typer.Option(help="How many responses at most.")] = 5,
    folder: Folder = paths.RECORDINGS,
) -> None:
    """Show a recording's sidecar, or that it is a journal, and some of its responses."""
    path = find(name, folder, Cache(folder).journals())
    kept = read_journal(path) if path.suffix == ".jsonl" else None
    columns = ["image_id", "repeat", "request", "response"]
    rows = (read_rows(path, columns) if kept is None else kept.select(columns)).to_pylist()
    wanted = [row for row in rows if image_id in (None, row["image_id"])]
    if image_id is not None and not wanted:
        raise RecordingError(f"{name} holds no response about the image {image_id!r}")
    about: dict[str, object] = {"state": "a journal, not published"}
    if kept is None:
        about = read_sidecar(path).model_dump(exclude_none=True)
    else:
        about |= {"models": models_in(kept), "rows": len(kept)}
    for field, value in about.items():
        out.print(f"[bold]{field}[/]: {escape(plain(str(value)))}", soft_wrap=True)
    several = len({orjson.loads(row["request"]).get("model") for row in rows}) > 1
    for row in wanted[:most]:
        who = f" {orjson.loads(row['request'])['model']}" if several else ""
        say(plain(f"{row['image_id']} #{row['repeat']}{who}: {text_of(row['response'])}"))


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Recordings; all if none.")] = None,
    folder: Folder = paths.RECORDINGS,
) -> None:
    """Check every recording against its sidecar, and every line of each journal."""
    journals = [path for path in _journals(folder) if not names or path.stem in names]
    beside = {path.stem for path in journals}
    wanted = [name for name in names or [] if name not in beside]
    recordings = recordings_in(folder) if not names else [find(name, folder) for name in wanted]
    wrong = [line for path in recordings for line in complaints(path)]
    wrong += [line for path in journals for line in verify_journal(path)]
    for line in wrong:
        complain(line)
    if wrong:
        raise typer.Exit(1)
    good = "1 recording is what its sidecar says"
    if len(recordings) != 1:
        good = f"{len(recordings)} recordings are what their sidecars say"
    if journals:
        good += f", {len(journals)} journal{'s are' if len(journals) > 1 else ' is'} whole"
    out.print(good if recordings or journals else "nothing is recorded here yet")


@app.command()
def publish(
    name: Annotated[
        str, typer.Argument(help="The journal's name or path, without .jsonl.", metavar="JOURNAL")
    ],
    title: Annotated[str, typer.Option(help="What the recording is, in a line.")],
    dataset: Annotated[str, typer.Option(help="Which images were asked about.")],
    origin: Annotated[Origin, typer.Option(help="Whose answers these are.")],
    source: Annotated[str, typer.Option(help="Who recorded them, and with what.")],
    licence: Annotated[str, typer.Option(help="Under which licence they stand.")] = NONE_CHOSEN,
    recorded_by: Annotated[str | None, typer.Option("--by", help="Who recorded them.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Where was asked; its host is kept.")] = None,
) -> None:
    """Turn a journal into a recording: Parquet, and a text file that says what it is."""
    sidecar = Sidecar(
        title=title,
        about="Recorded through an OpenAI-compatible endpoint; each body is kept whole.",
        origin=origin,
        dataset=dataset,
        source=source,
        licence=licence,
        lookup="request",
        response_form="chat.completion",
        models=[],
        recorded_by=recorded_by,
        endpoint=Endpoint(base_url).host if base_url else None,
    )
    path = paths.RECORDINGS / f"{name}.parquet"
    measured = publish_journal(path, sidecar)
    out.print(f"wrote {paths.shown(path)}: {measured.rows:,} responses")


@app.command(name="import-astrosight")
def import_known(
    model: Annotated[str, typer.Argument(help="gpt-4o-mini or qwen-vl.")],
    folder: Annotated[Path, typer.Option(help="Where the recording goes.")] = paths.ELSEWHERE,
) -> None:
    """Bring AstroSight's released answers into the form of a recording."""
    out.print(f"wrote {paths.shown(import_astrosight(model, folder))}")


@app.command(name="import-aion-search")
def import_descriptions(
    folder: Annotated[Path, typer.Option(help="Where the recordings go.")] = paths.ELSEWHERE,
) -> None:
    """Bring AION-Search's released descriptions into the form of recordings."""
    for path in import_aion_search(folder):
        out.print(f"wrote {paths.shown(path)}")


def _journals(folder: Path) -> list[Path]:
    """Return what is being recorded, with what is kept aside and what is being asked again."""
    return sorted(path for kind in ("*.jsonl", "*.aside") for path in folder.rglob(kind))

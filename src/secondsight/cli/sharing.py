"""`secondsight responses import`, `export` and `merge`: recordings that come and go."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import pandas as pd
import typer

from secondsight import paths
from secondsight.cli.places import find
from secondsight.cli.shell import complain, say
from secondsight.datasets.registry import LOADERS, is_folder
from secondsight.datasets.tasks import TASKS, Task
from secondsight.errors import ParameterError
from secondsight.inference import export as folders
from secondsight.inference import merge as merging
from secondsight.inference.answer_files import read_answers, read_json, read_map
from secondsight.inference.imported import (
    From,
    belonging,
    check_form,
    import_answers,
    parse_imported,
    with_codes,
)
from secondsight.inference.inspect_logs import is_log, read_eval, read_log
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import recorded_as
from secondsight.inference.recording import write_recording
from secondsight.inference.secret_scan import ADDRESS, HOME
from secondsight.papers.read_answers import own_labels
from secondsight.paths import shown

CONFLICTS = 5
"""How many conflicts are shown."""
LETTERS = 60
"""Of a conflicting answer."""


class Keep(StrEnum):
    """Which of two answers to one request is kept."""

    FIRST = "first"
    LAST = "last"


class Allowed(StrEnum):
    """What may be in a recording that goes out."""

    ADDRESS = ADDRESS
    HOME = HOME


class Released(NamedTuple):
    """A file of answers, read."""

    table: pd.DataFrame
    model: str
    dataset: str
    unanswered: int


def import_(
    file: Annotated[Path, typer.Argument(help="JSON, JSONL, CSV or a log of inspect_ai.")],
    model: Annotated[str, typer.Option(help="Whose answers; a log says it itself.")] = "",
    dataset: Annotated[str, typer.Option(help="Which images; a log may say it itself.")] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="image_id=PLACE,text=PLACE[,label=…,parsed=…,repeat=…]"),
    ] = None,
    under: Annotated[str, typer.Option(help="Where in a JSON file the list of answers is.")] = "",
    task: Annotated[str, typer.Option(help="The task whose categories they name.")] = "",
    prompt: Annotated[str, typer.Option(help="Or the prompt in data/prompts that asks it.")] = "",
    title: Annotated[str, typer.Option(help="What the recording is, in a line.")] = "",
    source: Annotated[str, typer.Option(help="Where the answers come from.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence.")] = "none stated",
    recorded_by: Annotated[str | None, typer.Option("--by", help="Who recorded them.")] = None,
    name: Annotated[str, typer.Option(help="The recording's name; DATASET.MODEL if none.")] = "",
    folder: Annotated[Path, typer.Option(help="Where the recording goes.")] = paths.ELSEWHERE,
) -> None:
    """Bring anybody's recorded answers into the form of a recording."""
    asked = _task(task, prompt)
    released = _read(file, read_map(columns or []), under)
    model, dataset = _known(model or released.model, dataset or released.dataset)
    path = folder / f"{name or recorded_as(dataset, model)}.parquet"
    if path.exists():
        raise ParameterError(f"{shown(path)} is there already: delete it, or choose a --name")
    answers = check_form(released.table, shown(file))
    if asked is not None:
        answers = with_codes(answers, asked, shown(file))
    title = title or f"Answers of {model} about {dataset}"
    source = source or f"the file {file.name}"
    import_answers(answers, From(title, dataset, model, source, licence, recorded_by), path, asked)
    say(f"wrote {shown(path)}: {len(answers):,} answers{_read_as(answers, asked)}")
    if released.unanswered:
        say(f"left out: {released.unanswered:,} samples of the log hold no answer")
    _tell(answers, asked)
    for line in _beside_own_labels(answers, dataset):
        say(line)


def _known(model: str, dataset: str) -> tuple[str, str]:
    for option, value in (("--model", model), ("--dataset", dataset)):
        if not value:
            raise ParameterError(f"say with {option} whose answers these are, on which images")
    return model, dataset


def _task(task: str, prompt: str) -> Task | None:
    if task and prompt:
        raise ParameterError("--task and --prompt say the same: give one")
    if prompt:
        return load_prompt(prompt).categories
    if task and task not in TASKS:
        raise ParameterError(f"no task {task!r}; known: {', '.join(TASKS)}")
    return TASKS[task] if task else None


def _read(file: Path, fields: dict[str, str], under: str) -> Released:
    content = read_eval(file) if file.suffix == ".eval" else None
    if file.suffix == ".json":
        content = read_json(file)
    if is_log(content) or file.suffix == ".eval":
        log = read_log(content, fields, shown(file))
        return Released(log.table, log.model, log.dataset, log.unanswered)
    return Released(read_answers(file, fields, under), "", "", 0)


def _read_as(answers: pd.DataFrame, task: Task | None) -> str:
    """Return in words how many answers our parser reads, and how many are right."""
    if task is None:
        return ""
    read = parse_imported(answers, task)
    words = ", ".join(f"{n:,} {outcome}" for outcome, n in read["outcome"].value_counts().items())
    right, labelled = (read["answer"] == read["label"]).sum(), read["label"].notna().sum()
    return f" ({words}; {right:,} of {labelled:,} right)" if labelled else f" ({words})"


def _tell(answers: pd.DataFrame, task: Task | None) -> None:
    """Say loudly where answers seem not to belong to their images."""
    belongs = belonging(answers, task)
    for doubt in belongs.doubts:
        complain(f"IN DOUBT: {doubt}")
    if belongs.doubts:
        complain("build nothing on them before that is explained; the sidecar says so too")
    elif belongs.unchecked:
        say(f"not checked whether they belong to their images: {belongs.unchecked}")
    else:
        say("they belong to their images, as far as the labels tell")


def _beside_own_labels(answers: pd.DataFrame, dataset: str) -> Iterator[str]:
    """Yield what is to be known of the given labels beside those of the data set itself."""
    known = dict.fromkeys([*LOADERS, *TASKS])
    if dataset not in known and not is_folder(dataset):
        yield f"note: {dataset} is no data set of this book; known: {', '.join(known)}"
    labels = answers.drop_duplicates("image_id").set_index("image_id")["label"].dropna()
    own = own_labels(dataset).reindex(labels.index).dropna()
    wrong = int((labels[own.index] != own).sum())
    if wrong:
        yield (
            f"note: of {len(own):,} images {_have(wrong)} another label than {dataset} gives "
            f"{'it' if wrong == 1 else 'them'}; `secondsight compare` goes by {dataset}"
        )


def _have(count: int) -> str:
    return f"{count:,} {'has' if count == 1 else 'have'}"


def export(
    names: Annotated[list[str], typer.Argument(help="Recordings, by name or path.")],
    output: Annotated[Path, typer.Argument(help="A new folder.")],
    licence: Annotated[str | None, typer.Option(help="The licence that you choose.")] = None,
    recorded_by: Annotated[str | None, typer.Option("--by", help="Who recorded them.")] = None,
    inspect: Annotated[
        bool, typer.Option("--inspect", help="Logs for inspect_ai's viewer beside them.")
    ] = False,
    allow: Annotated[
        list[Allowed] | None, typer.Option(help="What looks secret and may go out all the same.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="The folder that holds the recordings.")
    ] = paths.RECORDINGS,
) -> None:
    """Write recordings into a folder that an archive such as Zenodo takes as it is."""
    share = folders.Share(licence, recorded_by, [each.value for each in allow or []], inspect)
    recordings = [find(name, folder) for name in names]
    for path in folders.export(recordings, output, share):
        say(f"wrote {shown(path)}")


def merge(
    names: Annotated[list[str], typer.Argument(help="Recordings, by name or path.")],
    output: Annotated[str, typer.Option("-o", "--output", help="The name of what they become.")],
    keep: Annotated[
        Keep | None, typer.Option(help="Whose answer counts where two recordings differ.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="The folder that holds the recordings.")
    ] = paths.RECORDINGS,
) -> None:
    """Put several recordings together; where two contradict each other nothing is written."""
    if len(names) < 2:
        raise ParameterError("name two recordings or more")
    recordings = [find(name, folder) for name in names]
    beside = recordings[0].parent
    path = (beside if beside.is_relative_to(folder) else folder) / f"{output}.parquet"
    if path.exists():
        raise ParameterError(f"{shown(path)} is there already: choose another name with -o")
    merged = merging.merge(recordings, keep.value if keep else "first")
    for conflict in merged.conflicts[:CONFLICTS]:
        say(f"  {conflict.image_id} #{conflict.repeat}: {_both(conflict)}")
    if merged.conflicts and keep is None:
        count = f"{len(merged.conflicts):,} requests have different answers"
        complain(f"{count}; nothing is written: say with --keep first or --keep last which counts")
        raise typer.Exit(1)
    written = write_recording(path, merged.rows, merged.sidecar)
    kept = f"; of {len(merged.conflicts):,} conflicts the {keep} is kept" * bool(merged.conflicts)
    say(f"wrote {shown(path)}: {written.rows:,} answers{kept}")


def _both(conflict: merging.Conflict) -> str:
    return f"{conflict.first[:LETTERS]!r} and {conflict.last[:LETTERS]!r}"

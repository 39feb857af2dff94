"""Other people's recorded answers, brought into the form of a recording.

Their images are mostly absent, so what was asked can't be keyed by the image's bytes: such a
recording is looked up by image id, and its sidecar says so. The form in between is a table with
one row an answer:

- `image_id`: the image's id in its data set; one row an id and repeat
- `text`: the model's raw text, unchanged
- `label`: the true category's code, as released with the answers; may be missing
- `parsed`: the code that its authors took the text to say; may be missing
- `repeat`: which of identical requests it answers, from 0 on; 0 if the column is absent

together with the data set, the model, and where it comes from (`From`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pandas as pd
import pyarrow as pa
import rfc8785

from secondsight.datasets import sources
from secondsight.datasets.aion_search import NOT_ASKED, QUESTIONS, SOURCE, read_runs
from secondsight.datasets.tasks import Task
from secondsight.errors import DataError
from secondsight.inference.parse import Parser
from secondsight.inference.recording import Sidecar, write_recording
from secondsight.inference.request import key_of
from secondsight.inference.schema import ROWS
from secondsight.metrics.belonging import LEAST, doubts
from secondsight.paths import shown

FORM = ("image_id", "text", "label", "parsed")

ASTROSIGHT = {"gpt-4o-mini": "astrosight-gpt-4o-mini", "qwen-vl": "astrosight-qwen-vl"}
"""From a model's name here to the source that holds its answers."""


@dataclass(frozen=True)
class From:
    """Whose answers these are."""

    title: str
    dataset: str
    model: str
    source: str
    licence: str
    recorded_by: str | None = None


def read_astrosight(path: Path) -> pd.DataFrame:
    """Return the answers in one of AstroSight's JSON files, in the form above.

    The id of an image is its file's name without folder and ending.

    Raises DataError if the file is absent, or not of AstroSight's form.
    """
    try:
        rows = orjson.loads(path.read_bytes())["detailed_results"]
        ids = [Path(row["image_path"]).stem for row in rows]
        names = {"raw_response": "text", "true_label": "label", "predicted_label": "parsed"}
        columns = {ours: [row[theirs] for row in rows] for theirs, ours in names.items()}
        table = pd.DataFrame({"image_id": ids, **columns})
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing") from None
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(f"{shown(path)} is not of AstroSight's form: {error}") from None
    return check_form(table, shown(path))


def check_form(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the columns of `FORM`, or say what is wrong with the table called `name`.

    A column `repeat` is kept where there is one.

    Raises DataError if `image_id` or `text` is absent, an id is empty or stands twice for one
    repeat, or a repeat is no whole number from 0 on.
    """
    for column in ("image_id", "text"):
        if column not in table.columns:
            raise DataError(f"{name} has no column {column!r}")
        empty = table[column].isna()
        if column == "image_id":
            empty |= table[column].eq("")
        if empty.any():
            raise DataError(f"{name}: {column!r} is empty in row {int(empty.argmax())}")
    form = table.reindex(columns=list(FORM)).astype("string")
    if "repeat" in table.columns:
        numbers = table["repeat"].astype("string")
        wrong = ~numbers.str.fullmatch("[0-9]{1,9}").fillna(value=False)
        if wrong.any():
            raise DataError(f"{name}: 'repeat' is no whole number in row {int(wrong.argmax())}")
        form["repeat"] = numbers.astype(int)
    twice = form["image_id"][form.duplicated([*form.columns.intersection(["image_id", "repeat"])])]
    if len(twice):
        way_out = "" if "repeat" in form else "; if it was asked several times, say with repeat=…"
        raise DataError(f"{name} holds the image_id {twice.iloc[0]!r} twice{way_out}")
    return form


@dataclass(frozen=True)
class Belonging:
    """Whether answers belong to their images."""

    doubts: tuple[str, ...] = ()
    # why nothing can be said; empty if something can
    unchecked: str = ""

    @property
    def words(self) -> list[str]:
        """Both, a sentence each."""
        unchecked = f"Not checked whether they belong to their images: {self.unchecked}."
        return [f"In doubt: {doubt}." for doubt in self.doubts] + [unchecked] * bool(self.unchecked)


def import_answers(
    answers: pd.DataFrame, whose: From, path: Path, task: Task | None = None
) -> Sidecar:
    """Write `answers` (in the form above) as a recording at `path`, and return its sidecar.

    Where the answers do not seem to belong to their images, or nothing can be said about it, the
    sidecar says why. With a `task` they need not have been read for that.
    """
    repeats = [int(repeat) for repeat in answers.get("repeat", [0] * len(answers))]
    asked = zip(answers["image_id"], repeats, strict=True)
    requests = [_request(whose, image_id, repeat) for image_id, repeat in asked]
    columns = {
        "key": [key_of(request) for request in requests],
        "image_id": answers["image_id"],
        "repeat": repeats,
        "request": [request.decode() for request in requests],
        "response": answers["text"],
        "recorded_at": [None] * len(answers),
        "label": answers["label"],
        "parsed_elsewhere": answers["parsed"],
    }
    rows = pa.Table.from_pydict(columns, schema=ROWS)
    about = [
        "Answers that other people recorded and released. The images and the prompt are absent: "
        "a response is looked up by the image's id. The time of recording is not known.",
        *belonging(answers, task).words,
    ]
    sidecar = Sidecar(
        title=whose.title,
        about=" ".join(about),
        origin="recorded elsewhere",
        dataset=whose.dataset,
        source=whose.source,
        licence=whose.licence,
        lookup="image_id",
        response_form="text",
        models=[whose.model],
        recorded_by=whose.recorded_by,
    )
    return write_recording(path, rows, sidecar)


def belonging(answers: pd.DataFrame, task: Task | None = None) -> Belonging:
    """Return whether answers (in the form above) belong to their images, as far as labels tell.

    What nobody read is read by our parser, where the `task` is known.
    """
    if answers["label"].isna().all():
        return Belonging(unchecked="no labels came with them")
    if task is not None and answers["parsed"].isna().all():
        answers = answers.assign(parsed=parse_imported(answers, task)["answer"])
    known = answers.dropna(subset=["label", "parsed"])
    if known.empty:
        return Belonging(unchecked="nobody read a category in them, and no task is named")
    if len(known) < LEAST:
        return Belonging(unchecked=f"fewer than {LEAST} have a label and a reading")
    return Belonging(tuple(doubts(known["label"], known["parsed"])))


def with_codes(table: pd.DataFrame, task: Task, name: str) -> pd.DataFrame:
    """Return a table of the form above with categories' codes where it says names.

    Raises DataError, with the file's `name`, if a label is no category of the task.
    """
    codes = {
        name.casefold(): category.code
        for category in reversed(task.categories)
        for name in (*category.aliases, category.name, category.code)
    }
    read = {
        column: table[column].map(lambda text: codes.get(text.casefold()), na_action="ignore")
        for column in ("label", "parsed")
    }
    wrong = table["label"].notna() & read["label"].isna()
    if wrong.any():
        known = ", ".join(f"{code} ({name})" for code, name in task.name_of.items())
        label = table.loc[wrong, "label"].iloc[0]
        raise DataError(
            f"{name}: the label {label!r} is no category of {task.name}; known: {known}"
        )
    return table.assign(
        label=read["label"].astype("string"),
        parsed=read["parsed"].astype("string").fillna(table["parsed"]),
    )


def import_astrosight(model: str, folder: Path) -> Path:
    """Import AstroSight's answers of `model` into `folder`, fetching the file if it is absent.

    Raises DataError, SourceError if AstroSight has no such model, or the file is nowhere to be had.
    """
    if model not in ASTROSIGHT:
        raise DataError(f"AstroSight holds no model {model!r}; known: {', '.join(ASTROSIGHT)}")
    file = sources.source(ASTROSIGHT[model])
    answers = read_astrosight(sources.fetch(file.name, progress=True))
    path = folder / f"astrosight.{model}.parquet"
    whose = From(file.what, "galaxy-zoo-2", model, f"{file.citation}, {file.url}", file.licence)
    import_answers(answers, whose, path)
    return path


def import_aion_search(folder: Path) -> list[Path]:
    """Import AION-Search's descriptions into `folder`, a recording a configuration.

    What is absent is fetched. The pictures that were sent are not released, so an answer is bound
    to its galaxy's id. `label` and `parsed` hold the volunteers' and the judge's answers to the
    questions of the tree.

    Raises SourceError if a file is nowhere to be had, DataError if one is not of the form.
    """
    names = sources.files_of(SOURCE)
    runs = read_runs(*(sources.fetch(name, progress=True) for name in names))
    file, trees = sources.source(names[0]), runs.votes.groupby("galaxy")
    label = {galaxy: _tree(own["question"], own["answer"]) for galaxy, own in trees}
    paths = []
    for name, own in runs.answers.groupby("configuration"):
        codes = own[list(QUESTIONS.values())]
        table = pd.DataFrame(
            {
                "image_id": own["galaxy"],
                "repeat": own["repeat"],
                "text": own["text"],
                "label": own["galaxy"].map(label),
                "parsed": [_tree(codes.columns, row) for row in codes.to_numpy()],
            }
        )
        whose = From(
            f"{file.what}: {name}", "galaxy-zoo-decals", str(name), file.citation, file.licence
        )
        path = folder / f"{SOURCE}.{name}.parquet"
        import_answers(table, whose, path)
        paths.append(path)
    return paths


def _tree(questions: Iterable[str], answers: Iterable[str]) -> str:
    """Return the answers to the questions that were reached, in one line."""
    pairs = zip(questions, answers, strict=True)
    return "; ".join(f"{question}: {answer}" for question, answer in pairs if answer != NOT_ASKED)


def parse_imported(answers: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Return `answers` with what our parser takes each text to say: `answer` and `outcome`."""
    parse = Parser(task).parse
    parsed = [parse(text) for text in answers["text"]]
    return answers.assign(
        answer=pd.array([answer.label for answer in parsed], dtype="string"),
        outcome=[answer.outcome for answer in parsed],
    )


def _request(whose: From, image_id: str, repeat: int) -> bytes:
    known: dict[str, str | int] = {
        "dataset": whose.dataset,
        "image_id": image_id,
        "model": whose.model,
        "repeat": repeat,
    }
    return bytes(rfc8785.dumps(known))

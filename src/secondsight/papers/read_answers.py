"""Answers of a recording or a journal by its name, with the truth about them where it is known."""

from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import orjson
import pandas as pd
import pyarrow as pa

from secondsight import paths
from secondsight.datasets.folder import complaint, read_folder, strange_labels
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import TASKS, Task
from secondsight.errors import DataError, SecondSightError
from secondsight.inference.answers import answer_table
from secondsight.inference.ask import build_request
from secondsight.inference.imported import parse_imported
from secondsight.inference.journal import read_journal
from secondsight.inference.parse import ANSWERED, UNPARSEABLE
from secondsight.inference.prompt import KEPT_PROMPTS, readable_prompts
from secondsight.inference.recording import named, opened, sampling_of
from secondsight.inference.request import Text
from secondsight.papers.compared import Recorded

SHA256 = '"sha256":"'


def read_answers(
    name: str, folder: Path = paths.RECORDINGS, images: Path | None = None
) -> Recorded:
    """Return what a recording or a journal in `folder` or below it says, call by call.

    `images` is a folder of images whose `labels.csv` knows the truth, by code, name or alias as
    `ask` reads it; without it the answers' data set does, and only where that knows none, or is
    not on this machine, those who released them.

    A request is read as the prompt whose words it holds, in `data/prompts` or kept beside the
    recording by `ask`. Answers recorded elsewhere are read by the task of their data set; where
    that has none, as those who released them read them.

    Raises RecordingError if there is none of this name, DataError if nothing says what its answers
    may be, or no label of `images` is one of them.
    """
    held = [path for kind in ("*.parquet", "*.jsonl") for path in sorted(folder.rglob(kind))]
    own = _read(named(name, held, folder))
    if images is None:
        return own
    labels, truth = _labels_of(images, own.task)
    answers = own.answers.assign(label=own.answers["image_id"].map(labels))
    return replace(own, answers=answers, truth=truth)


def _labels_of(images: Path, task: Task | None) -> tuple["pd.Series[str]", str]:
    """Return a folder's labels as codes of a task, and in words where they come from.

    Raises a DataError if there are labels and none of them is a category.
    """
    held = read_folder(images, task)
    labels, strange = _by_image(held.dataset.table), strange_labels(held.bad)
    if strange and labels.empty:
        raise DataError(complaint(held.dataset.name, strange, task))
    truth = f"the labels of the folder {paths.shown(images)}"
    if strange:
        truth += f" ({len(strange):,} more fit{'s' * (len(strange) == 1)} no category)"
    return labels, truth


def _read(path: Path) -> Recorded:
    if path.suffix == ".jsonl":
        return _asked(path, path.stem.partition(".")[0], read_journal(path))
    recording = opened(path)
    dataset, rows = recording.sidecar.dataset, recording.rows()
    if recording.sidecar.lookup == "request":
        return _asked(path, dataset, rows)
    task, own = TASKS.get(dataset), own_labels(dataset)
    answers = _imported(path.stem, dataset, rows)
    if own.empty:
        return Recorded(path.stem, dataset, answers, f"what was released with {path.stem}", task)
    answers = answers.assign(label=answers["image_id"].map(own))
    return Recorded(path.stem, dataset, answers, _own_labels(dataset), task)


def _asked(path: Path, dataset: str, rows: pa.Table) -> Recorded:
    requests = rows["request"].to_pylist()
    task = _categories(path, requests)
    image_ids = rows["image_id"].to_pandas()
    answers = answer_table(
        rows,
        categories=task,
        image_ids=image_ids,
        repeats=rows["repeat"].to_pylist(),
        labels=image_ids.map(own_labels(dataset)).to_numpy(),
    )
    # The last image is the one in question; those before it are examples.
    pictures = [request.rpartition(SHA256)[2][:64] for request in requests]
    answers = answers.assign(picture=pictures, sampling=[sampling_of([r]) for r in requests])
    return Recorded(path.stem, dataset, answers, _own_labels(dataset), task)


def _categories(path: Path, requests: list[str]) -> Task:
    messages = orjson.loads(requests[-1])["messages"] if requests else [{"content": []}]
    texts = {part.get("text") for part in messages[-1]["content"]}
    beside = path.parent / KEPT_PROMPTS
    # Another prompt's mistake is nothing to this recording.
    for prompt in chain(readable_prompts(beside), readable_prompts()):
        question = build_request(prompt, "any").messages[-1].content
        if any(isinstance(part, Text) and part.text in texts for part in question):
            return prompt.categories
    raise DataError(
        f"{path.stem} asks in words that no prompt in {paths.shown(paths.PROMPTS)} has, nor in "
        f"{paths.shown(beside)}, so nothing says what its answers may be: put its prompt there"
    )


@cache
def own_labels(dataset: str) -> "pd.Series[str]":
    """Return a data set's labels by image; none if it is unknown or not on this machine."""
    try:
        return _by_image(load(dataset).table)
    except SecondSightError:
        return pd.Series(dtype="str")


def _own_labels(dataset: str) -> str:
    return f"the data set's own labels ({dataset})"


def _by_image(table: pd.DataFrame) -> "pd.Series[str]":
    return table.dropna(subset="label").set_index("image_id")["label"]


def _imported(name: str, dataset: str, rows: pa.Table) -> pd.DataFrame:
    table: pd.DataFrame
    columns = ["image_id", "repeat", "label", "parsed_elsewhere", "response"]
    table = rows.select(columns).to_pandas().rename(columns={"response": "text"})
    if dataset in TASKS:
        return parse_imported(table, TASKS[dataset]).assign(picture="", sampling="")
    read = table["parsed_elsewhere"]
    if read.isna().all():
        raise DataError(
            f"{name} holds texts about {dataset}, of which nothing says what they may answer; "
            f"known: {', '.join(TASKS)}"
        )
    outcome = read.notna().map({True: ANSWERED, False: UNPARSEABLE})
    return table.assign(answer=read, outcome=outcome, picture="", sampling="")

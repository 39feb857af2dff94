"""Answers of a model that was asked here, as the chapters show them: replayed or asked for now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from secondsight import paths
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.manifest import REPEATED
from secondsight.datasets.origins import Origin
from secondsight.datasets.registry import is_known, load
from secondsight.datasets.tasks import Task as Categories
from secondsight.dtypes import Pixels
from secondsight.errors import MissingResponses
from secondsight.inference.ask import ask
from secondsight.inference.modes import RecordMode
from secondsight.inference.prompt import load_prompt, readable_prompts
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.recording import read_sidecar
from secondsight.inference.recording_plan import Recording, first, is_own, read_plan, settings
from secondsight.metrics.agreement import mcnemar
from secondsight.metrics.confusion import Confusion, confusion_from_answers
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.metrics.scores import accuracy

IMAGES = 500
"""How many images a chapter asks about, as the papers did: the first ones of a data set."""
NOT_KNOWN = "not known"
NAMES = "-names"
"""What the name of a prompt's control ends with: the same question by the bare names alone."""

Row = tuple[str, Sequence[Pixels]]
"""A gallery's row: its name and its images."""


@dataclass(frozen=True)
class Task:
    """What one data set is asked."""

    dataset: str
    key: str  # what its numbers' names begin with
    title: str  # what a figure calls it


TASKS = (
    Task("lsbg", "lsbg", "LSBG or artifact"),
    Task("morphology", "morphology", "four shapes"),
    Task("radio", "radio", "FR I or FR II"),
)


def ask_all(model: str, record: RecordMode) -> Mapping[str | tuple[str, str], Confusion]:
    """Return the counts of each recording: by data set, and by (data set, "names").

    A recording that another model than the book's own lacks is left out: whoever asked it about
    other images need not ask about these too.

    Raises MissingResponses in mode ``"none"``, if a response of the book's own model is missing, or
    of another model some of every recording.
    """
    counted: dict[str | tuple[str, str], Confusion] = {}
    lacking: list[MissingResponses] = []
    for planned in read_plan().recording:
        key = (planned.dataset, "names") if planned.prompt.endswith(NAMES) else planned.dataset
        if planned.dataset != REPEATED:
            try:
                counted[key] = counts(planned, model, record)
            except MissingResponses as error:
                lacking.append(error)
    if lacking and (is_own(model) or not counted):
        raise lacking[0]
    return counted


def tasks_in(asked: Collection[str | tuple[str, str]]) -> list[Task]:
    """Return the tasks that were asked both with descriptions and by the bare names."""
    return [task for task in TASKS if {task.dataset, (task.dataset, "names")} <= set(asked)]


def counts(planned: Recording, model: str, record: RecordMode) -> Confusion:
    """Return how often each answer was given to each true category."""
    dataset = first(load(planned.dataset), planned)
    table = answers(dataset, planned.prompt, model, record)
    return confusion(table, load_prompt(planned.prompt).categories)


def answers(dataset: Dataset, prompt: str, model: str, record: RecordMode) -> pd.DataFrame:
    """Return a model's answers on a data set, asked as the book's recordings are.

    They are as `ask` gives them, in the order of the data set's table.

    Raises MissingResponses in mode ``"none"``, if a response is missing.
    """
    options = settings(_planned(dataset.name, prompt), read_plan().manner(model))
    return ask(dataset, prompt, model, options, Recorder(record, progress=False))


def _planned(dataset: str, prompt: str) -> Recording:
    """Return the recording of a data set and prompt, or a plain one where none is planned."""
    for planned in read_plan().recording:
        if (planned.dataset, planned.prompt) == (dataset, prompt):
            return planned
    return Recording(dataset=dataset, prompt=prompt, title="")


def is_default(model: str, dataset: str, prompt: str) -> bool:
    """Whether the book as it is published shows this: the prose names what came out of it."""
    planned = _planned(dataset, prompt)
    return is_own(model) and planned in read_plan().recording and planned.images is None


def recorded_part(dataset: Dataset) -> Dataset:
    """Return the images of a data set that the plan asks about in each of its recordings."""
    planned = [
        recording.images for recording in read_plan().recording if recording.dataset == dataset.name
    ]
    return dataset.head(min((most for most in planned if most is not None), default=len(dataset)))


def confusion(table: pd.DataFrame, task: Categories) -> Confusion:
    """Count answers by true category; what was not read has columns of its own."""
    answer = table["answer"].fillna(table["outcome"].astype(str))
    return confusion_from_answers(table["label"], answer, task.codes, task.name_of)


def control(
    described: pd.DataFrame, names: pd.DataFrame, task: Categories, level: float = LEVEL
) -> dict[str, Estimate | float]:
    """Return the numbers of a control: answers with descriptions, and by the bare names alone.

    Both tables are of answers about the same images, in the same order, as from `answers`.

    Keys are ``here_accuracy`` with descriptions and ``here_names_accuracy`` without; what the most
    frequent category would get (``here_constant``); the lead of the descriptions and its p value;
    and how many of the described answers were not read (``here_unread``).
    """
    counted = confusion(described, task)
    right, right_by_names = (table["answer"] == table["label"] for table in (described, names))
    test = mcnemar(right, right_by_names, level)
    return {
        "here_accuracy": accuracy(counted, level),
        "here_names_accuracy": accuracy(confusion(names, task), level),
        "here_constant": most_frequent(counted, level),
        "here_lead": test.difference,
        "here_lead_p": test.p_value,
        "here_unread": int(described["answer"].isna().sum()),
    }


def bare_dwarfs(model: str, record: RecordMode, level: float = LEVEL) -> Estimate | None:
    """Return how often a candidate gets one class by the bare names and with descriptions.

    With descriptions it was asked several times; the class is what most of these answers say.
    None if a model other than the book's own was not asked both.
    """
    candidates = recorded_part(load(REPEATED))
    try:
        described = answers(candidates, "dwarf-1", model, record)
        names = answers(candidates, f"dwarf-1{NAMES}", model, record)
    except MissingResponses:
        if is_own(model):
            raise
        return None
    called = (described["answer"] == "1").groupby(described["image_id"]).mean() > 0.5
    alike = (names["answer"] == "1") == names["image_id"].map(called)
    return proportion(int(alike.sum()), len(alike), level)


def most_frequent(counted: Confusion, level: float = LEVEL) -> Estimate:
    """Return the accuracy of an answer that is always the most frequent category."""
    return proportion(int(counted.counts.sum(axis=1).max()), counted.n, level)


def verbatim(table: pd.DataFrame, task: Categories, most: int = 3) -> pd.DataFrame:
    """Return the first answers as they came, with what was read in them.

    Columns `image`, `true category`, `answer, verbatim` and `read as` (str).
    """
    shown = table.head(most)
    read = shown["answer"].map(task.name_of).fillna(shown["outcome"].astype(str))
    return pd.DataFrame(
        {
            "image": shown["image_id"],
            "true category": shown["label"].map(task.name_of).fillna(NOT_KNOWN),
            "answer, verbatim": shown["text"].fillna(""),
            "read as": read,
        }
    ).reset_index(drop=True)


def first_images(name: str) -> Dataset:
    """Return the images of a data set that a chapter asks about."""
    return recorded_part(load(name)).head(IMAGES)


def prompts_of(task: Categories) -> list[str]:
    """Return the names of the prompts in `data/prompts` that describe a task's categories."""
    return [name for name in all_prompts_of(task) if not name.endswith(NAMES)]


def all_prompts_of(task: Categories) -> list[str]:
    """Return the names of the prompts in `data/prompts` that ask for a task's categories."""
    return [prompt.name for prompt in readable_prompts() if prompt.task == task.name]


def sure_prompts_of(task: Categories) -> list[str]:
    """Return the names of those that describe its categories and ask for a confidence."""
    return [name for name in prompts_of(task) if load_prompt(name).confidence]


def origin_of(dataset: Dataset) -> Origin:
    """Return the origin of answers that were asked for here about a data set."""
    return Origin(f"recorded here, {dataset.origin}")


def whose_images(dataset: Dataset, model: str) -> str:
    """Return in a sentence or two whose images a data set holds, for a reader."""
    if origin_of(dataset) is Origin.SIMULATED_SKY:
        theirs = "the papers' models" if is_own(model) else "what the papers found on it"
        return (
            f"The images of the data set {dataset.name} are simulated by this project. Nothing "
            f"found on them is evidence about the real sky, or about {theirs}."
        )
    if not is_known(dataset.name):
        return (
            f"The images are those of the folder {dataset.name} on this machine, which are taken "
            "to be real sky, and to show what the prompt speaks of."
        )
    return (
        f"The images of the data set {dataset.name} are real sky, read from files on this machine "
        "that are not ours to ship."
    )


def examples(dataset: Dataset, task: Categories, most: int = 5) -> list[Row]:
    """Return the first images of each category, at most `most`, as rows of a gallery."""
    labels = dataset.table["label"]
    rows = [(c.name, _pictures(dataset, labels == c.code, most)) for c in task.categories]
    return [row for row in rows if row[1]]


def swapped(
    dataset: Dataset, table: pd.DataFrame, task: Categories, pair: tuple[int, int], most: int = 5
) -> list[Row]:
    """Return images that were confused within a pair of categories, as rows of a gallery.

    The answers of `table` are in the order of the data set; `pair` are the places of two categories
    in the task. A row shows `most` images at most; one without any is left out.
    """
    first, second = (task.categories[place] for place in pair)
    rows = []
    for true, called in ((first, second), (second, first)):
        wrong = (table["label"] == true.code) & (table["answer"] == called.code)
        rows.append((f"{true.name}, called {called.name}", _pictures(dataset, wrong, most)))
    return [row for row in rows if row[1]]


def _pictures(dataset: Dataset, wanted: "pd.Series[bool]", most: int) -> list[Pixels]:
    """Return the first images of the rows that are wanted."""
    ids = dataset.table["image_id"].to_numpy(str)[wanted.to_numpy(bool)]
    return [dataset.pixels(image_id) for image_id in ids[:most]]


def answers_line(dataset: Dataset, prompt: str, model: str) -> str:
    """Return whose answers these are and where from: file, hash and days, for a provenance line."""
    whose = f"answers of {model} to {prompt} on {dataset.name} ({dataset.origin})"
    path = paths.RECORDINGS / f"{recorded_as(dataset.name, prompt, model)}.parquet"
    if not path.exists():
        return f"{whose}, in {paths.shown(paths.RECORDINGS)}, not published"
    beside = read_sidecar(path)
    more = ", and its journal" if path.with_suffix(".jsonl").exists() else ""
    ends = (beside.first_recorded, beside.last_recorded)
    days = " to ".join(dict.fromkeys(f"{end:%Y-%m-%d}" for end in ends if end is not None))
    return f"{whose}: {paths.shown(path)} (SHA-256 {beside.sha256[:12]}), recorded {days}{more}"


def files_line(model: str) -> str:
    """Return where the answers come from, for a provenance line."""
    folder = paths.shown(paths.RECORDINGS)
    return f"recordings of {model} in {folder}, made by `make record` over HTTP"

"""The recorded answers of the small local model, task by task, for its chapter."""

from collections.abc import Mapping
from dataclasses import dataclass

from secondsight import paths
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import TASKS as CATEGORIES
from secondsight.inference.ask import RecordMode, ask
from secondsight.inference.prompt import load_prompt
from secondsight.metrics.confusion import Confusion, confusion_from_answers
from secondsight.record import Recording, read_plan, settings


@dataclass(frozen=True)
class Task:
    """What one data set is asked.

    Attributes
    ----------
    dataset, key, title : str
        The data set's name, what its numbers' names begin with, and what a figure calls it.
    """

    dataset: str
    key: str
    title: str


TASKS = (
    Task("lsbg", "lsbg", "LSBG or artifact"),
    Task("morphology", "morphology", "four shapes"),
    Task("radio", "radio", "FR I or FR II"),
)


def ask_all(model: str, record: RecordMode) -> Mapping[str | tuple[str, str], Confusion]:
    """Return the counts of each recording: by data set, and by (data set, "names").

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response is missing.
    """
    found: dict[str | tuple[str, str], Confusion] = {}
    for planned in read_plan().recording:
        key = (planned.dataset, "names") if planned.prompt.endswith("-names") else planned.dataset
        if planned.dataset != "dwarfs-repeated":
            found[key] = counts(planned, model, record)
    return found


def counts(planned: Recording, model: str, record: RecordMode) -> Confusion:
    """Return how often each answer was given to each true category."""
    table = ask(
        load(planned.dataset),
        planned.prompt,
        model,
        record=record,
        progress=False,
        **settings(planned),  # type: ignore[arg-type]
    )
    task = CATEGORIES[load_prompt(planned.prompt).task]
    answer = table["answer"].fillna(table["outcome"].astype(str))
    return confusion_from_answers(table["label"], answer, task.codes, task.name_of)


def files_line(model: str) -> str:
    """Return where the answers come from, for a provenance line."""
    folder = paths.shown(paths.RECORDINGS)
    return f"recordings of {model} in {folder}, made by `make record` over HTTP"

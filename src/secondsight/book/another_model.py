"""The same book for another model or other images: which chapters change, and what they lack."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from secondsight import paths
from secondsight.book.execute import parameters_of
from secondsight.datasets.campaign_folder import is_campaign
from secondsight.datasets.registry import is_folder, load
from secondsight.errors import MissingResponses, ParameterError
from secondsight.inference.ask import make_plan
from secondsight.inference.cache import Cache
from secondsight.inference.cost import Quote, quote
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import absent_places
from secondsight.inference.recording_plan import Plan, Recording, first, is_own, read_plan, settings
from secondsight.papers.replayed import IMAGES

INSTEAD = {"lsbg": ("lsbg-real",), "morphology": ("galaxy-mnist",)}
"""Which data sets may stand for a recording's own."""
LONGEST = 200
MODEL_NAME = re.compile(rf"(?!-)[A-Za-z0-9._:/@+-]{{1,{LONGEST}}}")
"""Such as ``openai/gpt-5-mini``, ``ft:gpt-4o-mini:org::id`` or ``org/model@main``."""

KEY = ", with the key in OPENAI_API_KEY if the endpoint wants one"


@dataclass(frozen=True)
class Missing:
    """Responses of one recording that are not there."""

    recording: Recording
    quote: Quote

    def __str__(self) -> str:
        asked = self.recording
        return f"  {asked.dataset}, {asked.prompt}, {asked.repeats}x: {self.quote}"


def plan_for(model: str = "", dataset: str = "") -> Plan:
    """Return the book's plan of recordings for another model, or with other images.

    Conversations are about neither: they stay in the plan only where nothing else changes.

    Raises a ParameterError if no recording can be made of that data set, or the model's name can be
    none.
    """
    model, dataset = check_model(model), placed(dataset)
    plan = read_plan()
    recordings = [_with_dataset(recording, dataset) for recording in plan.recording]
    if dataset and recordings == list(plan.recording) and not _asked(plan, dataset):
        known = sorted({name for names in INSTEAD.values() for name in names})
        raise ParameterError(
            f"no chapter takes the data set {dataset!r}; known: {', '.join(known)}, or a folder of "
            "images with a votes.csv"
        )
    same = model in {"", plan.model} and recordings == list(plan.recording)
    return Plan(
        model=model or plan.model,
        recording=tuple(recordings),
        conversation=plan.conversation if same else (),
    )


def check_model(name: str) -> str:
    """Return a model's name, which may be empty.

    Raises a ParameterError if no model can have it: it gets into commands, addresses and names of
    files.
    """
    if name and not MODEL_NAME.fullmatch(name):
        raise ParameterError(
            f"no model can be named {name[:LONGEST]!r}: a name has letters, digits and . _ : / @ + "
            f"-, at most {LONGEST} of them, and begins with no -"
        )
    return name


def placed(dataset: str) -> str:
    """Return a data set's name, or a folder as an absolute path.

    A folder is looked for where the command was typed; a notebook runs elsewhere.
    """
    return str(Path(dataset).absolute()) if dataset and is_folder(dataset) else dataset


def _asked(plan: Plan, dataset: str) -> bool:
    return any(recording.dataset == dataset for recording in plan.recording)


def _with_dataset(recording: Recording, dataset: str) -> Recording:
    if not dataset:
        return recording
    if dataset in INSTEAD.get(recording.dataset, ()):
        return recording.model_copy(update={"dataset": dataset, "images": IMAGES})
    if recording.dataset == "dwarfs" and is_campaign(dataset):
        title = f"Dwarf galaxy or not, the images of {Path(dataset).name}"
        return recording.model_copy(update={"dataset": dataset, "images": None, "title": title})
    return recording


def missing(plan: Plan, folder: Path = paths.RECORDINGS) -> list[Missing]:
    """Return which recordings of a plan lack responses, and what asking for them would cost."""
    cache = Cache(folder)
    lacking = []
    for recording in plan.recording:
        absent = _absent(plan.model, recording, cache)
        if absent:
            lacking.append(Missing(recording, quote(absent)))
    return lacking


def _absent(model: str, recording: Recording, cache: Cache) -> list[bytes]:
    """Return the canonical forms of a recording's requests that have no response."""
    prompt = load_prompt(recording.prompt)
    dataset = first(load(recording.dataset), recording)
    asked = make_plan(dataset, prompt, model, settings(recording))
    return [asked.canonical(place) for place in absent_places(cache.find(asked.keys))]


def complain(lacking: Sequence[Missing], model: str, dataset: str) -> MissingResponses:
    """Return the error that lists what is missing and says how to record it."""
    own = is_own(model)
    command = "secondsight record " + shlex.join(
        [
            *([] if own else ["--base-url", "URL", "--model", model]),
            *(["--dataset", dataset] if dataset else []),
        ]
    )
    lines = "\n".join(map(str, lacking))
    prices = [missing.quote.usd for missing in lacking if missing.quote.usd is not None]
    if prices:
        lines += f"\n  in all about {sum(prices):,.2f} USD at list price"
    return MissingResponses(
        f"{model} has not answered all that the book asks; missing are\n{lines}\n"
        f"to record them{'' if own else KEY}: {command}"
    )


def given(chapter: str, model: str, dataset: str) -> dict[str, str]:
    """Return the parameters of a chapter that another model or other images change.

    Raises a ParameterError if there is no such chapter, or the model's name can be none.
    """
    own = parameters_of(chapter)
    model, dataset = check_model(model), placed(dataset)
    changed = {"model": model} if model and "model" in own else {}
    if dataset and "dataset" in own:
        as_asked = _with_dataset(Recording(dataset=own["dataset"], prompt="", title=""), dataset)
        if as_asked.dataset == dataset:
            changed["dataset"] = dataset
    return changed

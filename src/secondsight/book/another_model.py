"""The same book for another model or other images: which chapters change, and what they lack."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from secondsight import paths
from secondsight.book.execute import chapters, parameters_of
from secondsight.datasets.campaign_folder import is_campaign
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import is_folder, is_known, load
from secondsight.errors import MissingResponses, ParameterError
from secondsight.inference.ask import Plan as Requests
from secondsight.inference.ask import make_plan
from secondsight.inference.cache import Cache
from secondsight.inference.cost import Quote, Range, added, dollars, quote, size_of, span
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import absent_places
from secondsight.inference.recording_plan import (
    Manner,
    Plan,
    Recording,
    first,
    is_own,
    read_plan,
    settings,
)
from secondsight.papers.replayed import IMAGES

INSTEAD = {"lsbg": ("lsbg-real",), "morphology": ("galaxy-mnist",)}
"""Which data sets may stand for a recording's own."""
LONGEST = 200
MODEL_NAME = re.compile(rf"(?!-)[A-Za-z0-9._:/@+-]{{1,{LONGEST}}}")
"""Such as ``openai/gpt-5-mini``, ``ft:gpt-4o-mini:org::id`` or ``org/model@main``."""

LOOKED_AT = 500
"""In a folder so many images are looked at for their sizes."""
KEY = ", with the key in OPENAI_API_KEY if the endpoint wants one"


@dataclass(frozen=True)
class Missing:
    """Responses of one recording that are not there, of how many."""

    recording: Recording
    quote: Quote
    of: int

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
            "images with a votes.csv; `secondsight ask FOLDER --model NAME` takes any folder of "
            "images, and says what it costs before it asks"
        )
    same = model in {"", plan.model} and recordings == list(plan.recording)
    return Plan(
        model=model or plan.model,
        recording=tuple(recordings),
        conversation=plan.conversation if same else (),
        asked=plan.asked,
    )


def part_of(plan: Plan, *, chapter: str = "", prompt: str = "", dataset: str = "") -> Plan:
    """Return what of a plan a chapter, a prompt or a data set of the book is about.

    Conversations are about none of these. A chapter may be named by how its name begins.

    Raises a ParameterError if nothing is left; the text lists what there is.
    """
    kept = [one for one in plan.recording if not prompt or one.prompt == prompt]
    if any(one.dataset == dataset for one in read_plan().recording):  # else it stands for one
        kept = [one for one in kept if one.dataset == dataset]
    if chapter:
        read = _read_by(chapter)
        kept = [one for one in kept if read is None or _own_name(one) in read]
    if not kept:
        prompts = ", ".join(dict.fromkeys(one.prompt for one in plan.recording))
        raise ParameterError(
            f"no recording is left of chapter {chapter or 'any'!r}, prompt {prompt or 'any'!r} and "
            f"data set {dataset or 'any'!r}; prompts: {prompts}"
        )
    whole = not (prompt or dataset or chapter)
    conversation = plan.conversation if whole else ()
    return plan.model_copy(update={"recording": tuple(kept), "conversation": conversation})


def _read_by(chapter: str) -> set[str] | None:
    """Return the book's data sets whose recordings a chapter reads; None for all of them."""
    named = [name for name in chapters() if name.startswith(chapter)]
    if len(named) != 1:
        raise ParameterError(f"no chapter named {chapter!r}; known: {', '.join(chapters())}")
    own = parameters_of(named[0])
    if "record" not in own:
        raise ParameterError(f"{named[0]} reads no recording of a model's answers")
    return {own["dataset"]} if "dataset" in own else None


def _own_name(recording: Recording) -> str:
    """Return the book's data set that a recording is of, or that its images stand for."""
    stands = [own for own, others in INSTEAD.items() if recording.dataset in others]
    return (stands or ["dwarfs" if is_folder(recording.dataset) else recording.dataset])[0]


def limited(plan: Plan, images: int | None) -> Plan:
    """Return a plan that asks about so many images of each data set, the first ones.

    Raises a ParameterError if that is none.
    """
    if images is None:
        return plan
    if images < 1:
        raise ParameterError(f"the limit must be 1 image or more, not {images}")
    few = [
        one.model_copy(update={"images": min(images, one.images or images)})
        for one in plan.recording
    ]
    return plan.model_copy(update={"recording": tuple(few)})


def in_manner(plan: Plan, given: Manner) -> Plan:
    """Return a plan that asks its model in another manner, as far as one is given."""
    manner = plan.manner().model_copy(update=given.model_dump(exclude_none=True))
    return plan.model_copy(update={"asked": {**plan.asked, plan.model: manner}})


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
    looked = [_look(plan, recording, cache) for recording in plan.recording]
    return [lack for lack in looked if lack.quote.requests]


def _look(plan: Plan, recording: Recording, cache: Cache) -> Missing:
    """Return what a recording lacks."""
    asked = requests_of(plan, recording)
    absent = absent_places(cache.find(asked.keys))
    return Missing(recording, quote_absent(asked, len(absent)), len(asked.keys))


def quote_absent(asked: Requests, absent: int) -> Quote:
    """Return what asking for so many requests of a plan would cost."""
    return quote(asked.request, _sizes(asked.dataset) if absent else [(1, 1)], absent)


def requests_of(plan: Plan, recording: Recording) -> Requests:
    """Return every request of one recording of a plan."""
    dataset = first(load(recording.dataset), recording)
    options = settings(recording, plan.manner())
    return make_plan(dataset, load_prompt(recording.prompt), plan.model, options)


def _sizes(dataset: Dataset) -> list[tuple[int, int]]:
    """Return the sizes of some images: one where all have the same, as in the book's own sets."""
    step = len(dataset) if is_known(dataset.name) else max(1, len(dataset) // LOOKED_AT)
    return [size_of(dataset.png(image_id)) for image_id in dataset.table["image_id"][::step]]


def total(lacking: Sequence[Missing], *, batch: bool = False) -> Range | None:
    """Return the list price of all that is missing; None where none is known."""
    prices = [usd for lack in lacking if (usd := lack.quote.usd(batch=batch)) is not None]
    return added(prices) if prices else None


def complain(
    lacking: Sequence[Missing], model: str, dataset: str, program: str = "secondsight"
) -> MissingResponses:
    """Return the error that lists what is missing and says how to record it with `program`."""
    own = is_own(model)
    command = shlex.join(
        [
            program,
            "record",
            *([] if own else ["--base-url", "URL", "--model", model]),
            *(["--dataset", dataset] if dataset else []),
        ]
    )
    lines = "\n".join(map(str, lacking))
    if usd := total(lacking):
        lines += f"\n  in all {span(usd, dollars)} USD at list price"
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

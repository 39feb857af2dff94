"""The one door: ask a model about every image of a data set, or look up what it answered."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import pandas as pd
import pyarrow as pa

from secondsight import paths
from secondsight.datasets.dataset import Dataset, sha256
from secondsight.errors import DataError, EndpointError, ParameterError
from secondsight.inference.answers import answer_table
from secondsight.inference.cache import Cache, explain_miss
from secondsight.inference.client import Ask, Endpoint, put_all
from secondsight.inference.disk import sync
from secondsight.inference.journal import Journal
from secondsight.inference.models import family_of
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.request import IMAGE, Image, Message, Request, Sampling, Template, Text

RecordMode = Literal["none", "new_episodes", "all"]
RECORD_MODES: tuple[RecordMode, ...] = ("none", "new_episodes", "all")


LARGEST_SEED = 2**53 - 1
"""The largest whole number that JSON carries exactly everywhere."""


class Requests(Protocol):
    """Every request of one call, in order, with or without images."""

    @property
    def name(self) -> str:
        """The name under which the call's responses are recorded."""

    @property
    def keys(self) -> Sequence[bytes]:
        """The requests' keys."""

    def canonical(self, place: int) -> bytes:
        """Return the canonical form of the request at `place`."""

    def ask(self, place: int) -> Ask:
        """Return the request at `place`, ready to be put."""


@dataclass(frozen=True)
class Plan:
    """Every request of one call, in the order of the data set and then of the repeats."""

    dataset: Dataset
    prompt: Prompt
    template: Template
    image_ids: Sequence[str]
    images: Sequence[str]
    repeats: Sequence[int]
    keys: Sequence[bytes]

    @property
    def name(self) -> str:
        """The name under which a call's responses are recorded."""
        return recorded_as(self.dataset.name, self.prompt.name, self.template.request.model)

    def canonical(self, place: int) -> bytes:
        """Return the canonical form of the request at `place`."""
        return self.template.canonical(self.images[place], self.repeats[place])

    def ask(self, place: int) -> Ask:
        """Return the request at `place`, ready to be put."""
        image_id = self.image_ids[place]
        request = self.template.request.about(self.images[place], self.repeats[place])
        return Ask(self.keys[place], image_id, request, lambda: self.png(place))

    def png(self, place: int) -> bytes:
        """Return the image at `place`; it must still be the one that the key names."""
        content = self.dataset.png(self.image_ids[place])
        if sha256(content) != self.images[place]:
            raise DataError(
                f"the image {self.image_ids[place]!r} of {self.dataset.name!r} is not the one that "
                "the data set's table describes: load the data set anew"
            )
        return content


def ask(
    dataset: Dataset,
    prompt: Prompt | str,
    model: str,
    *,
    repeats: int = 1,
    record: RecordMode = "none",
    temperature: float | None = 0.0,
    max_tokens: int | None = None,
    seed: int | None = None,
    structured: bool | None = None,
    logprobs: int | None = None,
    endpoint: Endpoint | None = None,
    folder: Path = paths.RECORDINGS,
    progress: bool = True,
) -> pd.DataFrame:
    """Return a model's answers on a data set.

    Parameters
    ----------
    dataset : Dataset
        The images.
    prompt : Prompt or str
        What is asked, or the name of a prompt in `data/prompts`.
    model : str
        The model's name, as the endpoint knows it.
    repeats : int
        How often each image is asked about; each repeat is a request of its own.
    record : {"none", "new_episodes", "all"}
        ``"none"`` asks nothing: what is not recorded is an error. ``"new_episodes"`` asks what is
        missing. ``"all"`` asks everything again, once: if it is cut off, it goes on where it was.
    temperature : float or None
        Left out for models that refuse one.
    max_tokens, seed : int or None
        Left to the endpoint when None.
    structured : bool or None
        Whether to ask for JSON by a schema; None for what `data/models.toml` says of the model.
    logprobs : int or None
        How many tokens' log-probabilities to ask for at each place of the answer; left out for
        models that refuse to give them.
    endpoint : Endpoint or None
        Where to ask; not used when nothing is asked.
    folder : Path
        Where recordings and journals are.
    progress : bool
        Whether to draw a progress bar.

    Returns
    -------
    DataFrame
        One row a request: `image_id`, `repeat`, `label` (the true one), `answer` (a category's
        code, or missing), `outcome`, `confidence`, `probability` (of the answer among all
        categories, by its token's; NaN where log-probabilities were not asked for), `text`,
        `finish_reason`, `model`, `prompt_tokens`, `completion_tokens`, `recorded_at`.

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response is missing.
    EndpointError
        If requests failed; what was answered is recorded.
    """
    check_mode(record)
    asked = load_prompt(prompt) if isinstance(prompt, str) else prompt
    request = build_request(asked, model, temperature, max_tokens, seed, structured, logprobs)
    check_labels(dataset, asked)
    plan = make_plan(dataset, asked, request, repeats)
    command = f'ask(..., prompt={asked.name!r}, model={model!r}, record="new_episodes")'
    return answer_table(
        responses(plan, record, endpoint or Endpoint(), folder, progress, command),
        categories=asked.categories,
        image_ids=plan.image_ids,
        repeats=plan.repeats,
        labels=dataset.table["label"].repeat(repeats).to_numpy(),
    )


def recorded_as(*asked: str) -> str:
    """Return the name of a recording from the names of what was asked and of the model."""
    return ".".join(name.replace("/", "--") for name in asked)


def check_mode(record: str) -> None:
    """Refuse a record mode that there isn't.

    Raises
    ------
    ParameterError
        If there is no such mode; the text lists those that there are.
    """
    if record not in RECORD_MODES:
        raise ParameterError(f"no record mode {record!r}; known: {', '.join(RECORD_MODES)}")


def responses(
    plan: Requests,
    record: RecordMode,
    endpoint: Endpoint,
    folder: Path,
    progress: bool,
    command: str,
) -> pa.Table:
    """Return `response` and `recorded_at` for every request, asking what `record` says.

    Parameters
    ----------
    plan : Requests
        What is asked.
    record, endpoint, folder, progress
        As for `ask`.
    command : str
        What would record a missing response, for the error that says so.

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response is missing.
    EndpointError
        If requests failed; what was answered is recorded.
    """
    if record == "all" and plan.keys:
        endpoint.client()  # a key that is missing is told before anything is written
        with again(folder, plan.name) as unfinished:
            return responses(plan, "new_episodes", endpoint, unfinished, progress, command)
    cache = Cache(folder)
    found = cache.find(plan.keys)
    absent = absent_places(found)
    if absent and record == "none":
        missing = [plan.canonical(place) for place in absent]
        raise explain_miss(cache, missing, len(plan.keys), command)
    if absent:
        endpoint.client()
        _record(plan, cache, endpoint, progress)
        found = cache.find(plan.keys)
    return found


def check_labels(dataset: Dataset, prompt: Prompt) -> None:
    """Refuse labels that no answer to the prompt can equal.

    Raises
    ------
    DataError
        If a label is neither missing nor a code of the prompt's categories.
    """
    codes = prompt.categories.codes
    strange = set(dataset.table["label"].dropna()) - set(codes)
    if strange:
        raise DataError(
            f"data set {dataset.name!r} has the label {min(strange)!r}, but {prompt.name} asks for "
            f"{', '.join(codes)}: use these codes as labels, or leave them empty"
        )


def build_request(
    prompt: Prompt,
    model: str,
    temperature: float | None = 0.0,
    max_tokens: int | None = None,
    seed: int | None = None,
    structured: bool | None = None,
    logprobs: int | None = None,
) -> Request:
    """Return what is asked of `model` about the image `IMAGE`, within what its family takes.

    Raises
    ------
    ParameterError
        If the seed is too large for canonical JSON.
    """
    wants_schema = family_of(model).structured if structured is None else structured
    return Request(
        model=model,
        messages=(Message(role="user", content=(Text(text=prompt.text), Image(sha256=IMAGE))),),
        sampling=build_sampling(model, temperature, max_tokens, seed, logprobs),
        response_format=prompt.schema_asked if wants_schema else None,
    )


def build_sampling(
    model: str,
    temperature: float | None = 0.0,
    max_tokens: int | None = None,
    seed: int | None = None,
    logprobs: int | None = None,
) -> Sampling:
    """Return how answers are drawn, within what the model's family takes.

    Raises
    ------
    ParameterError
        If the seed is too large for canonical JSON.
    """
    if seed is not None and abs(seed) > LARGEST_SEED:
        raise ParameterError(f"seed must lie within {LARGEST_SEED} of zero, not {seed}")
    family = family_of(model)
    sampling: dict[str, Any] = {"seed": seed}
    if logprobs is not None and family.logprobs:
        sampling |= {"logprobs": True, "top_logprobs": logprobs}
    if family.temperature:
        sampling["temperature"] = temperature
    if max_tokens is not None:
        sampling[family.max_tokens] = max_tokens
    return Sampling(**sampling)


def make_plan(dataset: Dataset, prompt: Prompt, request: Request, repeats: int) -> Plan:
    """Return every request of a call, with its key."""
    if repeats < 1:
        raise ParameterError(f"repeats must be 1 or more, not {repeats}")
    template = Template(request)
    image_ids = dataset.table["image_id"].repeat(repeats).array
    images = dataset.table["image_sha256"].repeat(repeats).array
    numbers = list(range(repeats)) * len(dataset)
    keys = template.keys(dataset.table["image_sha256"], repeats)
    return Plan(dataset, prompt, template, image_ids, images, numbers, keys)


def absent_places(found: pa.Table) -> list[int]:
    """Return the places of the requests without a response."""
    return [] if not found["response"].null_count else list(_nulls(found["response"]))


def _nulls(column: pa.ChunkedArray) -> Iterator[int]:
    return (place for place, valid in enumerate(column.is_valid().to_pylist()) if not valid)


def _record(plan: Requests, cache: Cache, endpoint: Endpoint, progress: bool) -> None:
    """Ask what is missing, each key once; the journal's lock keeps others from asking it too."""
    with Journal(cache.folder / f"{plan.name}.jsonl") as opened:
        first = {
            plan.keys[place]: place for place in reversed(absent_places(cache.find(plan.keys)))
        }
        todo = sorted(first.values())
        if not todo:
            return
        outcome = put_all(map(plan.ask, todo), len(todo), endpoint, opened, progress=progress)
    if outcome.failures:
        said = "; ".join(f"{count}x {what}" for what, count in outcome.failures.most_common(3))
        raise EndpointError(
            f"{sum(outcome.failures.values())} of {len(todo)} requests got no response ({said}); "
            f"{outcome.recorded} are recorded: run the same again to ask for the rest"
        )


@contextmanager
def again(folder: Path, name: str) -> Iterator[Path]:
    """Yield a folder in which everything is asked anew; it counts when it is whole.

    A run that was cut off goes on from what is in that folder. Each journal in it then becomes
    part of the one of its name by one renaming, and the folder is given up by one renaming: a
    process killed in between does the rest the next time, and asks nothing.
    """
    unfinished, done = folder / f"{name}.again", folder / f"{name}.done"
    shutil.rmtree(done, ignore_errors=True)
    unfinished.mkdir(parents=True, exist_ok=True)
    try:
        yield unfinished
    except BaseException:
        with suppress(OSError):
            unfinished.rmdir()  # nothing was asked
        raise
    # The first step's journal has the shortest name and comes last: new second answers do no harm.
    for journal in sorted(unfinished.glob("*.jsonl"), key=lambda path: -len(path.name)):
        with Journal(folder / journal.name) as whole:
            whole.take_in(journal)
    unfinished.rename(done)
    sync(folder)
    shutil.rmtree(done)

"""Where responses come from: what is recorded, and an endpoint for what is not."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from secondsight import paths
from secondsight.errors import EndpointError, ParameterError
from secondsight.inference.batch_intake import Wanted
from secondsight.inference.batch_state import SUFFIX, State
from secondsight.inference.batches import Batching, put_batches
from secondsight.inference.body import NOT_ANSWERED_MARK
from secondsight.inference.budget import Budget
from secondsight.inference.cache import Cache, explain_miss
from secondsight.inference.client import Endpoint
from secondsight.inference.cost import at_ceiling, most, quote, size_of
from secondsight.inference.disk import sync
from secondsight.inference.journal import Journal
from secondsight.inference.modes import RECORD_MODES, RecordMode
from secondsight.inference.workers import Ask, Outcome, put_all
from secondsight.paths import shown


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
class Recorder:
    """Finds recorded responses, and records those that are missing.

    In mode ``"none"`` what is not recorded is an error; ``"new_episodes"`` asks what is missing;
    ``"all"`` asks everything again, once: if it is cut off, it resumes.

    Raises ParameterError if there is no such mode; the text lists those that there are.
    """

    mode: RecordMode = "none"  # ``"none"``, ``"new_episodes"`` or ``"all"``
    endpoint: Endpoint = Endpoint()  # where to ask; not used when nothing is asked
    folder: Path = paths.RECORDINGS  # where recordings and journals are
    progress: bool = True  # whether to draw a progress bar
    command: str = ""  # what would record what is missing, if not the call at hand
    batches: Batching | None = None  # how requests are put in batches; None puts each by itself
    budget: Budget | None = None  # what may be spent; without one there is no ceiling
    retry: bool = False  # whether to ask again what the endpoint refused for good

    def __post_init__(self) -> None:
        if self.mode not in RECORD_MODES:
            raise ParameterError(f"no record mode {self.mode!r}; known: {', '.join(RECORD_MODES)}")

    def responses(self, plan: Requests, command: str) -> pa.Table:
        """Return `response` and `recorded_at` for every request, asking what the mode says.

        The `command` is the call at hand, for the error that says what is missing. Raises
        MissingResponses in mode ``"none"``, if a response is missing, and EndpointError if requests
        failed; what was answered is recorded.
        """
        if self.mode == "all" and plan.keys:
            with self.again(plan.name) as recorder:
                return recorder.responses(plan, command)
        cache = Cache(self.folder)
        table = cache.find(plan.keys)
        absent = self._to_ask(table)
        if not absent:
            return table
        if self.mode == "none":
            ask = plan.ask(absent[0])
            about = quote(ask.request, [size_of(ask.png() if ask.png else b"")], len(absent))
            raise explain_miss(cache, about, len(plan.keys), self.command or command)
        self.endpoint.client()  # a key that is missing is told before anything is written
        self._record(plan, cache)
        return cache.find(plan.keys)

    def submit(self, plan: Requests) -> None:
        """Submit what is missing in batches, and wait for nothing; raises as `responses`."""
        if self.batches is not None:
            how = replace(self.batches, wait=False)
            replace(self, batches=how)._record(plan, Cache(self.folder))

    def _record(self, plan: Requests, cache: Cache) -> None:
        """Ask what is missing, each key once; the journal's lock keeps others from asking it."""
        with Journal(self.folder / f"{plan.name}.jsonl") as journal:
            absent = self._to_ask(cache.find(plan.keys))
            todo = sorted({plan.keys[place]: place for place in reversed(absent)}.values())
            if not todo:
                return
            outcome = self._put(plan, todo, journal)
        if self.budget and outcome.at_ceiling:
            first = plan.ask(todo[0])
            worst = most(first.request, size_of(first.png() if first.png else b""))
            stopped = at_ceiling(self.budget, outcome.recorded, len(todo), first.request, worst)
            raise EndpointError(
                f"{stopped}. The same command goes on from there, and has a ceiling of its own"
            )
        if outcome.failures:
            why = "; ".join(f"{count}x {what}" for what, count in outcome.failures.most_common(3))
            raise EndpointError(
                f"{outcome.failures.total()} of {len(todo)} requests got no response ({why}); "
                f"{outcome.recorded} are recorded: run the same again to ask for the rest"
            )

    def _put(self, plan: Requests, todo: list[int], journal: Journal) -> Outcome:
        """Ask for what stands at the places `todo`."""
        lacking = {plan.keys[place].hex() for place in todo}
        budget = self.budget or Budget()
        if self.batches is None:
            _check_no_batch(journal, lacking)
            put = partial(put_all, map(plan.ask, todo), len(todo), self.endpoint, journal)
        else:
            places = {key.hex(): place for place, key in enumerate(plan.keys)}
            wanted = Wanted(plan.name, places, lacking, plan.ask)
            put = partial(put_batches, wanted, self.batches, self.endpoint, journal)
        return put(budget, progress=self.progress)

    def _to_ask(self, table: pa.Table) -> list[int]:
        """Return the places of the requests that are to be put."""
        places = absent_places(table)
        if not self.retry or self.mode == "none":
            return places
        refused = pc.starts_with(table["response"], NOT_ANSWERED_MARK)
        return sorted([*places, *pc.indices_nonzero(refused).to_pylist()])

    @contextmanager
    def again(self, name: str, *others: Endpoint) -> Iterator["Recorder"]:
        """Yield what records all anew if the mode is ``"all"``, and this recorder if it is not.

        What is recorded anew, in a folder of this name, counts when it is whole. A run that was cut
        off goes on from what that holds. Each journal in it then becomes part of the one of its
        name by one renaming, and the folder is given up by one renaming: a process killed in
        between does the rest the next time, and asks nothing. A key that is missing is told before
        anything is written, that of the other endpoints too, which the block asks.
        """
        if self.mode != "all":
            yield self
            return
        for endpoint in (self.endpoint, *others):
            endpoint.client()
        unfinished, done = self.folder / f"{name}.again", self.folder / f"{name}.done"
        shutil.rmtree(done, ignore_errors=True)
        unfinished.mkdir(parents=True, exist_ok=True)
        try:
            how = self.batches and replace(self.batches, attach=False)  # others' are not new
            yield replace(self, mode="new_episodes", folder=unfinished, batches=how)
        except BaseException:
            with suppress(OSError):
                unfinished.rmdir()  # nothing was asked
            raise
        # The first step's journal has the shortest name and comes last: new second answers do no
        # harm.
        for path in sorted(unfinished.glob("*.jsonl"), key=lambda path: -len(path.name)):
            with Journal(self.folder / path.name) as journal:
                journal.take_in(path)
        unfinished.rename(done)
        sync(self.folder)
        shutil.rmtree(done)


def _check_no_batch(journal: Journal, lacking: set[str]) -> None:
    """Refuse to ask for what is asked for in a batch."""
    open_ones = State(journal.path.with_suffix(SUFFIX)).open()
    waiting = lacking.intersection(key for chunk in open_ones for key in chunk.keys)
    if waiting:
        raise EndpointError(
            f"{len(waiting)} of the requests are under way in batches: collect them with --batch, "
            f"or remove {shown(journal.path.with_suffix(SUFFIX))} to ask, and pay, for them again"
        )


def absent_places(table: pa.Table) -> list[int]:
    """Return the places of the requests without a response."""
    missing: list[int] = pc.indices_nonzero(table["response"].is_null()).to_pylist()
    return missing


def recorded_as(*asked: str) -> str:
    """Return the name of a recording from the names of what was asked and of the model."""
    return ".".join(name.replace("/", "--") for name in asked)

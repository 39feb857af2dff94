"""The other path to answers: requests go to the endpoint in batches, at half the price.

What is about to be done is on disk before it is done, so a process that is killed anywhere goes on
where it was. A batch can't be asked for twice by the same name; so, where it is not known whether
one was made, the endpoint's list is searched, and another is asked for only when that shows none
some seconds later and the file that it would read is removed.
"""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from tempfile import TemporaryFile

import openai
from anyio.from_thread import start_blocking_portal
from openai.types import Batch
from rich.console import Console
from rich.status import Status

from secondsight.errors import EndpointError
from secondsight.inference.batch_chunks import MOST_BYTES, MOST_REQUESTS, Bounds, write_chunk
from secondsight.inference.batch_endpoint import ENDED, TROUBLE, Remote
from secondsight.inference.batch_intake import Intake, Wanted
from secondsight.inference.batch_results import Result, results
from secondsight.inference.batch_state import SUFFIX, Chunk, State
from secondsight.inference.body import verbatim
from secondsight.inference.budget import Budget
from secondsight.inference.client import Endpoint
from secondsight.inference.cost import at_ceiling, billed, most, size_of, states_usage
from secondsight.inference.disk import sync
from secondsight.inference.failures import is_hopeless, plain_words
from secondsight.inference.journal import Journal
from secondsight.inference.workers import CUT_SHORT, Ask, Outcome, Run
from secondsight.paths import shown

CROWDED = {"token_limit_exceeded", "too_many_batches"}
"""What a batch fails of if too much waits at the endpoint."""


@dataclass(frozen=True)
class Batching:
    """How requests are put in batches."""

    requests: int = MOST_REQUESTS  # in a batch at most
    size: int = MOST_BYTES  # of a batch at most, in bytes
    at_once: int = 20  # how many batches of a recording may be under way
    first: float = 2.0  # seconds until a batch is looked at again, at first
    longest: float = 60.0  # the same, at most, when nothing happens
    grace: float = 30.0  # seconds after which a batch whose making was cut off would be listed
    patience: float = 3600.0  # seconds that an endpoint may be in trouble until that is an error
    attach: bool = True  # whether batches of the same recording that others submitted are collected
    delete: bool = False  # whether a collected batch's files are removed from the endpoint
    wait: bool = True  # whether to wait for what is submitted


def put_batches(
    wanted: Wanted,
    how: Batching,
    endpoint: Endpoint,
    journal: Journal,
    budget: Budget,
    *,
    progress: bool = True,
) -> Outcome:
    """Put requests in batches, journal what comes back, and return how it went.

    On Ctrl-C the batches go on at the endpoint; the same call collects them. What earlier calls
    spent on the same recording counts in the budget until it is whole.

    Raises EndpointError if the endpoint refuses every request of this kind, or there is no money
    for more, RecordingError if the journal can't be written, and KeyboardInterrupt on Ctrl-C.
    """
    console = Console(stderr=True, quiet=not progress)
    status = console.status("batches")
    run = BatchRun(wanted, how, endpoint, journal, budget, status)
    try:
        with status, start_blocking_portal() as portal:
            running = portal.start_task_soon(run.put)
            try:
                running.result()
            except (KeyboardInterrupt, CancelledError):
                running.cancel()
                raise
    except KeyboardInterrupt:
        Console(stderr=True).print(_left(run.state.open()), highlight=False, soft_wrap=True)
        raise
    return run.outcome


def _left(chunks: Sequence[Chunk]) -> str:
    """Return what is told of the batches that are left behind."""
    ids = [chunk.batch_id or "one whose making is not confirmed" for chunk in chunks]
    if not ids:
        return "stopped; no batch is under way"
    return (
        f"stopped; these batches go on at the endpoint and are billed: {', '.join(ids)}. The same "
        "command collects them"
    )


class BatchRun:
    """One run over many requests: it submits, looks, collects, and submits what is left."""

    def __init__(
        self,
        wanted: Wanted,
        how: Batching,
        endpoint: Endpoint,
        journal: Journal,
        budget: Budget,
        status: Status,
    ) -> None:
        self.status = status
        self.wanted, self.how, self.budget = wanted, how, budget
        self.folder = journal.path.parent
        self.client, self.once = endpoint.client(), replace(endpoint, retries=0).client()
        self.remote = Remote(self.client, self.once, self.folder)
        live = Run(iter(()), self.client, journal)
        self.outcome, self.intake = live.outcome, Intake(wanted, live, endpoint.retries)
        self.journal, self.state = journal, State(journal.path.with_suffix(SUFFIX))
        self.budget.recall(str(self.state.path), *self.state.totals())
        self.model, self.of = wanted.ask(0).request.model, len(wanted.lacking)
        self.most, self.crowded = how.requests, False
        self.adopted = not how.attach
        self.partly: set[str] = set()
        self.answered: dict[str, int] = {}
        waiting = {key for chunk in self.state.open() for key in chunk.keys}
        free = wanted.lacking - waiting
        self.queue = deque(key for key in wanted.places if key in free)

    @property
    def open(self) -> list[Chunk]:
        """The chunks that this run waits for."""
        ours = self.wanted.places.keys()
        return [
            chunk
            for chunk in self.state.open()
            if chunk.name not in self.partly and not ours.isdisjoint(chunk.keys)
        ]

    async def put(self) -> None:
        """Go on until every request has its answer or a failure, or the ceiling is reached."""
        async with self.client, self.once:
            seconds, well = self.how.first, time.monotonic()
            while True:
                moved, error = await self._turn()
                if error is None and not moved and not self.open:
                    break
                if error is None and not self.how.wait:
                    return
                well = time.monotonic() if error is None else well
                if error is not None and time.monotonic() - well > self.how.patience:
                    why = plain_words(error, self.client.api_key)
                    raise EndpointError(f"{why}; the same again collects what goes on there")
                seconds = self.how.first if moved else min(2 * seconds, self.how.longest)
                self._show()
                await asyncio.sleep(seconds)
        if self.queue:
            raise EndpointError(self._at_ceiling())
        self.state.finish()

    def _at_ceiling(self) -> str:
        left, first = len(self.wanted.lacking), self.wanted.of(self.queue[0])
        worst = most(first.request, size_of(first.png() if first.png else b""), batch=True)
        stopped = at_ceiling(self.budget, self.of - left, self.of, first.request, worst)
        return (
            f"{stopped}. With a higher ceiling the same command goes on from there: what is spent "
            "on a recording counts until it is whole"
        )

    async def _turn(self) -> tuple[bool, Exception | None]:
        """Do what can be done now; return whether anything was, and what trouble there was."""
        moved = False
        try:
            for step in (self._adopt, self._settle, self._collect, self._submit):
                moved = await step() or moved
        except TROUBLE as error:
            if isinstance(error, openai.APIStatusError) and is_hopeless(error):
                raise EndpointError(plain_words(error, self.client.api_key)) from None
            return moved, error
        except openai.APIStatusError as error:
            raise EndpointError(plain_words(error, self.client.api_key)) from None
        return moved, None

    def say(self, words: str) -> None:
        """Print a line."""
        self.status.console.print(words, highlight=False, markup=False, soft_wrap=True)

    def _show(self) -> None:
        there = sum(self.answered.get(chunk.name, 0) for chunk in self.open)
        self.status.update(
            f"{len(self.open)} batches at the endpoint, {there:,} requests answered there; "
            f"{len(self.wanted.lacking):,} of {len(self.wanted.places):,} lack an answer here"
        )

    # What others submitted, and what was cut off.

    async def _adopt(self) -> bool:
        """Take over the batches of this recording that others submitted; once."""
        if self.adopted:
            return False
        async for batch, name in self.remote.batches(self.wanted.name):
            if name not in self.state.chunks and batch.status != "failed":
                await self._take_over(name, batch)
        self.adopted = True
        return False

    async def _take_over(self, name: str, batch: Batch) -> None:
        keys = await self.remote.keys(batch)
        ours = self.wanted.lacking.intersection(keys)
        if not ours:
            self.state.note(name, batch_id=batch.id, done=True)
            return
        usd = sum(most(self.wanted.of(key).request, batch=True) for key in ours)
        self.state.note(name, batch_id=batch.id, keys=keys, usd=usd, base_url=self._address)
        self.budget.reserved += usd
        self.queue = deque(key for key in self.queue if key not in ours)
        self.say(f"{batch.id}: submitted elsewhere, {len(ours):,} of its requests are asked here")

    async def _settle(self) -> bool:
        """Find out what became of the chunks whose submission was cut off, and go on with them."""
        cut_off = [chunk for chunk in self.open if not chunk.batch_id]
        return any([await self._settle_one(chunk) for chunk in cut_off])

    async def _settle_one(self, chunk: Chunk) -> bool:
        if chunk.creating:
            return await self._was_created(chunk)
        if not chunk.file_id:
            file_id = await self.remote.uploaded(chunk)
            if file_id is not None:
                chunk = self.state.note(chunk.name, file_id=file_id)
        if chunk.file_id and self.wanted.lacking.issuperset(chunk.keys):
            await self._create(chunk)
        else:
            await self.remote.delete(chunk.file_id)
            self._close(chunk)
        return True

    async def _was_created(self, chunk: Chunk) -> bool:
        """Return whether it is known now if there is a batch."""
        batch_id = await self.remote.created(chunk)
        if batch_id is None and time.time() - chunk.made < self.how.grace:
            return False
        if batch_id is None:
            await self.remote.delete(chunk.file_id)
            batch_id = await self.remote.created(chunk)
        if batch_id is None:
            self._close(chunk)
        else:
            self.state.note(chunk.name, batch_id=batch_id, creating=False)
        return True

    # What has ended.

    async def _collect(self) -> bool:
        """Look at every batch, and collect those that have ended."""
        submitted = [chunk for chunk in self.open if chunk.batch_id]
        moved = any([await self._look(chunk) for chunk in submitted])
        if len(self.outcome.cut_in_a_row) >= CUT_SHORT:
            raise EndpointError(self.outcome.hopeless())
        if self.intake.hopeless:
            raise EndpointError(self.intake.hopeless)
        return moved

    async def _look(self, chunk: Chunk) -> bool:
        try:
            batch = await self.remote.batch(chunk.batch_id)
            self.answered[chunk.name] = getattr(batch.request_counts, "completed", 0)
            if batch.status not in ENDED:
                return False
            if batch.status == "failed":
                self._failed(chunk, batch)
            else:
                await self._take_in(chunk, batch)
        except openai.NotFoundError:
            raise EndpointError(
                f"{chunk.batch_id}, made at {chunk.base_url}, is not known at {self._address}, or "
                f"its files are gone: ask where it was made, or remove {shown(self.state.path)} to "
                "ask, and pay, anew for what was not collected"
            ) from None
        return True

    async def _take_in(self, chunk: Chunk, batch: Batch) -> None:
        """Keep what a batch gave back; what it did not answer is asked again if that may help."""
        before, usd = self.outcome.recorded, 0.0
        for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
            with TemporaryFile(dir=self.folder) as file:
                await self.remote.fetch(file_id, file)
                usd += sum(self._billed(result, chunk) for result in results(file))
                file.seek(0)
                self.intake.take(results(file))
        sync(self.journal.path)
        left = self.intake.left(chunk, ask_again=batch.status != "cancelled")
        self.say(
            f"{batch.id}: {batch.status}, {self.outcome.recorded - before:,} answers recorded, "
            f"{len(left):,} requests are asked again"
        )
        if self.wanted.places.keys() >= set(chunk.keys):
            self._close(chunk, usd)
            if self.how.delete:
                await self.remote.delete(
                    batch.input_file_id, batch.output_file_id, batch.error_file_id
                )
        self.partly.add(chunk.name)
        self.queue.extend(left)
        self.crowded = False

    def _failed(self, chunk: Chunk, batch: Batch) -> None:
        """Close a batch that was not begun, and cost nothing."""
        errors = batch.errors.data if batch.errors and batch.errors.data else []
        why = errors[0].message if errors else "no reason given"
        crowded = any(error.code in CROWDED for error in errors) and len(chunk.keys) > 1
        self._close(chunk)
        if not crowded:
            self.intake.hopeless = f"{batch.id} failed: {why}"
            return
        self.crowded, self.most = True, max(1, len(chunk.keys) // 2)
        self.say(f"{batch.id} failed: {why}; smaller ones are tried")

    def _close(self, chunk: Chunk, billed: float | None = None) -> None:
        """Write down that a chunk is done; without a bill its requests wait again."""
        self.budget.settle(chunk.usd or 0.0, billed or 0.0)
        if billed is None:
            self.queue.extend(key for key in chunk.keys if key in self.wanted.lacking)
        self.state.note(chunk.name, done=True, billed=billed)

    # What is asked.

    async def _submit(self) -> bool:
        """Submit requests, as many as the endpoint and the ceiling allow now."""
        moved = False
        while self.queue and len(self.open) < (1 if self.crowded else self.how.at_once):
            if not await self._submit_one():
                break
            moved = True
        return moved

    async def _submit_one(self) -> bool:
        bounds = Bounds(self.most, self.how.size, self._afford)
        before = self.budget.reserved
        with TemporaryFile(dir=self.folder) as file:
            keys = write_chunk(self.queue, self.wanted.of, file, bounds)
            if not keys:
                return False
            chunk = self.state.note(
                uuid.uuid4().hex,
                keys=keys,
                usd=self.budget.reserved - before,
                size=file.tell(),
                base_url=self._address,
            )
            file.seek(0)
            file_id = await self.remote.upload(chunk, file)
        await self._create(self.state.note(chunk.name, file_id=file_id))
        return True

    async def _create(self, chunk: Chunk) -> None:
        """Have a batch made; if it is not known whether it was, that is found out later."""
        self.state.note(chunk.name, creating=True)
        try:
            batch_id = await self.remote.create(chunk, self.wanted.name)
        except openai.RateLimitError:
            self.state.note(chunk.name, creating=False)
            raise
        except openai.InternalServerError:
            raise
        except openai.APIStatusError:
            self._close(chunk)
            raise
        self.state.note(chunk.name, batch_id=batch_id, creating=False)
        self.say(f"{batch_id}: {len(chunk.keys):,} requests submitted, {chunk.size / 1e6:,.1f} MB")

    @property
    def _address(self) -> str:
        return str(self.client.base_url)

    def _afford(self, ask: Ask, png: bytes) -> bool:
        return self.budget.take(most(ask.request, size_of(png), batch=True))

    def _billed(self, result: Result, chunk: Chunk) -> float:
        """Return what a result cost; its share of the worst case if it does not say."""
        if result.status != 200:
            return 0.0
        text = verbatim(result.body)
        if states_usage(text):
            return billed(text, self.model, batch=True)
        return (chunk.usd or 0.0) / max(1, len(chunk.keys))

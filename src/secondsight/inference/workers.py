"""The live path: workers put requests to an endpoint and journal every response.

Retries of 429, 5xx and time-outs are the `openai` client's own. What still fails is counted and
told at the end; what can't succeed for any request (a wrong key, an unknown model, an empty
account, an address that only points elsewhere) stops the run at once.

Every reply of status 200 that came whole is kept before it is judged. A chat completion is
journalled as an answer, however odd what it holds: it was paid for, and is never asked again. What
is no chat completion at all (a proxy's page, an empty body) is kept aside, counts as a failure,
and its request is put again by the next run. The key is blacked out where an endpoint repeats it.

A request that is refused for good, as an image may be, is journalled as not answered once another
was answered, or the run has ended: what is refused of every request is a mistake in all of them.
"""

import asyncio
import base64
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import anyio
import openai
from anyio.from_thread import BlockingPortal, start_blocking_portal
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from secondsight.errors import EndpointError
from secondsight.inference.body import CUT, is_paid, not_answered, read_reply, verbatim
from secondsight.inference.budget import Budget
from secondsight.inference.client import Ceiling, Client, Endpoint, Nobody, Stopped, TooLarge
from secondsight.inference.cost import billed, dollars, most, size_of, states_usage
from secondsight.inference.failures import blacked_out, is_for_good, is_hopeless, plain_words
from secondsight.inference.journal import Journal, line_of
from secondsight.inference.request import Image, Request, Text

PATIENCE = 20
"""After so many failures in a row without one success a run is stopped."""
CUT_SHORT = 3
"""After empty answers that used up their greatest length about so many images in a row a run is
stopped."""
ROOM = 4096
"""How many bytes of the journal a response takes, roughly."""


@dataclass(frozen=True)
class Ask:
    """One request to be put, and what it takes to journal its response."""

    key: bytes  # the request's key
    image_id: str  # of what it is about; without an image, the SHA-256 of the text
    request: Request  # what is asked
    png: Callable[[], bytes] | None = None  # gives the image's PNG bytes; None without an image
    examples: Mapping[str, bytes] = field(default_factory=dict)  # PNG bytes of examples, by SHA-256

    def body(self) -> dict[str, Any]:
        """Return the arguments of `chat.completions.create` for it."""
        return body(self.request, self.png() if self.png else b"", self.examples)


@dataclass
class Outcome:
    """How a run went."""

    recorded: int = 0  # how many responses were recorded
    failures: Counter[str] = field(default_factory=Counter)  # requests without a response, by why
    refused: Counter[str] = field(default_factory=Counter)  # likewise, for good
    in_a_row: int = 0  # how many of both came one after another
    cut_in_a_row: set[str] = field(default_factory=set)  # what the last cut-off answers are about
    at_ceiling: bool = False  # whether one more might have cost more than may be spent

    def success(self, cut: str = "") -> None:
        """Count a recorded response; `cut` is what it is about if it is empty and was cut off."""
        self.recorded += 1
        self.in_a_row = 0
        self.cut_in_a_row = self.cut_in_a_row | {cut} if cut else set()

    def failure(self, why: str) -> None:
        """Count a request that got no response."""
        self.failures[why] += 1
        self.in_a_row += 1

    def refusal(self, why: str) -> None:
        """Count a request that will get no response."""
        self.refused[why] += 1
        self.in_a_row += 1

    def hopeless(self) -> str:
        """Return why there is no use in going on; empty while there is."""
        if len(self.cut_in_a_row) >= CUT_SHORT:
            return (
                f"the answers about {CUT_SHORT} images in a row are empty: they used up their "
                'greatest length before they began. They were billed and are kept as "cut off"; '
                "raise --max-tokens (max_tokens), or lower --effort"
            )
        if self.in_a_row < PATIENCE:
            return ""
        why, _ = (self.failures + self.refused).most_common(1)[0]
        return f"{self.in_a_row} requests in a row failed: {why}"


class Malformed(Exception):
    """A reply that is no chat completion."""


def put_all(
    asks: Iterable[Ask],
    total: int,
    endpoint: Endpoint,
    journal: Journal,
    budget: Budget | None = None,
    *,
    progress: bool = True,
) -> Outcome:
    """Put every request, journal every response, and return how it went.

    Works inside a running event loop (a notebook) too. On Ctrl-C or SIGTERM no more is asked, and
    what is under way is waited for and kept; a second one drops it, and KeyboardInterrupt or
    SystemExit is raised. What is journalled stays: the same call goes on from there.

    Raises EndpointError if the endpoint refuses every request of this kind, and RecordingError if
    the journal can't be written.
    """
    run = Run(iter(asks), endpoint.client(), journal)
    run.line.budget = budget or Budget()
    journal.reserve(ROOM * endpoint.concurrency)
    with (
        _bar(total, run.line.budget, shown=progress) as advance,
        start_blocking_portal() as portal,
        _drained_on_signals(run, total, portal),
    ):
        running = portal.start_task_soon(run.put, endpoint.concurrency, advance)
        try:
            running.result()
        except (KeyboardInterrupt, CancelledError):
            running.cancel()
            raise
    return run.outcome


@contextmanager
def _bar(total: int, budget: Budget, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Draw a progress bar with what was spent, and yield what moves it on by one."""
    with Progress(
        TextColumn("recording"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[spent]}"),
        TimeRemainingColumn(),
        disable=not shown,
        transient=True,
    ) as bar:
        task = bar.add_task("recording", total=total, spent="")

        def advance() -> None:
            spent = f"{dollars(budget.spent)} USD" if budget.spent else ""
            bar.update(task, advance=1, spent=spent)

        yield advance


DEFAULTS = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
"""The signals that stop a run, where nobody else has a use for them."""


@contextmanager
def _drained_on_signals(run: "Run", total: int, portal: BlockingPortal) -> Iterator[None]:
    """Stop asking on the first Ctrl-C or SIGTERM and end when all is kept; the second ends at once.

    Only the main thread gets signals; elsewhere this does nothing.
    """
    came: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            raise KeyboardInterrupt
        portal.start_task_soon(run.stop)
        Console(stderr=True).print(
            f"\nstopping: {len(run.line.under_way)} requests under way are waited for and kept; "
            "once more drops them"
        )

    taken = {number: kind for number, kind in DEFAULTS.items() if signal.getsignal(number) == kind}
    if threading.current_thread() is not threading.main_thread():
        taken = {}
    for number in taken:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, kind in taken.items():
            signal.signal(number, kind)
        if came:
            Console(stderr=True).print(f"{run.outcome.recorded:,} of {total:,} recorded")
    if came:
        raise KeyboardInterrupt if came[0] == signal.SIGINT else SystemExit(128 + came[0])


class Run:
    """One run over many requests: some workers that share what is to be asked."""

    def __init__(self, asks: Iterator[Ask], client: Client, journal: Journal) -> None:
        self.asks, self.client, self.journal = asks, client, journal
        self.line = client.line
        self.outcome = Outcome()
        self.refused: list[bytes] = []
        self.workers: list[asyncio.Task[None]] = []

    async def put(self, concurrency: int, advance: Callable[[], None]) -> None:
        """Put every request; what goes wrong for good is raised when all workers have ended."""
        async with self.client:
            self.workers = [asyncio.create_task(self._work(advance)) for _ in range(concurrency)]
            try:
                await asyncio.wait(self.workers)
            finally:
                await _end(self.workers)
        ended = [worker.exception() for worker in self.workers if not worker.cancelled()]
        for error in filter(None, ended):  # asyncio complains of those that nobody looks at
            raise error
        self.keep_refused()

    def stop(self) -> None:
        """Ask nothing more; who waits for a reply gets it, who waits for a retry ends."""
        self.line.stopping = True
        for worker in self.workers:
            if worker not in self.line.under_way and worker is not asyncio.current_task():
                worker.cancel()

    async def _work(self, advance: Callable[[], None]) -> None:
        try:
            for ask in self.asks:  # the workers share one iterator
                await self._ask(ask)
                advance()
                if self.line.stopping:
                    return
                if why := self.outcome.hopeless():
                    raise EndpointError(why)
        except Stopped:
            return
        except Ceiling:
            self.outcome.at_ceiling = True
            self.stop()
        except EndpointError:
            self.stop()
            raise
        except Exception:  # a full disk, an image that is gone: nothing more can be kept
            self.stop()
            for worker in self.workers:
                if worker is not asyncio.current_task():
                    worker.cancel()
            raise

    async def _ask(self, ask: Ask) -> None:
        """Put one request and keep what comes, before it is judged."""
        key, png = self.client.api_key, ask.png() if ask.png else b""
        self.line.worst[asyncio.current_task()] = most(ask.request, size_of(png))
        try:
            reply = await self.client.chat.completions.with_raw_response.create(
                **body(ask.request, png, ask.examples)
            )
            await self._keep(ask, reply.http_response.status_code, reply.http_response.content)
        except Nobody as error:
            raise EndpointError(str(error)) from None
        except openai.APIStatusError as error:
            why = plain_words(error, key)
            if is_hopeless(error):
                raise EndpointError(why) from None
            if is_for_good(error):
                self.refuse(ask, error, why)
            else:
                self.outcome.failure(why)
        except (openai.APIError, TooLarge, Malformed) as error:
            self.outcome.failure(plain_words(error, key))

    async def _keep(self, ask: Ask, status: int, content: bytes) -> None:
        try:
            self.keep(ask, status, content)
        finally:
            if status == 200:
                await self.line.settle(self._cost(ask, self._plain(content)))

    def keep(self, ask: Ask, status: int, content: bytes) -> None:
        """Journal a reply of status 200; raises Malformed if it is no chat completion."""
        if status != 200:
            raise Malformed(f"the endpoint answered {status}, which is no answer")
        text = self._plain(content)
        if not is_paid(text):
            self.journal.keep_aside(self._line(ask, text))
            raise Malformed(f"the reply is no chat completion: {text[:60]!r}")
        self.journal.append(self._line(ask, text))
        self.outcome.success(ask.image_id if read_reply(text).judged is CUT else "")
        self.keep_refused()

    def _cost(self, ask: Ask, text: str) -> float:
        """Return what a reply cost; the most that it may have, if it is paid and does not say."""
        if states_usage(text) or not is_paid(text):
            return billed(text, ask.request.model)
        return self.line.worst[asyncio.current_task()]

    def refuse(self, ask: Ask, error: openai.APIStatusError, why: str) -> None:
        """Take note of a request that is refused for good."""
        said = not_answered(error.status_code, self._plain(error.response.content), why)
        self.refused.append(self._line(ask, said))
        self.outcome.refusal(why)

    def keep_refused(self) -> None:
        """Journal what was refused for good."""
        if self.refused:
            self.journal.append(b"".join(self.refused))
            self.refused.clear()

    def _plain(self, content: bytes) -> str:
        return blacked_out(verbatim(content), self.client.api_key)

    def _line(self, ask: Ask, said: str) -> bytes:
        request = ask.request.canonical().decode()
        return line_of(ask.key, ask.image_id, ask.request.repeat, request, said)


async def _end(workers: list[asyncio.Task[None]]) -> None:
    """Cancel the workers until each has ended: a library below may swallow one cancellation."""
    pending = {task for task in workers if not task.done()}
    with anyio.CancelScope(shield=True):
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.5)


def body(request: Request, png: bytes, examples: Mapping[str, bytes] = {}) -> dict[str, Any]:
    """Return the arguments of `chat.completions.create` for a request and its image, if any.

    `examples` holds the bytes of its other images, by their SHA-256.
    """
    messages = [
        {"role": message.role, "content": [_part(part, png, examples) for part in message.content]}
        for message in request.messages
    ]
    arguments: dict[str, Any] = {"model": request.model, "messages": messages}
    arguments |= request.sampling.model_dump(exclude_none=True)
    if request.response_format is not None:
        arguments["response_format"] = request.response_format
    return arguments


def _part(part: Text | Image, png: bytes, examples: Mapping[str, bytes]) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    url = {
        "url": "data:image/png;base64," + base64.b64encode(examples.get(part.sha256, png)).decode()
    }
    if part.detail is not None:
        url["detail"] = part.detail
    return {"type": "image_url", "image_url": url}

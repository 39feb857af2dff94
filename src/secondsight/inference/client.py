"""The live path: put requests to an OpenAI-compatible endpoint, journal every response.

Retries of 429, 5xx and time-outs are the `openai` client's own. What still fails is counted and
told at the end; what can't succeed for any request (a wrong key, an unknown model, an empty
account) stops the run at once. Every response is journalled before anything else is done with it.
"""

import asyncio
import base64
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import anyio
import openai
import orjson
from anyio.from_thread import start_blocking_portal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from secondsight.errors import EndpointError
from secondsight.inference.journal import Journal
from secondsight.inference.request import Image, Request, Text

PATIENCE = 20
"""After so many failures in a row without one success a run is stopped."""

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, and how hard.

    Attributes
    ----------
    base_url : str or None
        Such as ``"http://127.0.0.1:8000/v1"``; None for OpenAI's own, or what
        `OPENAI_BASE_URL` says.
    concurrency : int
        How many requests may be under way at once.
    timeout : float
        Seconds to wait for one response.
    retries : int
        How often the client tries one request again.

    Notes
    -----
    The key is read from `OPENAI_API_KEY` in the environment and from nowhere else. An endpoint on
    this machine needs none.
    """

    base_url: str | None = None
    concurrency: int = 8
    timeout: float = 120.0
    retries: int = 4

    def client(self) -> openai.AsyncOpenAI:
        """Return a client for this endpoint.

        Raises
        ------
        EndpointError
            If the endpoint is not on this machine and the environment holds no key.
        """
        url = self.base_url or os.environ.get("OPENAI_BASE_URL")
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise EndpointError(f"base_url must begin with http:// or https://, not {url!r}")
        key = os.environ.get("OPENAI_API_KEY")
        if not key and urlsplit(url or "").hostname not in LOOPBACK:
            raise EndpointError(
                "no key: set OPENAI_API_KEY in the environment, or name an endpoint on this "
                "machine in base_url"
            )
        return openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=url,
            timeout=self.timeout,
            max_retries=self.retries,
        )


@dataclass(frozen=True)
class Ask:
    """One request to be put, and what it takes to journal its response.

    Attributes
    ----------
    key : bytes
        The request's key.
    image_id : str
        What it is about: an image's id; without an image, the SHA-256 of the text in question.
    request : Request
        What is asked.
    png : callable or None
        Gives the image's PNG bytes; None for a request without an image.
    """

    key: bytes
    image_id: str
    request: Request
    png: Callable[[], bytes] | None = None


@dataclass
class Outcome:
    """How a run went: how many responses were recorded, and the failures by what they said."""

    recorded: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    in_a_row: int = 0

    def success(self) -> None:
        """Count a recorded response."""
        self.recorded += 1
        self.in_a_row = 0

    def failure(self, said: str) -> None:
        """Count a request that got no response."""
        self.failures[said] += 1
        self.in_a_row += 1


class Malformed(Exception):
    """A reply of status 200 that is no chat completion."""


def put_all(
    asks: Iterable[Ask], total: int, endpoint: Endpoint, journal: Journal, *, progress: bool = True
) -> Outcome:
    """Put every request, journal every response, and return how it went.

    Works inside a running event loop (a notebook) too. On Ctrl-C the requests under way are
    dropped, and what is journalled stays: the same call goes on from there.

    Raises
    ------
    EndpointError
        If the endpoint refuses every request of this kind.
    RecordingError
        If the journal can't be written.
    KeyboardInterrupt
        On Ctrl-C.
    """
    outcome = Outcome()
    with Progress(
        TextColumn("recording"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        disable=not progress,
        transient=True,
    ) as bar:
        task = bar.add_task("recording", total=total)
        with start_blocking_portal() as portal:
            running = portal.start_task_soon(
                _run, iter(asks), endpoint, journal, outcome, lambda: bar.advance(task)
            )
            try:
                running.result()
            except (KeyboardInterrupt, CancelledError):
                running.cancel()
                raise
    return outcome


async def _run(
    asks: Iterator[Ask],
    endpoint: Endpoint,
    journal: Journal,
    outcome: Outcome,
    advance: Callable[[], None],
) -> None:
    client = endpoint.client()

    async def worker() -> None:
        for ask in asks:  # the workers share one iterator
            await _put(client, ask, journal, outcome)
            advance()
            if outcome.in_a_row >= PATIENCE:
                said, _ = outcome.failures.most_common(1)[0]
                raise EndpointError(f"{outcome.in_a_row} requests in a row failed: {said}")

    async with client:
        workers = [asyncio.create_task(worker()) for _ in range(endpoint.concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            await _stop(workers)


async def _stop(workers: list[asyncio.Task[None]]) -> None:
    """Cancel the workers until each has ended: a library below may swallow one cancellation."""
    pending = {task for task in workers if not task.done()}
    with anyio.CancelScope(shield=True):
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.5)


async def _put(client: openai.AsyncOpenAI, ask: Ask, journal: Journal, outcome: Outcome) -> None:
    try:
        reply = await client.chat.completions.with_raw_response.create(
            **body(ask.request, ask.png() if ask.png else b"")
        )
        text = reply.http_response.content.decode("utf-8", errors="replace")
        check_completion(text)
    except openai.APIStatusError as error:
        if is_hopeless(error):
            raise EndpointError(plain_words(error)) from None
        outcome.failure(plain_words(error))
    except (openai.APIError, Malformed) as error:
        outcome.failure(plain_words(error))
    else:
        journal.write(
            key=ask.key,
            image_id=ask.image_id,
            repeat=ask.request.repeat,
            request=ask.request.canonical().decode(),
            response=text,
        )
        outcome.success()


def body(request: Request, png: bytes) -> dict[str, Any]:
    """Return the arguments of `chat.completions.create` for a request and its image, if any."""
    messages = [
        {"role": message.role, "content": [_part(part, png) for part in message.content]}
        for message in request.messages
    ]
    said: dict[str, Any] = {"model": request.model, "messages": messages}
    said |= request.sampling.model_dump(exclude_none=True)
    if request.response_format is not None:
        said["response_format"] = request.response_format
    return said


def _part(part: Text | Image, png: bytes) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    url = {"url": "data:image/png;base64," + base64.b64encode(png).decode()}
    if part.detail is not None:
        url["detail"] = part.detail
    return {"type": "image_url", "image_url": url}


def check_completion(text: str) -> None:
    """Raise `Malformed` unless `text` is a chat completion with a message."""
    try:
        reply = orjson.loads(text)
        message = reply["choices"][0]["message"]
        for said in (message.get("content"), message.get("refusal")):
            if not isinstance(said, str | None):
                raise TypeError
        if not isinstance(reply.get("usage"), dict | None):
            raise TypeError
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, AttributeError):
        raise Malformed(f"the reply is no chat completion: {text[:60]!r}") from None


def is_hopeless(error: openai.APIStatusError) -> bool:
    """Whether no request of this kind can succeed."""
    return error.status_code in {401, 403, 404} or error.code == "insufficient_quota"


def plain_words(error: Exception) -> str:
    """Return a client's error as one line."""
    if isinstance(error, openai.APIStatusError):
        said = str(_told(error.body) or error.message).splitlines()[0][:200]
        return f"the endpoint answered {error.status_code}: {said}"
    if isinstance(error, openai.APITimeoutError):
        return "the endpoint did not answer in time"
    if isinstance(error, openai.APIConnectionError):
        asked = error.request.url
        return f"no connection to {asked.host}:{asked.port or asked.scheme}, or it broke off"
    return str(error).splitlines()[0][:200]


def _told(body: object) -> object:
    """Return what an error's body says: OpenAI's `message`, FastAPI's `detail`, or a bare text."""
    return body.get("message") or body.get("detail") if isinstance(body, dict) else body

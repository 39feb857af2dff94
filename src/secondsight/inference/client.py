"""An endpoint, and the client that reaches it and nothing else.

Image, prompt and key go to the endpoint's own address and nowhere else: redirections are not
followed, an endpoint on this machine is reached without a proxy, and the key never goes to another
machine over plain http.
"""

import asyncio
import os
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2
import openai

from secondsight.errors import EndpointError, ParameterError
from secondsight.inference.budget import Budget

OPENAI = "https://api.openai.com/v1"
"""OpenAI's own address."""
REFUSALS = 3
"""After so many connections that were refused, and none made, a run is stopped."""
LARGEST = 32 * 2**20
"""How many bytes of a reply are taken."""


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, and how hard.

    Notes
    -----
    The key is read from `OPENAI_API_KEY` in the environment and from nowhere else. An endpoint on
    this machine needs none.
    """

    base_url: str | None = None  # None: OpenAI's own, or what `OPENAI_BASE_URL` says
    concurrency: int = 8  # how many requests may be under way at once
    timeout: float = 120.0  # seconds until one response must have come whole
    retries: int = 4  # how often the client tries one request again

    def __post_init__(self) -> None:
        for name, least in (("concurrency", 1), ("retries", 0)):
            if getattr(self, name) < least:
                raise ParameterError(f"{name} must be {least} or more, not {getattr(self, name)}")
        if not self.timeout > 0:
            raise ParameterError(f"timeout must be more than 0 seconds, not {self.timeout}")

    @property
    def address(self) -> str:
        """Where requests go: as given, as the environment says, or OpenAI's own."""
        return self.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI

    @property
    def host(self) -> str:
        """Who answers: the host's name alone, without port, path or anything secret."""
        host = urlsplit(self.address).hostname
        return "this machine" if is_this_machine(host) else str(host)

    def client(self) -> "Client":
        """Return a client for this endpoint.

        Raises EndpointError if the endpoint is not on this machine and the environment holds no
        key, or the key would go there unencrypted.
        """
        url = self.base_url or os.environ.get("OPENAI_BASE_URL")
        address = urlsplit(url or "https:")
        if address.scheme not in {"http", "https"}:
            raise EndpointError(f"base_url must begin with http:// or https://, not {url!r}")
        key, here = os.environ.get("OPENAI_API_KEY"), is_this_machine(address.hostname)
        if not key and not here:
            raise EndpointError(
                "no key: set OPENAI_API_KEY in the environment, or name an endpoint on this "
                "machine with --base-url, in Python base_url, for a notebook OPENAI_BASE_URL; "
                "`secondsight serve` starts one"
            )
        if address.scheme == "http" and not here:
            raise EndpointError(
                f"the key would go to {address.hostname} over plain http for all to read: name an "
                "https:// address, or a port of this machine that ssh -L leads there"
            )
        return Client(
            Line(self.timeout, trust_env=not here),
            api_key=key or "none",
            base_url=url,
            timeout=self.timeout,
            max_retries=self.retries,
        )


def is_this_machine(host: str | None) -> bool:
    """Whether `host` is a name or an address of the loopback."""
    try:
        name = (host or "").lower()
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


class TooLarge(openai.OpenAIError):
    """A reply with more bytes than are taken; asking again would bring it again."""


class Stopped(openai.OpenAIError):
    """The run is being stopped, so the request is not put again."""


class Ceiling(openai.OpenAIError):
    """One more request might cost more than may be spent."""


class Nobody(openai.OpenAIError):
    """Nobody answers at the address: the first connections were all refused."""


class Line(httpx2.AsyncClient):
    """What carries requests: a whole reply within a time and a size, from one address alone.

    Attributes
    ----------
    under_way : set of Task
        Who waits for a reply.
    stopping : bool
        Whether no more requests may be put.
    budget : Budget
        What may be spent. What a request costs at most is taken before each attempt. An attempt
        without a reply counts as that much: it may have been billed.
    worst : dict of Task to float
        What the request of each task costs at most.
    """

    def __init__(self, seconds: float, *, trust_env: bool) -> None:
        super().__init__(
            timeout=seconds,
            limits=openai.DEFAULT_CONNECTION_LIMITS,
            follow_redirects=False,
            trust_env=trust_env,
        )
        self.stopping = False
        self.under_way: set[asyncio.Task[Any] | None] = set()
        self.budget = Budget()
        self.worst: dict[asyncio.Task[Any] | None, float] = {}
        self._unmet: int | None = 0  # connections that were refused; None once one was not
        self._taken = 0
        self._settled = asyncio.Condition()

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Return the reply, read to its end; a failure counts as one only if it may be mended.

        A reply that is asked for as a stream is the caller's to read.
        """
        if self.stopping:
            raise Stopped("stopped")
        task = asyncio.current_task()
        await self._take(self.worst.get(task, 0.0))
        self.under_way.add(task)
        try:
            if options.get("stream"):
                return await super().send(request, **options)
            response = await self._paid(request, options)
        except (TimeoutError, httpx2.RequestError) as error:
            if self.stopping:
                raise Stopped("stopped") from None
            if isinstance(error, TimeoutError):
                raise httpx2.ReadTimeout("not whole in time", request=request) from None
            raise
        finally:
            self.under_way.discard(task)
        if self.stopping and response.status_code != 200:
            raise Stopped("stopped")
        return response

    async def _take(self, usd: float) -> None:
        """Wait until there is room for so much below the ceiling.

        Raises Ceiling if there is none although nothing is under way.
        """
        async with self._settled:
            while not self.budget.take(usd):
                if not self._taken:
                    raise Ceiling("the ceiling is reached")
                await self._settled.wait()
            self._taken += 1

    async def settle(self, usd: float) -> None:
        """Put what a request of this task was billed in the place of what was taken for it."""
        with anyio.CancelScope(shield=True):
            async with self._settled:
                self.budget.settle(self.worst.get(asyncio.current_task(), 0.0), usd)
                self._taken -= 1
                self._settled.notify_all()

    async def _paid(self, request: httpx2.Request, options: dict[str, Any]) -> httpx2.Response:
        """Return the reply; what was taken is settled unless it is one that is billed."""
        try:
            with anyio.fail_after(request.extensions["timeout"]["read"]):
                response = await self._whole(request, options)
        except httpx2.ConnectError:
            await self.settle(0.0)
            self._refused(request.url)
            raise
        except BaseException:
            await self.settle(self.worst.get(asyncio.current_task(), 0.0))
            raise
        self._unmet = None
        if response.status_code != 200:
            await self.settle(0.0)
        return response

    def _refused(self, url: httpx2.URL) -> None:
        """Count a connection that was not made; raises Nobody after the third, if none ever was.

        Batches wait instead: their line is not told what a request costs at most.
        """
        if self._unmet is None or not self.worst:
            return
        self._unmet += 1
        if self._unmet >= REFUSALS:
            raise Nobody(
                f"no connection to {url.host}:{url.port or url.scheme}: is a server running there? "
                "check --base-url, in Python base_url, for a notebook OPENAI_BASE_URL; "
                "`secondsight serve` starts one"
            )

    async def _whole(self, request: httpx2.Request, options: dict[str, Any]) -> httpx2.Response:
        response = await super().send(request, **(options | {"stream": True}))
        content = bytearray()
        try:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > LARGEST:
                    raise TooLarge(f"a reply is larger than {LARGEST:,} bytes")
        finally:
            await response.aclose()
        headers = [pair for pair in response.headers.multi_items() if pair[0] not in _ENCODED]
        return httpx2.Response(
            response.status_code, headers=headers, content=bytes(content), request=request
        )


_ENCODED = {"content-encoding", "content-length", "transfer-encoding"}


class Client(openai.AsyncOpenAI):
    """OpenAI's client on a line of ours."""

    def __init__(self, line: Line, **options: Any) -> None:
        super().__init__(http_client=line, **options)
        self.line = line

"""A small chat-completions endpoint on this machine, for tests.

It speaks real HTTP, so a test meets the same client, sockets and time-outs as a user. What it
answers is scripted by `Reply` objects, and every request that came is kept.
"""

import base64
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from typing import Any

from local_http import LocalServer, Server

PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Reply:
    """One HTTP reply.

    Attributes
    ----------
    status, body, headers
        What is sent.
    delay : float
        Seconds before anything is sent.
    cut : bool
        Whether the connection is closed half-way through the body.
    drip : float
        Seconds before each byte of the body.
    held : Event or None
        What is waited for before anything is sent.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    drip: float = 0.0
    held: threading.Event | None = None


@dataclass(frozen=True)
class Asked:
    """One request that came; the headers' names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The text in the request."""
        parts = self.body["messages"][-1]["content"]
        return "".join(part["text"] for part in parts if part["type"] == "text")

    @property
    def has_image(self) -> bool:
        """Whether there is an image in the request."""
        return any(part["type"] == "image_url" for part in self.body["messages"][-1]["content"])

    @property
    def png(self) -> bytes:
        """The bytes of the image in the request."""
        parts = self.body["messages"][-1]["content"]
        (url,) = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        form, _, content = url.partition(",")
        assert form == "data:image/png;base64", form
        return base64.b64decode(content, validate=True)

    @property
    def image_sha256(self) -> str:
        """The SHA-256 of the image in the request."""
        return hashlib.sha256(self.png).hexdigest()


def completion(
    text: str | None = "1",
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    model: str = "told-by-the-endpoint",
) -> bytes:
    """Return the body of a chat completion."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1767225600,
            "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 1, "total_tokens": 101},
        }
    ).encode()


def answer(text: str | None = "1", **said: Any) -> Reply:
    """Return a good reply."""
    return Reply(body=completion(text, **said))


def failure(
    status: int, message: str = "no", *, code: str | None = None, wait_ms: int | None = 1
) -> Reply:
    """Return a reply in the form of OpenAI's errors; a client waits `wait_ms` before a retry."""
    headers = {} if wait_ms is None else {"retry-after-ms": str(wait_ms)}
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
    return Reply(status, body, headers)


def slow(seconds: float) -> Reply:
    """Return a good reply that comes after `seconds`."""
    return replace(answer(), delay=seconds)


def broken_off() -> Reply:
    """Return a good reply that breaks off half-way through its body."""
    return replace(answer(), cut=True)


class EndpointServer(LocalServer):
    """The endpoint; a context manager.

    The replies of `script` come first, one a request; then whatever `default` gives.
    """

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.requests: list[Asked] = []
        self.script: list[Reply] = []
        self.default: Callable[[Asked], Reply] = lambda asked: answer()
        self.answered: list[str] = []
        self._turn = threading.Lock()

    @property
    def base_url(self) -> str:
        """What a client is told."""
        return f"{self.address}/v1"

    def times_asked(self) -> Counter[str]:
        """Return how often each image was asked about, by its SHA-256."""
        return Counter(asked.image_sha256 for asked in self.requests)

    def reply(self, asked: Asked) -> Reply:
        """Keep a request and return what to reply; waits as long as the reply says."""
        with self._turn:
            self.requests.append(asked)
            chosen = self.script.pop(0) if self.script else self.default(asked)
        if chosen.delay:
            self.closing.wait(chosen.delay)
        if chosen.held:
            chosen.held.wait(60)
        return chosen

    def done(self, asked: Asked) -> None:
        """Keep that an answer went out whole; without an image, by the request's text."""
        self.answered.append(asked.image_sha256 if asked.has_image else asked.text)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave in one piece
    server: Server

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, json.loads(content))
        endpoint: EndpointServer = self.server.owner
        if self.path != PATH:
            self._send(failure(404, f"no such path: {self.path}"))
            return
        reply = endpoint.reply(asked)
        self._send(reply)
        if reply.status == 200 and not reply.cut and b'"choices"' in reply.body:
            endpoint.done(asked)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | dict(reply.headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        for byte in reply.body if reply.drip else b"":
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.owner.closing.wait(reply.drip):
                return
        if not reply.drip:
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
        self.wfile.flush()
        self.close_connection = reply.cut or self.close_connection

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

"""An endpoint that bills and goes wrong, for a process that may be killed.

It is our own server with another answerer in the place of the model, and with trouble put in its
way. Its state is in a folder, so it may be killed and started again. What it bills stands there in
the database's `results`, for each `custom_id` of each batch. Its prices are written here a second
time, from GPT-4o's published rules.
"""

import base64
import hashlib
import random
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import secondsight.minivlm.server.app as server
from secondsight.minivlm.server.errors import Refused

MODEL = "gpt-4o"
USD_IN, USD_OUT, BATCH = 2.50e-6, 10.00e-6, 0.5
REFUSED_ONE_IN = 300
MOST_OUT = 16


class Biller:
    """Answers without looking; some requests never, some only when they are asked again.

    It stops where it is held, so that a client can't come to the end before it is killed.
    """

    names = (MODEL,)

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance

    def check(self, name: str) -> str:
        return name

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        while results(self.folder) >= held_at(self.folder):
            time.sleep(0.01)
        text, url = (part.get("text") or part["image_url"]["url"] for part in parts_of(body))
        if is_refused(url):
            raise Refused("The image shows something forbidden.", code="content_policy_violation")
        roll = self.chance.random()
        if roll < 0.02:
            raise Refused("Slow down.", status=429, code="rate_limit_exceeded")
        if roll < 0.03:
            raise Refused("The server had an error.", status=500)
        form = orjson.dumps(body["response_format"]).decode() if "response_format" in body else ""
        sent = 3 + 4 + text_tokens(text) + text_tokens(form) + image_tokens(url)
        return completion(sent, self.chance.randint(3, 12))


def parts_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the text and the image of a request."""
    (message,) = body["messages"]
    return list(message["content"])


def is_refused(url: str) -> bool:
    """Whether a request with this image is refused for good."""
    return int(hashlib.sha256(url.encode()).hexdigest(), 16) % REFUSED_ONE_IN == 0


def text_tokens(text: str) -> int:
    """Return how many tokens OpenAI counts, nearly: words, and marks between them."""
    return len(re.findall(r" ?[A-Za-z]+| ?\d{1,3}|[^\sA-Za-z\d]+|\s*\n", text))


def image_tokens(url: str) -> int:
    """Return 85 tokens, and 170 for each tile of 512 pixels: these images are not made smaller."""
    head = base64.b64decode(url.partition(",")[2][:64])
    width, height = int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
    return 85 + 170 * (-(-width // 512)) * (-(-height // 512))


def completion(sent: int, got: int) -> dict[str, Any]:
    """Return an answer and its bill."""
    message = {"role": "assistant", "content": "1", "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1767225600,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": sent,
            "completion_tokens": got,
            "total_tokens": sent + got,
        },
    }


class Trouble:
    """Refuses, drops and cuts off some of what comes, before or after it has had its effect."""

    def __init__(self, app: ASGIApp, chance: random.Random, often: float) -> None:
        self.app, self.chance, self.often = app, chance, often
        self.batches: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.chance.random() > self.often:
            await self.app(scope, receive, send)
            return
        kind = self.chance.choice(["429", "500", "lost", "cut"])
        if kind == "cut":
            await self.app(scope, receive, Cut(send))
        elif kind == "lost":
            await self.app(scope, receive, _nothing)
            await _refuse(send, 500)
        else:
            while (await receive()).get("more_body"):
                pass
            await _refuse(send, int(kind))


class Cut:
    """Sends the first half of a body; the server then breaks the connection off."""

    def __init__(self, send: Send) -> None:
        self.send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            content = message.get("body", b"")
            message = message | {"body": content[: len(content) // 2], "more_body": False}
            self.send, sending = _nothing, self.send
            await sending(message)
            return
        await self.send(message)


async def _nothing(_: Message) -> None:
    """Send nothing."""


async def _refuse(send: Send, status: int) -> None:
    body = b'{"error": {"message": "Trouble.", "type": "error", "code": null}}'
    headers = [(b"content-type", b"application/json"), (b"retry-after-ms", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def create_app(folder: Path, seed: int, often: float = 0.06) -> ASGIApp:
    """Return the endpoint; about one batch in eight expires before it is whole."""
    chance = random.Random(seed)
    server.Answerers = lambda *_: Biller(folder, chance)  # type: ignore[assignment, misc]
    server.Chat = lambda _: None  # type: ignore[assignment, misc]
    made = server.Batches.create

    def create(batches: Any, body: dict[str, Any]) -> Any:
        batches.seconds = chance.choice([0, 1]) if chance.random() < 0.12 else 86_400
        return made(batches, body)

    server.Batches.create = create  # type: ignore[method-assign]
    (folder / "files").mkdir(parents=True, exist_ok=True)
    return Trouble(server.create_app(None, folder), chance, often)  # type: ignore[arg-type]


def bills(folder: Path) -> dict[str, tuple[int, float]]:
    """Return how often each request was billed, and for how much in US dollars."""
    query = "SELECT custom_id, good, read, written FROM results"
    counted: dict[str, tuple[int, float]] = {}
    with closing(sqlite3.connect(folder / "server.sqlite")) as base:
        for key, good, read, written in base.execute(query):
            times, usd = counted.get(key, (0, 0.0))
            cost = good * (read * USD_IN + written * USD_OUT) * BATCH
            counted[key] = times + good, usd + cost
    return counted


def results(folder: Path) -> int:
    """Return how many requests were answered or refused so far."""
    with closing(sqlite3.connect(folder / "server.sqlite")) as base:
        return int(base.execute("SELECT COALESCE(MAX(number), 0) FROM results").fetchone()[0])


def hold(folder: Path, at: int) -> None:
    """Let the endpoint answer until it has so many results, and then wait to be let go on."""
    (folder / "held.new").write_text(str(at))
    (folder / "held.new").replace(folder / "held")


def held_at(folder: Path) -> int:
    """Return how many results there may be."""
    return int((folder / "held").read_text())


def history(folder: Path) -> tuple[int, Counter[str], int]:
    """Return how many batches there were, how they ended, and how many requests came again."""
    with closing(sqlite3.connect(folder / "server.sqlite")) as base:
        batches = base.execute("SELECT content FROM things WHERE kind = 'batch'").fetchall()
        again = base.execute("SELECT COUNT(*) - COUNT(DISTINCT custom_id) FROM results").fetchone()[
            0
        ]
    ends = Counter(orjson.loads(content)["status"] for (content,) in batches)
    return len(batches), ends, again


def serve(folder: Path, port: int, seed: int) -> None:
    """Serve until the process is killed."""
    uvicorn.run(create_app(folder, seed), host="127.0.0.1", port=port, log_level="critical")

"""A finished chat completion sent piece by piece, as server-sent events."""

from collections.abc import Iterator
from typing import Any

import orjson

from secondsight.minivlm.reply import tokens_of
from secondsight.minivlm.server.requests import Body


def events(completion: Body, *, usage: bool) -> Iterator[bytes]:
    """Yield the events of a completion: the role, the words, the end, and the usage if wanted."""
    common = {
        name: completion[name] for name in ("id", "created", "model", "system_fingerprint")
    } | {"object": "chat.completion.chunk"}
    if usage:
        common["usage"] = None

    def event(choices: list[Any], **more: object) -> bytes:
        return b"data: " + orjson.dumps({**common, "choices": choices, **more}) + b"\n\n"

    for choice in completion["choices"]:
        for chunk in _chunks(choice):
            yield event([chunk])
    if usage:
        yield event([], usage=completion["usage"])
    yield b"data: [DONE]\n\n"


def _chunks(choice: Body) -> Iterator[Body]:
    def chunk(delta: Body, logprobs: object = None, finish: str | None = None) -> Body:
        return {
            "index": choice["index"],
            "delta": delta,
            "logprobs": logprobs,
            "finish_reason": finish,
        }

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    listed = (choice["logprobs"] or {}).get("content")
    if listed is None:
        for token in tokens_of(choice["message"]["content"]):
            yield chunk({"content": token.text})
    else:
        for one in listed:
            yield chunk({"content": one["token"]}, {"content": [one], "refusal": None})
    yield chunk({}, finish=choice["finish_reason"])

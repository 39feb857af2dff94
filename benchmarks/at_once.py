"""An endpoint that gives every request the same answer at once; `uvicorn at_once:app` serves it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

MESSAGE = {"role": "assistant", "content": "1", "refusal": None}
BODY = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1767225600,
    "model": "at-once",
    "choices": [{"index": 0, "message": MESSAGE, "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 1, "total_tokens": 101},
}
SENT = json.dumps(BODY).encode()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(SENT))]


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer when the whole request is there."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": SENT})

"""The input file of a batch: one request a line, within what a batch may hold."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import orjson

from secondsight.errors import EndpointError
from secondsight.inference.workers import Ask, body

PATH: Final = "/v1/chat/completions"
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000


@dataclass
class Bounds:
    """What one batch may hold."""

    requests: int  # how many
    size: int  # of a file in bytes, in which images stand in base64
    afford: Callable[[Ask, bytes], bool]  # whether there is money for one more, about this image


def write_chunk(
    queue: deque[str], ask_of: Callable[[str], Ask], file: BinaryIO, bounds: Bounds
) -> list[str]:
    """Write requests from the front of the queue into a file, as many as fit; return their keys.

    One line is in memory at a time. What fits no more stays in the queue.

    Raises EndpointError if a single request is larger than a batch may be.
    """
    keys: list[str] = []
    size = 0
    while queue and len(keys) < bounds.requests:
        ask = ask_of(queue[0])
        png = ask.png() if ask.png else b""
        line = line_of(ask, png)
        if len(line) > bounds.size:
            raise EndpointError(
                f"the request about {ask.image_id!r} takes {len(line):,} bytes, more than the "
                f"{bounds.size:,} of a batch: make the image smaller, or ask without --batch"
            )
        if size + len(line) > bounds.size or not bounds.afford(ask, png):
            break
        file.write(line)
        size += len(line)
        keys.append(queue.popleft())
    return keys


def line_of(ask: Ask, png: bytes) -> bytes:
    """Return a request and its image, if any, as a line of a batch's input file."""
    content: dict[str, Any] = body(ask.request, png, ask.examples)
    line = {"custom_id": ask.key.hex(), "method": "POST", "url": PATH, "body": content}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

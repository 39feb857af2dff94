"""What is known of a recording's batches: on disk before each call that it is about.

`NAME.batches` stands beside the journal `NAME.jsonl`. Each line says of one chunk of requests what
is now true of it; a later line adds to the earlier ones. A half-written last line is dropped.
"""

import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from secondsight.errors import RecordingError
from secondsight.inference.disk import sync, writing
from secondsight.inference.journal import drop_torn_line
from secondsight.paths import shown

SUFFIX = ".batches"


@dataclass
class Chunk:
    """Requests that go into one batch."""

    name: str  # the chunk's own, which its file and its batch carry at the endpoint
    keys: list[str] = field(default_factory=list)  # the requests' keys, in hexadecimal
    usd: float | None = None  # what it costs at most; None if no price is known
    billed: float | None = None  # what it cost; None likewise
    size: int = 0  # of its file, in bytes
    base_url: str = ""  # where it was sent
    made: float = 0.0  # when, in seconds of Unix time, the last call about it was about to be made
    file_id: str = ""  # as the endpoint named its file; empty until that is known
    batch_id: str = ""  # likewise its batch
    creating: bool = False  # whether the endpoint may have made a batch of which we know no id
    done: bool = False  # whether all is collected, or it was given up because there is no batch
    past: bool = False  # whether its recording was whole since; what it cost then counts no more


class State:
    """Every chunk of a recording; `path` need not exist.

    Raises RecordingError if the file is damaged; the text says what to do.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.chunks: dict[str, Chunk] = {}
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        for number, line in enumerate(lines, start=1):
            try:
                self._learn(orjson.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise RecordingError(
                    f"{shown(path)}, line {number}, is damaged: it tells which batches were paid "
                    "for; mend the line, or remove the file to ask anew what they answered"
                ) from None

    def open(self) -> list[Chunk]:
        """Return the chunks that are not done, the oldest first."""
        return [chunk for chunk in self.chunks.values() if not chunk.done]

    def totals(self) -> tuple[float, float]:
        """Return what was billed since the recording was whole, and what is under way, in USD."""
        chunks = self.chunks.values()
        billed = math.fsum(chunk.billed or 0.0 for chunk in chunks if not chunk.past)
        return billed, math.fsum(chunk.usd or 0.0 for chunk in self.open())

    def finish(self) -> None:
        """Write down that the recording is whole."""
        for chunk in [chunk for chunk in self.chunks.values() if chunk.done and not chunk.past]:
            self.note(chunk.name, past=True)

    def note(self, name: str, **facts: Any) -> Chunk:
        """Write down what is now true of a chunk; the disk has it when this returns."""
        known = {"name": name, "made": time.time()} | facts
        with writing(self.path):
            drop_torn_line(self.path)
            with self.path.open("ab") as file:
                file.write(orjson.dumps(known, option=orjson.OPT_APPEND_NEWLINE))
                file.flush()
                os.fsync(file.fileno())
            sync(self.path.parent)
        return self._learn(known)

    def _learn(self, known: dict[str, Any]) -> Chunk:
        earlier = vars(self.chunks.get(known["name"], Chunk(known["name"])))
        chunk = _CHUNK.validate_python(earlier | known)
        if chunk.done:
            chunk.keys = []
        self.chunks[chunk.name] = chunk
        return chunk


_CHUNK = TypeAdapter(Chunk)

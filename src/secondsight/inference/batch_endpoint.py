"""An endpoint's files and batches, as far as they carry the mark of a chunk of ours."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TypeVar

import httpx2
import openai
from openai.types import Batch, FileObject

from secondsight.inference.batch_chunks import PATH
from secondsight.inference.batch_results import custom_ids
from secondsight.inference.batch_state import Chunk
from secondsight.inference.client import Client
from secondsight.inference.workers import Malformed

T = TypeVar("T")

ENDED = {"completed", "failed", "expired", "cancelled"}
CHUNK, RECORDING = "secondsight_chunk", "secondsight_recording"
"""What a batch's metadata says: which chunk it is, and of which recording."""
LONGEST = 512
"""Letters that OpenAI takes of either."""
UPLOAD = 3600.0
"""Seconds that an upload may take."""
TROUBLE = (
    openai.APIConnectionError,
    openai.APIResponseValidationError,
    openai.InternalServerError,
    openai.RateLimitError,
    httpx2.TransportError,
    json.JSONDecodeError,
    Malformed,
)
"""What may have passed a moment later."""


class Remote:
    """The endpoint's side of chunks; files are kept in `folder` while they are read.

    Of its two clients `once` tries nothing a second time.
    """

    def __init__(self, client: Client, once: Client, folder: Path) -> None:
        self.client, self.once, self.folder = client, once, folder

    async def upload(self, chunk: Chunk, file: BinaryIO) -> str:
        """Send a chunk's file, and return its id."""
        named = (_filename(chunk), file, "application/jsonl")
        sent = await self.once.files.create(file=named, purpose="batch", timeout=UPLOAD)
        return _told(sent, FileObject).id

    async def uploaded(self, chunk: Chunk) -> str | None:
        """Return the id of a chunk's file if it was uploaded whole."""
        async for file in self.client.files.list(purpose="batch"):
            if file.filename == _filename(chunk) and file.bytes == chunk.size:
                return file.id
        return None

    async def create(self, chunk: Chunk, recording: str) -> str:
        """Have a batch made of a chunk's file, and return its id."""
        made = await self.once.batches.create(
            input_file_id=chunk.file_id,
            endpoint=PATH,
            completion_window="24h",
            metadata={CHUNK: chunk.name, RECORDING: recording[:LONGEST]},
        )
        return _told(made, Batch).id

    async def created(self, chunk: Chunk) -> str | None:
        """Return the id of a chunk's batch if there is one."""
        async for batch, name in self.batches():
            if name == chunk.name:
                return batch.id
        return None

    async def batches(self, recording: str | None = None) -> AsyncIterator[tuple[Batch, str]]:
        """Yield the batches that chunks became, each with its chunk's name; or one recording's."""
        async for batch in self.client.batches.list(limit=100):
            about = _told(batch, Batch).metadata or {}
            if CHUNK in about and recording in (None, about.get(RECORDING)):
                yield batch, about[CHUNK]

    async def batch(self, batch_id: str) -> Batch:
        """Return what the endpoint says of a batch."""
        return _told(await self.client.batches.retrieve(batch_id), Batch)

    async def keys(self, batch: Batch) -> list[str]:
        """Return the keys in a batch, of its results if it has ended; none if they are gone."""
        results = [batch.output_file_id, batch.error_file_id]
        keys: list[str] = []
        for file_id in filter(None, results if batch.status in ENDED else [batch.input_file_id]):
            with suppress(openai.NotFoundError), TemporaryFile(dir=self.folder) as file:
                await self.fetch(file_id, file)
                keys += custom_ids(file)
        return keys

    async def fetch(self, file_id: str, file: BinaryIO) -> None:
        """Write one of the endpoint's files into an empty one, and go to its beginning.

        Raises what the client raises, and Malformed if it did not come whole.
        """
        size = _told(await self.client.files.retrieve(file_id), FileObject).bytes
        async with self.client.files.with_streaming_response.content(file_id) as reply:
            async for part in reply.iter_bytes():
                file.write(part)
                if file.tell() > size:
                    break
        if file.tell() != size:
            raise Malformed(f"{file_id} came with {file.tell():,} of {size:,} bytes")
        file.seek(0)

    async def delete(self, *file_ids: str | None) -> None:
        """Remove files, as far as they are there and may go."""
        for file_id in filter(None, file_ids):
            with suppress(openai.NotFoundError, openai.BadRequestError, openai.ConflictError):
                await self.client.files.delete(file_id)


def _filename(chunk: Chunk) -> str:
    return f"secondsight-{chunk.name}.jsonl"


def _told(reply: Any, kind: type[T]) -> T:
    """Return a reply, unless it is something else than was asked for, such as a proxy's page."""
    if not isinstance(reply, kind):
        raise Malformed(f"the endpoint's reply is no {kind.__name__}: {str(reply)[:60]!r}")
    return reply

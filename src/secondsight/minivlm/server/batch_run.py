"""Batches at work: each goes on in the background, one request at a time.

All batches together have one request in the model's queue, so a chat waits for one at most. A
batch's requests are answered in an order of its own, drawn from its id; whoever takes the results
to come in the order of the requests finds out at once.
"""

import asyncio
import hashlib
import logging
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from itertools import chain
from pathlib import Path
from typing import Any

from openai.types import Batch

from secondsight.minivlm.server.answerers import Answerers
from secondsight.minivlm.server.batch_input import Input, line_at, read_input
from secondsight.minivlm.server.batches import Batches, Status
from secondsight.minivlm.server.errors import Refused, fault

EXPIRED = {
    "code": "batch_expired",
    "message": "This request could not be executed before the completion window expired.",
}
FAILED = {"code": "server_error", "message": "The batch failed for a fault of the server."}
NO_STREAM = "Unsupported parameter: 'stream' is not supported in a batch."

log = logging.getLogger("uvicorn.error")


class Runner:
    """Works on batches until it is stopped.

    `in_worker` runs a function in one of the model's threads and waits for what it returns.
    """

    def __init__(
        self, batches: Batches, answerers: Answerers, in_worker: Callable[..., Awaitable[Any]]
    ) -> None:
        self.batches, self.answerers, self._in_worker = batches, answerers, in_worker
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def resume(self) -> None:
        """Go on with every batch that has not ended."""
        for batch in self.batches.unended():
            self.start(batch)

    def start(self, batch: Batch) -> None:
        """Begin to work on a batch."""
        task = asyncio.create_task(self._run(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Leave every batch where it is, once its request under way is answered."""
        self._stopping = True
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, batch: Batch) -> None:
        try:
            await self._work(batch)
        except Exception:
            log.exception("batch %s failed", batch.id)
            self._fail(batch, [FAILED])

    def _fail(self, batch: Batch, errors: list[Any]) -> None:
        self.batches.move(batch.id, "failed", errors={"object": "list", "data": errors})

    async def _work(self, batch: Batch) -> None:
        path = self.batches.store.content(batch.input_file_id)
        asked = await asyncio.to_thread(read_input, path, self.answerers.names)
        if asked.errors:
            self._fail(batch, asked.errors)
            return
        counts = {"total": len(asked.places), "completed": 0, "failed": 0}
        status = self.batches.get(batch.id).status
        begun = "in_progress" if status == "validating" else status
        self.batches.move(batch.id, begun, request_counts=counts, model=asked.model)
        end = await self._answer_all(batch, path, asked)
        if end:
            await self._finish(batch.id, end)

    async def _answer_all(self, batch: Batch, path: Path, asked: Input) -> Status | None:
        """Answer what is not answered yet, and return the status in which the batch ends.

        None if the server stops before.
        """
        done = self.batches.done(batch.id)
        for custom_id in _order(batch.id, list(asked.places)):
            if custom_id in done:
                continue
            async with self._turn:
                if self._stopping:
                    return None
                if self.batches.get(batch.id).status == "cancelling":
                    return "cancelled"
                if time.time() >= (batch.expires_at or 0):
                    await asyncio.to_thread(self._expire, batch.id, asked)
                    return "expired"
                await self._in_worker(self._keep_answer, batch.id, path, asked.places[custom_id])
        return "completed"

    def _keep_answer(self, batch_id: str, path: Path, place: int) -> None:
        """Answer one request and keep the result."""
        request = line_at(path, place)
        try:
            if request["body"].get("stream"):
                raise Refused(NO_STREAM, param="stream", code="unsupported_parameter")
            status, body = 200, self.answerers.answer(request["body"])
        except Refused as error:
            status, body = error.status, error.body
        except Exception:
            log.exception("a request of a batch failed")
            status, body = 500, fault().body
        response = {"status_code": status, "request_id": uuid.uuid4().hex, "body": body}
        self.batches.add_result(batch_id, request["custom_id"], response)

    def _expire(self, batch_id: str, asked: Input) -> None:
        """Keep, for each request that is not answered, that it is too late for it."""
        for custom_id in asked.places.keys() - self.batches.done(batch_id):
            self.batches.add_result(batch_id, custom_id, None, EXPIRED)

    async def _finish(self, batch_id: str, end: Status) -> None:
        """Put the results into files and end the batch; done twice, it ends the same."""
        if self.batches.get(batch_id).status == "in_progress":
            self.batches.move(batch_id, "finalizing")
        files = {
            f"{kind}_file_id": await asyncio.to_thread(self._file, batch_id, kind)
            for kind in ("output", "error")
        }
        batch = self.batches.get(batch_id)
        self.batches.move(
            batch_id,
            "cancelled" if batch.status == "cancelling" else end,
            request_counts=batch.request_counts and batch.request_counts.model_dump(),
            usage=self.batches.usage(batch_id),
            **files,
        )

    def _file(self, batch_id: str, kind: str) -> str | None:
        """Keep results as a file whose id is the batch's own; no file if there are none."""
        lines = self.batches.lines(batch_id, good=kind == "output")
        first = next(lines, None)
        if first is None:
            return None
        digest = hashlib.sha256(f"{batch_id} {kind}".encode()).hexdigest()
        name = f"{batch_id}_{kind}.jsonl"
        return self.batches.store.add_lines(f"file-{digest[:24]}", chain([first], lines), name).id


def _order(batch_id: str, ids: list[str]) -> list[str]:
    """Return the order in which a batch's requests are answered."""
    shuffled = ids.copy()
    random.Random(batch_id).shuffle(shuffled)  # noqa: S311
    return shuffled if len(ids) == 1 or shuffled != ids else shuffled[::-1]

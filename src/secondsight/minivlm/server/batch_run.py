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
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from secondsight.minivlm.server.batch_input import Input, line_at, read_input
from secondsight.minivlm.server.batches import (
    ENDED,
    Batches,
    Note,
    Results,
    read_results,
    succeeded,
)
from secondsight.minivlm.server.errors import Refused, fault

Answer = Callable[[dict[str, Any]], dict[str, Any]]
InWorker = Callable[..., Awaitable[Any]]

EXPIRED = {
    "code": "batch_expired",
    "message": "This request could not be executed before the completion window expired.",
}
FAILURE = {"code": "server_error", "message": "The batch failed for a fault of the server.",
           "line": None, "param": None}  # fmt: skip

log = logging.getLogger("uvicorn.error")


class Runner:
    """Works on batches until it is stopped.

    Parameters
    ----------
    batches : Batches
    models : sequence of str
        The names of the models that answer.
    answer : callable
        Returns the body of a completion for the body of a request.
    in_worker : callable
        Runs a function in the model's thread and waits for what it returns.
    """

    def __init__(
        self, batches: Batches, models: Sequence[str], answer: Answer, in_worker: InWorker
    ) -> None:
        self.batches = batches
        self.models = models
        self._answer = answer
        self._in_worker = in_worker
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def resume(self) -> None:
        """Go on with every batch that has not ended."""
        for note in self.batches.all():
            if note["status"] not in ENDED:
                self.start(note)

    def start(self, note: Note) -> None:
        """Begin to work on a batch."""
        task = asyncio.create_task(self._run(note))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Leave every batch where it is, once its request under way is answered."""
        self._stopping = True
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, note: Note) -> None:
        try:
            await self._work(note)
        except Exception:
            log.exception("batch %s failed", note["id"])
            note["errors"] = [FAILURE]
            self.batches.move(note, "failed")

    async def _work(self, note: Note) -> None:
        path = self.batches.files.path(note["input_file_id"])
        found = await asyncio.to_thread(read_input, path, self.models)
        if found.errors:
            note["errors"] = found.errors
            self.batches.move(note, "failed")
            return
        note["counts"]["total"] = len(found.ids)
        note["model"] = found.model
        if note["status"] == "validating":
            self.batches.move(note, "in_progress")
        results = await asyncio.to_thread(Results, self.batches.journal(note))
        try:
            end = await self._answer_all(note, path, found, results)
        finally:
            results.close()
        if end:
            await self._finish(note, end)

    async def _answer_all(self, note: Note, path: Path, found: Input, results: Results) -> str:
        """Answer what is not answered yet.

        Returns
        -------
        str
            The status in which the batch ends; empty if the server stops before.
        """
        _count(note, results)
        for place in _order(note, found):
            if found.ids[place] in results.done:
                continue
            async with self._turn:
                if self._stopping:
                    return ""
                if note["status"] == "cancelling":
                    return "cancelled"
                if time.time() >= note["deadline"]:
                    await asyncio.to_thread(self._expire, found, results)
                    _count(note, results)
                    return "expired"
                await self._in_worker(self._one, path, found.places[place], results)
            _count(note, results)
        return "completed"

    def _one(self, path: Path, place: int, results: Results) -> None:
        """Answer one request and keep the result."""
        request = line_at(path, place)
        try:
            status, body = 200, self._answer(request["body"])
        except Refused as error:
            status, body = error.status, error.body
        except Exception:
            log.exception("a request of a batch failed")
            status, body = 500, fault().body
        response = {"status_code": status, "request_id": uuid.uuid4().hex, "body": body}
        results.add(_result(request["custom_id"], response, None))

    def _expire(self, found: Input, results: Results) -> None:
        """Keep, for each request that is not answered, that it is too late for it."""
        for custom_id in found.ids:
            if custom_id not in results.done:
                results.add(_result(custom_id, None, EXPIRED))

    async def _finish(self, note: Note, end: str) -> None:
        """Put the results into files and end the batch; done twice, it ends the same."""
        if note["status"] == "in_progress":
            self.batches.move(note, "finalizing")
        await asyncio.to_thread(self._put_into_files, note)
        self.batches.move(note, "cancelled" if note["status"] == "cancelling" else end)

    def _put_into_files(self, note: Note) -> None:
        results = read_results(self.batches.journal(note))
        good = [result for result in results if succeeded(result)]
        bad = [result for result in results if not succeeded(result)]
        note["output_file_id"] = self._file(note, "output", good)
        note["error_file_id"] = self._file(note, "error", bad)
        note["usage"] = _usage(good)

    def _file(self, note: Note, kind: str, results: list[dict[str, Any]]) -> str | None:
        """Keep results as a file whose id is the batch's own; no file if there are none."""
        if not results:
            return None
        digest = hashlib.sha256(f"{note['id']} {kind}".encode()).hexdigest()
        lines = (orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in results)
        name = f"{note['id']}_{kind}.jsonl"
        return str(self.batches.files.add_lines(f"file-{digest[:24]}", lines, name)["id"])


def _order(note: Note, found: Input) -> list[int]:
    """Return the order in which a batch's requests are answered."""
    order = list(range(len(found.ids)))
    random.Random(note["id"]).shuffle(order)  # noqa: S311
    if len(order) > 1 and order == sorted(order):
        order.reverse()
    return order


def _count(note: Note, results: Results) -> None:
    note["counts"].update(completed=results.good, failed=len(results.done) - results.good)


def _result(
    custom_id: str, response: dict[str, Any] | None, error: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "id": f"batch_req_{uuid.uuid4().hex[:24]}",
        "custom_id": custom_id,
        "response": response,
        "error": error,
    }


def _usage(results: list[dict[str, Any]]) -> dict[str, Any]:
    each = [result["response"]["body"]["usage"] for result in results]
    read = sum(usage["prompt_tokens"] for usage in each)
    written = sum(usage["completion_tokens"] for usage in each)
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }

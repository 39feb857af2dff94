"""Batches and their results; a request that has a result is never answered again."""

import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import orjson
from openai.types import Batch, BatchRequestCounts, FileObject
from pydantic import ConfigDict, Field

from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.requests import Strict, checked
from secondsight.minivlm.server.store import Store

Status = Literal[
    "validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling",
    "cancelled",
]  # fmt: skip
ENDED = {"completed", "failed", "expired", "cancelled"}
MOST_UNENDED = 50
"""How many batches may wait or be at work: each has its requests' places in memory."""


class NewBatch(Strict):
    """A request for a batch."""

    model_config = ConfigDict(extra="forbid")
    input_file_id: str
    endpoint: Literal["/v1/chat/completions"]
    completion_window: Literal["24h"]
    metadata: Annotated[dict[str, str], Field(max_length=16)] | None = None


class Batches:
    """The batches in a store; each may take so many seconds before it expires."""

    def __init__(self, store: Store, seconds: float) -> None:
        self.store, self.seconds = store, seconds

    def all(self) -> list[Batch]:
        """Return every batch, oldest first."""
        return [self._counted(batch) for batch in self.store.all(Batch)]

    def unended(self) -> list[Batch]:
        """Return the batches that have not ended."""
        return [batch for batch in self.store.all(Batch) if batch.status not in ENDED]

    def get(self, batch_id: str) -> Batch:
        """Return what is known of a batch; refuse one that there isn't."""
        return self._counted(self.store.get(Batch, batch_id))

    def create(self, body: dict[str, Any]) -> Batch:
        """Make a batch from a request's body.

        Raises Refused if the request is wrong, or names no file for batches.
        """
        asked = checked(NewBatch, body)
        if self.store.get(FileObject, asked.input_file_id).purpose != "batch":
            raise wrong("input_file_id", "the file was not uploaded with the purpose 'batch'")
        if len(self.unended()) >= MOST_UNENDED:
            text = f"{MOST_UNENDED} batches have not ended: wait for one, or cancel one."
            raise Refused(text, status=429, code="too_many_batches")
        made = int(time.time())
        batch = Batch(
            id=f"batch_{uuid.uuid4().hex[:24]}",
            object="batch",
            status="validating",
            created_at=made,
            expires_at=made + int(self.seconds),
            request_counts=BatchRequestCounts(total=0, completed=0, failed=0),
            **asked.model_dump(),
        )
        self.store.keep(batch)
        return batch

    def cancel(self, batch_id: str) -> Batch:
        """Ask a batch to stop; refuse one that has ended."""
        batch = self.get(batch_id)
        if batch.status in ENDED:
            text = f"Cannot cancel a batch with status '{batch.status}'."
            raise Refused(text, param="id", code="batch_not_cancellable")
        return batch if batch.status == "cancelling" else self.move(batch_id, "cancelling")

    def move(self, batch_id: str, status: Status, **more: Any) -> Batch:
        """Give a batch another status, and whatever else is known of it now."""
        stamp = {} if status == "validating" else {f"{status}_at": int(time.time())}
        now = self.get(batch_id).model_dump() | {"status": status} | stamp | more
        batch = Batch.model_validate(now)
        self.store.keep(batch)
        return batch

    def check_unread(self, file_id: str) -> None:
        """Refuse a file that there isn't, or that a batch which has not ended reads."""
        self.store.get(FileObject, file_id)
        for batch in self.unended():
            if batch.input_file_id == file_id:
                text = f"The file {file_id} is still read by {batch.id}: cancel it first."
                raise Refused(text, param="id", code="file_in_use")

    def add_result(
        self, batch_id: str, custom_id: str, response: dict[str, Any] | None, error: object = None
    ) -> None:
        """Keep one result: the response, or why there is none."""
        good = response is not None and response["status_code"] == 200
        usage = response["body"]["usage"] if response and good else {}
        result = {
            "id": f"batch_req_{uuid.uuid4().hex[:24]}",
            "custom_id": custom_id,
            "response": response,
            "error": error,
        }
        self.store.ask(
            "INSERT INTO results (batch, custom_id, good, read, written, line) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            batch_id, custom_id, good, usage.get("prompt_tokens", 0),
            usage.get("completion_tokens", 0),
            orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE),
        )  # fmt: skip

    def done(self, batch_id: str) -> set[str]:
        """Return the `custom_id` of each request that has a result."""
        rows = self.store.ask("SELECT custom_id FROM results WHERE batch = ?", batch_id)
        return {custom_id for (custom_id,) in rows}

    def lines(self, batch_id: str, *, good: bool) -> Iterator[bytes]:
        """Yield the results of a batch that were answered, or those that were not, as lines."""
        query = "SELECT line FROM results WHERE batch = ? AND good = ? ORDER BY number"
        for (line,) in self.store.each(query, batch_id, good):
            yield line

    def usage(self, batch_id: str) -> dict[str, Any]:
        """Return the tokens that a batch's answers took."""
        ((read, written),) = self.store.ask(
            "SELECT COALESCE(SUM(read), 0), COALESCE(SUM(written), 0) FROM results WHERE batch = ?",
            batch_id,
        )
        return {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        }

    def _counted(self, batch: Batch) -> Batch:
        """Return a batch with the number of its results as it is now."""
        if batch.status in ENDED or batch.request_counts is None:
            return batch
        ((done, good),) = self.store.ask(
            "SELECT COUNT(*), COALESCE(SUM(good), 0) FROM results WHERE batch = ?", batch.id
        )
        batch.request_counts.completed, batch.request_counts.failed = good, done - good
        return batch

"""Batches: what is known of each, in a folder that a killed server leaves whole.

A batch has a note, written anew at each change of its status, and a journal of results, one line a
finished request. A request that stands in the journal is never answered again.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

import orjson

from secondsight.inference.journal import drop_torn_line
from secondsight.minivlm.server.batch_input import ENDPOINT
from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.files import Files
from secondsight.minivlm.server.folder import read_notes, write_note

Note = dict[str, Any]

ENDED = {"completed", "failed", "expired", "cancelled"}
CANCELLABLE = {"validating", "in_progress", "finalizing"}
STAMPS = (
    "in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled",
)  # fmt: skip
WINDOW = "24h"
MOST_METADATA = 16


class Batches:
    """The batches in a folder.

    Parameters
    ----------
    folder : Path
        Made already.
    files : Files
        Where their input lies and their results go.
    seconds : float
        How long a batch may take before it expires.
    """

    def __init__(self, folder: Path, files: Files, seconds: float) -> None:
        self.folder = folder
        self.files = files
        self.seconds = seconds
        self._notes: dict[str, Note] = {note["id"]: note for note in read_notes(folder)}

    def all(self) -> list[Note]:
        """Return every batch, oldest first."""
        return list(self._notes.values())

    def note(self, batch_id: str) -> Note:
        """Return what is known of a batch.

        Raises
        ------
        Refused
            If there is no such batch.
        """
        if batch_id not in self._notes:
            text = f"No batch found with id '{batch_id}'."
            raise Refused(text, status=404, param="id", code="batch_not_found")
        return self._notes[batch_id]

    def create(self, body: dict[str, Any]) -> Note:
        """Make a batch from a request's body.

        Raises
        ------
        Refused
            If the request is wrong, or names no file for batches.
        """
        said = {name: value for name, value in body.items() if value is not None}
        _check(said)
        source = self.files.note(said["input_file_id"])
        if source["purpose"] != "batch":
            raise wrong("input_file_id", "the file was not uploaded with the purpose 'batch'")
        made = time.time_ns()
        note = {
            "id": f"batch_{uuid.uuid4().hex[:24]}",
            "made": made,
            "deadline": made / 10**9 + self.seconds,
            "status": "validating",
            "input_file_id": source["id"],
            "metadata": said.get("metadata"),
            "model": None,
            "errors": None,
            "output_file_id": None,
            "error_file_id": None,
            "usage": None,
            "counts": {"total": 0, "completed": 0, "failed": 0},
            "stamps": {},
        }
        self._notes[note["id"]] = note
        self.keep(note)
        return note

    def cancel(self, batch_id: str) -> Note:
        """Ask a batch to stop.

        Raises
        ------
        Refused
            If it has ended.
        """
        note = self.note(batch_id)
        if note["status"] in ENDED:
            text = f"Cannot cancel a batch with status '{note['status']}'."
            raise Refused(text, param="id", code="batch_not_cancellable")
        if note["status"] in CANCELLABLE:
            self.move(note, "cancelling")
        return note

    def move(self, note: Note, status: str) -> None:
        """Give a batch another status."""
        note["status"] = status
        note["stamps"][status] = int(time.time())
        self.keep(note)

    def keep(self, note: Note) -> None:
        """Write a batch's note."""
        write_note(self.folder / f"{note['id']}.json", note)

    def using(self, file_id: str) -> str | None:
        """Return the id of an unfinished batch that reads this file."""
        for note in self._notes.values():
            if note["input_file_id"] == file_id and note["status"] not in ENDED:
                return str(note["id"])
        return None

    def journal(self, note: Note) -> Path:
        """Return where a batch's results lie."""
        return self.folder / f"{note['id']}.results.jsonl"


class Results:
    """A batch's journal of results, open for more; a half-written last line is dropped.

    Attributes
    ----------
    done : set of str
        The `custom_id` of each request that stands in it.
    good : int
        How many of them were answered.
    """

    def __init__(self, path: Path) -> None:
        drop_torn_line(path)
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self.done: set[str] = set()
        self.good = 0
        for result in read_results(path):
            self._count(result)

    def add(self, result: dict[str, Any]) -> None:
        """Append one result; it is with the operating system when this returns."""
        line = orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE)
        end = os.lseek(self._file, 0, os.SEEK_END)
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError:
            os.ftruncate(self._file, end)
            raise
        self._count(result)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _count(self, result: dict[str, Any]) -> None:
        self.done.add(result["custom_id"])
        self.good += succeeded(result)


def read_results(path: Path) -> list[dict[str, Any]]:
    """Return the results in a journal."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def succeeded(result: dict[str, Any]) -> bool:
    """Whether a request was answered."""
    return bool(result["response"] and result["response"]["status_code"] == 200)


def batch_object(note: Note) -> dict[str, Any]:
    """Return a batch in OpenAI's form."""
    stamps = {f"{status}_at": note["stamps"].get(status) for status in STAMPS}
    errors = note["errors"] and {"object": "list", "data": note["errors"]}
    same = ("id", "status", "input_file_id", "output_file_id", "error_file_id")
    return {
        **{name: note[name] for name in (*same, "metadata", "model", "usage")},
        **stamps,
        "object": "batch",
        "endpoint": ENDPOINT,
        "completion_window": WINDOW,
        "created_at": note["made"] // 10**9,
        "expires_at": int(note["deadline"]),
        "errors": errors,
        "request_counts": note["counts"],
    }


def _check(said: dict[str, Any]) -> None:
    """Refuse a request for a batch that has anything wrong."""
    for name in ("input_file_id", "endpoint", "completion_window"):
        if not isinstance(said.get(name), str):
            text = f"Missing required parameter: '{name}'."
            raise Refused(text, param=name, code="missing_required_parameter")
    for name in set(said) - {"input_file_id", "endpoint", "completion_window", "metadata"}:
        raise Refused(f"Unsupported parameter: '{name}'.", param=name, code="unknown_parameter")
    if said["endpoint"] != ENDPOINT:
        raise wrong("endpoint", f"this server has batches of '{ENDPOINT}' alone")
    if said["completion_window"] != WINDOW:
        raise wrong("completion_window", f"expected '{WINDOW}'")
    metadata = said.get("metadata", {})
    if (
        not isinstance(metadata, dict)
        or len(metadata) > MOST_METADATA
        or not all(isinstance(value, str) for value in metadata.values())
    ):
        raise wrong("metadata", f"expected an object of at most {MOST_METADATA} texts")

"""What is being recorded: one line a response, written before anything else is done with it.

A killed process leaves at worst one half-written last line, which is dropped when the journal is
opened again; every line before it is whole. One process writes to a journal at a time.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
import pyarrow as pa
from filelock import FileLock, Timeout

from secondsight.errors import RecordingError
from secondsight.inference.schema import ROWS, SCHEMA, lift
from secondsight.paths import shown


class Journal:
    """An open journal; a context manager.

    Parameters
    ----------
    path : Path
        The journal's file, made if it is absent.

    Raises
    ------
    RecordingError
        On entering, if another process is writing to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_suffix(".lock"), timeout=0)
        self._file = -1

    def __enter__(self) -> "Journal":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            drop_torn_line(self.path)
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except Timeout:
            raise RecordingError(
                f"{shown(self.path)} is being written by another process: wait for it, or stop it"
            ) from None
        except OSError as error:
            self._lock.release()
            raise RecordingError(f"cannot write {shown(self.path)}: {error.strerror}") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)
            self._lock.release()

    def write(self, *, key: bytes, image_id: str, repeat: int, request: str, response: str) -> None:
        """Append one response; it is with the operating system when this returns.

        Raises
        ------
        RecordingError
            If the disk takes no more.
        """
        line = orjson.dumps(
            {
                "schema": SCHEMA,
                "key": key.hex(),
                "image_id": image_id,
                "repeat": repeat,
                "request": request,
                "response": response,
                "recorded_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        self.append(line)

    def append(self, lines: bytes) -> None:
        """Append whole lines, all or nothing.

        Raises
        ------
        RecordingError
            If the disk takes no more.
        """
        end = os.lseek(self._file, 0, os.SEEK_END)
        try:
            while lines:
                lines = lines[os.write(self._file, lines) :]
        except OSError as error:
            os.ftruncate(self._file, end)
            raise RecordingError(
                f"cannot write {shown(self.path)}: {error.strerror}; make room and run the same "
                "again: what is recorded so far is kept"
            ) from None


def drop_torn_line(path: Path) -> None:
    """Cut a half-written last line off the journal at `path`, if there is one."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)


def read_journal(path: Path) -> pa.Table:
    """Return the rows of the journal at `path`; a half-written last line is passed over.

    Raises
    ------
    RecordingError
        If a whole line is not what a journal holds; the text says which.
    """
    rows: dict[int, list[dict[str, Any]]] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                row = _row(line)
            except (ValueError, KeyError, TypeError):
                raise RecordingError(
                    f"{shown(path)}, line {number}, is damaged: remove the line and run the same "
                    "again; only what that line held is asked anew"
                ) from None
            rows.setdefault(row.pop("schema"), []).append(row)
    tables = [
        lift(pa.Table.from_pylist(some, schema=ROWS), written) for written, some in rows.items()
    ]
    return pa.concat_tables(tables) if tables else ROWS.empty_table()


_TYPES = {"schema": int, "image_id": str, "repeat": int, "request": str, "response": str}


def _row(line: bytes) -> dict[str, Any]:
    """Return what one line holds; raises ValueError, KeyError or TypeError if it is damaged."""
    row: dict[str, Any] = orjson.loads(line)
    for name, kind in _TYPES.items():
        if not isinstance(row[name], kind):
            raise TypeError(name)
    row["key"] = bytes.fromhex(row["key"])
    if len(row["key"]) != 32:
        raise ValueError("key")
    row["recorded_at"] = datetime.fromisoformat(row["recorded_at"])
    return row

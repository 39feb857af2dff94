"""What is being recorded: one line a response, written before anything else is done with it.

A killed process leaves at worst one half-written last line, which is dropped when the journal is
opened again; every line before it is whole. A power cut costs what came in the last second. One
process writes to a journal at a time.

Each line ends with the CRC-32 of what stands before it, so that a flipped bit is found; lines of
older versions have none. A reply that is no answer is kept too, in `NAME.aside` beside the journal
`NAME.jsonl`, in the same form. It counts for nothing there: the request is put again.
"""

import os
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, islice
from mmap import ACCESS_READ, mmap
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from filelock import FileLock, Timeout

from secondsight.errors import RecordingError
from secondsight.inference.disk import replace, sync, writing
from secondsight.inference.request import key_of
from secondsight.inference.schema import ROWS, SCHEMA, lift
from secondsight.paths import shown

FULL = "; make room and run the same again: what is recorded so far is kept"
PIECE = 10_000
"""How many lines are Python's objects at once, which take more room than a table's."""
SECONDS = 1.0
"""How long a line may wait until the disk is told to keep it."""


class Journal:
    """An open journal; a context manager, which makes the file if it is absent.

    Raises RecordingError on entering, if another process is writing to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_suffix(".lock"), timeout=0)
        self._file = -1
        self._synced = 0.0

    def __enter__(self) -> "Journal":
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except Timeout:
                busy = "is being written by another process: wait for it, or stop it"
                raise RecordingError(f"{shown(self.path)} {busy}") from None
            self._open()
        return self

    def _open(self) -> None:
        try:
            drop_torn_line(self.path)
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            sync(self.path.parent)
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            os.fsync(self._file)
            if os.fstat(self._file).st_size == 0:
                self.path.unlink(missing_ok=True)
        finally:
            os.close(self._file)
            self._lock.release()

    def keep_aside(self, line: bytes) -> None:
        """Append a line beside the journal, where it counts for nothing; raises as `append`."""
        path = aside(self.path)
        with writing(path):
            drop_torn_line(path)
            with path.open("ab") as file:
                file.write(line)

    def take_in(self, other: Path) -> None:
        """Append the journal at `other`, all or nothing even if the process is killed meanwhile.

        Raises RecordingError if `other` is damaged, or the disk takes no more.
        """
        read_journal(other)
        scratch = other.with_suffix(".whole")
        with writing(self.path):
            scratch.write_bytes(self.path.read_bytes() + other.read_bytes())
            replace(scratch, self.path)
        os.close(self._file)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)

    def reserve(self, room: int) -> None:
        """Make sure that the disk takes `room` bytes more; raises as `append`."""
        end = os.lseek(self._file, 0, os.SEEK_END)
        self.append(bytes(room))
        os.ftruncate(self._file, end)

    def append(self, lines: bytes) -> None:
        """Append whole lines, all or nothing; they are with the operating system when this returns.

        Raises RecordingError if the disk takes no more.
        """
        end = os.lseek(self._file, 0, os.SEEK_END)
        with writing(self.path, FULL):
            try:
                while lines:
                    lines = lines[os.write(self._file, lines) :]
                if time.monotonic() - self._synced > SECONDS:
                    os.fsync(self._file)
                    self._synced = time.monotonic()
            except OSError:
                os.ftruncate(self._file, end)
                raise


def is_written(journal: Path) -> bool:
    """Whether a process is writing to a journal."""
    lock = journal.with_suffix(".lock")
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder in which this process may not write
        return False


def aside(journal: Path) -> Path:
    """Return the place of what came in reply to a journal's requests and is no answer."""
    return journal.with_suffix(".aside")


def line_of(key: bytes, image_id: str, repeat: int, request: str, response: str) -> bytes:
    """Return a line for one response, received now."""
    line = orjson.dumps(
        {
            "schema": SCHEMA,
            "key": key.hex(),
            "image_id": image_id,
            "repeat": repeat,
            "request": request,
            "response": response,
            "recorded_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
    )
    return _sealed(line[:-1])


def _sealed(fields: bytes) -> bytes:
    return b'%b,"crc":"%08x"}\n' % (fields, zlib.crc32(fields))


def drop_torn_line(path: Path) -> None:
    """Cut a half-written last line off the journal at `path`, if there is one.

    A last line that lacks nothing but its end is ended.
    """
    if not path.exists():
        return
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        whole, last = _last_line(file.fileno(), size)
        if _is_whole(last + b"\n"):
            file.write(b"\n")
        elif _is_whole(last[:-1] + b"\n"):
            raise RecordingError(_damaged(path, path.read_bytes().count(b"\n") + 1))
        elif last:
            file.truncate(whole)


def _last_line(file: int, size: int) -> tuple[int, bytes]:
    """Return where what follows the last end of a line begins, and what it is."""
    if not size:
        return 0, b""
    with mmap(file, size, access=ACCESS_READ) as content:  # a journal may be larger than memory
        whole = content.rfind(b"\n") + 1
        return whole, content[whole:]


def read_journal(path: Path) -> pa.Table:
    """Return the rows of the journal at `path`; a half-written last line is passed over.

    Raises RecordingError if a whole line is not what a journal holds; the text says which.
    """
    tables = []
    for written, numbered in groupby(_rows(path), key=itemgetter("schema")):
        while rows := list(islice(numbered, PIECE)):
            tables.append(lift(pa.Table.from_pylist(rows, schema=ROWS), written))
    return pa.concat_tables(tables) if tables else ROWS.empty_table()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            yield _row(line)
        except (ValueError, KeyError, TypeError):
            raise RecordingError(_damaged(path, number)) from None


def verify_journal(path: Path) -> list[str]:
    """Return what is wrong with the journal at `path`, or with what is kept aside."""
    try:
        read_journal(path)
    except RecordingError as error:
        return [str(error)]
    return []


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a journal, and a last one that lacks its end or has another."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n") or _is_whole(line[:-1] + b"\n"):
                yield line
            elif _is_whole(line + b"\n"):
                yield line + b"\n"


def _damaged(path: Path, number: int) -> str:
    return (
        f"{shown(path)}, line {number}, is damaged: remove the line and run the same again; only "
        "what that line held is asked anew"
    )


_TYPES = {"schema": int, "image_id": str, "repeat": int, "request": str, "response": str}
_FIELDS = {*_TYPES, "key", "recorded_at"}


def _is_whole(line: bytes) -> bool:
    """Whether a line is one that was written whole, by its checksum."""
    return line.endswith(b'"}\n') and line == _sealed(line[: line.rfind(b',"crc":"')])


def _row(line: bytes) -> dict[str, Any]:
    """Return what one line holds; raises ValueError, KeyError or TypeError if it is damaged."""
    row: dict[str, Any] = orjson.loads(line)
    if not isinstance(row, dict) or (row.keys() != _FIELDS and not _is_whole(line)):
        raise ValueError("checksum")
    for name, kind in _TYPES.items():
        if not isinstance(row[name], kind):
            raise TypeError(name)
    row["key"] = bytes.fromhex(row["key"])
    if row["schema"] == SCHEMA and row["key"] != key_of(row["request"].encode()):
        raise ValueError("key")
    if len(row["key"]) != 32:
        raise ValueError("key")
    row["recorded_at"] = datetime.fromisoformat(row["recorded_at"])
    row.pop("crc", None)
    return row

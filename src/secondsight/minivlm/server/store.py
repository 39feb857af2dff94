"""Where the server keeps files, batches and results: a small database in a folder of its own.

Each change is in the database when it returns, so a server that is killed loses nothing. Only the
files' content lies beside it, in files, and is written before the file is known, so that a known
file always has its content.
"""

import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Literal, TypeVar

from filelock import FileLock, Timeout
from openai.types import FileObject
from pydantic import BaseModel

from secondsight.minivlm.server.errors import Refused, ServerError, wrong
from secondsight.paths import shown

T = TypeVar("T", bound=BaseModel)

LONGEST_NAME = 200
TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS things (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, content TEXT
);
CREATE TABLE IF NOT EXISTS results (
    number INTEGER PRIMARY KEY, batch TEXT, custom_id TEXT, good INTEGER, read INTEGER,
    written INTEGER, line BLOB, UNIQUE (batch, custom_id)
);
"""


class Store:
    """What is kept in a folder, as `opened` yields it; it may be used by several threads.

    Raises ServerError if the database is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "server.sqlite"
        self._lock = Lock()
        try:
            self._base = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._base.executescript(TABLES)
        except sqlite3.Error as error:
            text = f"{shown(self.path)} is damaged ({error}): remove it, or name another folder"
            raise ServerError(text) from None

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def ask(self, query: str, *values: Any) -> list[Any]:
        """Return all rows that a query gives; a change is kept when this returns."""
        with self._lock:
            return self._base.execute(query, values).fetchall()

    def each(self, query: str, *values: Any) -> Iterator[Any]:
        """Yield the rows that a query gives, one at a time."""
        with closing(sqlite3.connect(self.path)) as base:
            yield from base.execute(query, values)

    def keep(self, thing: Any) -> None:
        """Keep a thing of OpenAI's, anew or as it is now."""
        self.ask(
            "INSERT INTO things (id, kind, content) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET content = excluded.content",
            thing.id, thing.object, thing.model_dump_json(),
        )  # fmt: skip

    def get(self, model: type[T], thing_id: str) -> T:
        """Return a thing by its id.

        Raises Refused if there is none.
        """
        kind = _kind(model)
        rows = self.ask("SELECT content FROM things WHERE id = ? AND kind = ?", thing_id, kind)
        if not rows:
            text = f"No such {kind}: '{thing_id}'."
            raise Refused(text, status=404, param="id", code=f"{kind}_not_found")
        return model.model_validate_json(rows[0][0])

    def all(self, model: type[T]) -> list[T]:
        """Return all things of a kind, oldest first."""
        query = "SELECT content FROM things WHERE kind = ? ORDER BY number"
        return [model.model_validate_json(content) for (content,) in self.ask(query, _kind(model))]

    def content(self, file_id: str) -> Path:
        """Return where a file's content lies; refuse one that there isn't."""
        return self._place(self.get(FileObject, file_id).id)

    def add_upload(self, content: BinaryIO, filename: str) -> FileObject:
        """Keep an uploaded file; its content is copied, never held in memory."""
        file_id = f"file-{uuid.uuid4().hex[:24]}"
        with self._place(file_id).open("wb") as kept:
            shutil.copyfileobj(content, kept, 1 << 20)
        return self._known(file_id, filename, "batch")

    def add_lines(self, file_id: str, lines: Iterable[bytes], filename: str) -> FileObject:
        """Keep lines as a file of this id; done twice, it is still one file."""
        with self._place(file_id).open("wb") as kept:
            kept.writelines(lines)
        return self._known(file_id, filename, "batch_output")

    def delete_file(self, file_id: str) -> None:
        """Remove a file, its content last."""
        self.ask("DELETE FROM things WHERE id = ?", file_id)
        self._place(file_id).unlink(missing_ok=True)

    def _place(self, file_id: str) -> Path:
        return self.folder / "files" / file_id

    def _known(
        self, file_id: str, filename: str, purpose: Literal["batch", "batch_output"]
    ) -> FileObject:
        file = FileObject(
            id=file_id,
            object="file",
            bytes=self._place(file_id).stat().st_size,
            created_at=int(time.time()),
            filename=filename[:LONGEST_NAME].encode(errors="replace").decode(),
            purpose=purpose,
            status="processed",
        )
        self.keep(file)
        return file


def _kind(model: type[BaseModel]) -> str:
    return model.__name__.removesuffix("Object").lower()


@contextmanager
def opened(folder: Path | None) -> Iterator[Path]:
    """Yield the folder, for this server alone; without one, a fresh one that is removed at the end.

    Raises ServerError if another server uses it, or it can't be written.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="secondsight-") as fresh:
            yield _made(Path(fresh))
        return
    lock = FileLock(_made(folder) / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        text = f"{shown(folder)} is used by another server: stop that one, or name another folder"
        raise ServerError(text) from None
    except OSError as error:
        raise ServerError(f"cannot write {shown(folder)}: {error.strerror}") from None
    try:
        yield folder
    finally:
        lock.release()


def _made(folder: Path) -> Path:
    try:
        (folder / "files").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"cannot make {shown(folder)}: {error.strerror}") from None
    return folder


def page(
    things: Sequence[Any], query: Mapping[str, str], *, most: int, default: int
) -> dict[str, Any]:
    """Return one page of files or batches, which come oldest first.

    Raises Refused if the query's `limit`, `order` or `after` is wrong.
    """
    order, after = query.get("order", "desc"), query.get("after")
    if order not in {"asc", "desc"}:
        raise wrong("order", "expected 'asc' or 'desc'")
    text = query.get("limit", str(default))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= limit <= most:
        raise wrong("limit", f"expected a whole number from 1 to {most}")
    listed = things if order == "asc" else things[::-1]
    places = {thing.id: place for place, thing in enumerate(listed, start=1)}
    if after and after not in places:
        raise wrong("after", f"there is no '{after}' in this list")
    start = places[after] if after else 0
    chosen = listed[start : start + limit]
    return {
        "object": "list",
        "data": [thing.model_dump(mode="json") for thing in chosen],
        "first_id": chosen[0].id if chosen else None,
        "last_id": chosen[-1].id if chosen else None,
        "has_more": start + limit < len(listed),
    }

"""Where the server keeps files, batches and results: a small database in a folder of its own.

Each change is in the database when it returns, so a server that is killed loses nothing. Only the
files' content lies beside it, in files.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel

from secondsight.minivlm.server.errors import Refused, ServerError
from secondsight.paths import shown

T = TypeVar("T", bound=BaseModel)

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
    """What is kept in a folder; it may be used by several threads.

    Parameters
    ----------
    folder : Path
        As `opened` yields it.

    Raises
    ------
    ServerError
        If the database is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "server.sqlite"
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

        Raises
        ------
        Refused
            If there is none.
        """
        kind = model.__name__.removesuffix("Object").lower()
        rows = self.ask("SELECT content FROM things WHERE id = ? AND kind = ?", thing_id, kind)
        if not rows:
            text = f"No such {kind}: '{thing_id}'."
            raise Refused(text, status=404, param="id", code=f"{kind}_not_found")
        return model.model_validate_json(rows[0][0])

    def all(self, model: type[T]) -> list[T]:
        """Return all things of a kind, oldest first."""
        kind = model.__name__.removesuffix("Object").lower()
        rows = self.ask("SELECT content FROM things WHERE kind = ? ORDER BY number", kind)
        return [model.model_validate_json(content) for (content,) in rows]


@contextmanager
def opened(folder: Path | None) -> Iterator[Path]:
    """Yield the folder, for this server alone; without one, a fresh one that is removed at the end.

    Raises
    ------
    ServerError
        If another server uses it, or it can't be written.
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

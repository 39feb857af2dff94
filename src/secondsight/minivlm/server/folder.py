"""The folder in which the server keeps its files and batches."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from secondsight.minivlm.server.errors import ServerError
from secondsight.paths import shown


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
        for name in ("files", "batches"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"cannot make {shown(folder)}: {error.strerror}") from None
    return folder


def write_note(path: Path, note: dict[str, Any]) -> None:
    """Write a small JSON file, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(note))
    fresh.replace(path)


def read_notes(folder: Path) -> list[dict[str, Any]]:
    """Return the notes in a folder, oldest first.

    Raises
    ------
    ServerError
        If one is damaged.
    """
    notes = []
    for path in folder.glob("*.json"):
        try:
            note = orjson.loads(path.read_bytes())
            notes.append((note["made"], note["id"], note))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            text = f"{shown(path)} is damaged: remove it, or name another folder"
            raise ServerError(text) from None
    return [note for _, _, note in sorted(notes, key=lambda found: found[:2])]

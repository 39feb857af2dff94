"""Files that outlive a power cut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from secondsight.errors import RecordingError
from secondsight.paths import shown


def sync(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names, before this returns."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def replace(scratch: Path, path: Path) -> None:
    """Put `scratch` in the place of `path`, whole or not at all, and have the disk keep it."""
    sync(scratch)
    scratch.replace(path)
    sync(path.parent)


@contextmanager
def writing(path: Path, way_out: str = "") -> Iterator[None]:
    """Say in one line that a file can't be written, and what to do about it.

    Raises RecordingError if the disk takes no more, or the place is not to be written.
    """
    try:
        yield
    except OSError as error:
        raise RecordingError(f"cannot write {shown(path)}: {error.strerror}{way_out}") from None

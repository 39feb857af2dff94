"""Files that outlive a power cut."""

import os
from pathlib import Path


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

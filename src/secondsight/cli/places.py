"""Where recordings are, and one of them by its name."""

from pathlib import Path

from secondsight import paths
from secondsight.errors import RecordingError, closest_first


def recordings_in(folder: Path) -> list[Path]:
    """Return the published recordings in a folder and below it."""
    return sorted(folder.rglob("*.parquet"))


def find(name: str, folder: Path) -> Path:
    """Return the recording of a name in a folder, or the one that the name is a path of.

    Raises RecordingError if there is none; the text lists those that there are.
    """
    for path in recordings_in(folder):
        if name in (path.stem, path.name):
            return path
    if name.endswith(".parquet") and Path(name).is_file():
        return Path(name)
    known = closest_first(name, (path.stem for path in recordings_in(folder)))
    raise RecordingError(f"no recording named {name!r} in {paths.shown(folder)}; known: {known}")

"""Where recordings are, and one of them by its name."""

from collections.abc import Iterable
from pathlib import Path

from secondsight.inference.recording import named


def recordings_in(folder: Path) -> list[Path]:
    """Return the published recordings in a folder and below it."""
    return sorted(folder.rglob("*.parquet"))


def find(name: str, folder: Path, others: Iterable[Path] = ()) -> Path:
    """Return the recording of a name in a folder, or the one that the name is a path of.

    One of the `others` may be meant too. Raises as `named`.
    """
    held = [*recordings_in(folder), *others]
    if name.endswith(".parquet") and Path(name).is_file() and name not in {p.name for p in held}:
        return Path(name)
    return named(name, held, folder)

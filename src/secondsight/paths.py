"""Where things are. Every other module asks here."""

import os
from contextlib import suppress
from os.path import normpath
from pathlib import Path

from secondsight.errors import MissingProject, SourceError

ROOT = Path(os.environ.get("SECONDSIGHT_HOME") or Path(__file__).resolve().parents[2])

NOTEBOOKS = ROOT / "notebooks"
BOOK = ROOT / "book"
DATA = ROOT / "data"
SOURCES = DATA / "sources.toml"
PUBLISHED = DATA / "published.toml"
CLAIMS = DATA / "claims.toml"
MODELS = DATA / "models.toml"
PROMPTS = DATA / "prompts"
DERIVED = DATA / "derived"
DESCRIPTIONS = DATA / "descriptions"
MANIFESTS = DATA / "manifests"
RECORDINGS = DATA / "recordings"
ELSEWHERE = RECORDINGS / "elsewhere"  # what other people recorded; git ignores it
DOWNLOADS = DATA / "downloads"
BUILD = ROOT / "_build"
RESULTS = BUILD / "results"


def require_project() -> Path:
    """Return the project's root folder.

    Raises MissingProject if the package runs without the project's data beside it.
    """
    if not SOURCES.is_file():
        raise MissingProject(
            f"no data/sources.toml under {ROOT}: run inside a clone of the project, "
            "or name the clone's folder in SECONDSIGHT_HOME"
        )
    return ROOT


def mirror() -> Path | None:
    """Return the folder of local copies of outside files, if `SECONDSIGHT_MIRROR` names one.

    Raises SourceError if it names something that is no folder.
    """
    named = os.environ.get("SECONDSIGHT_MIRROR")
    if not named:
        return None
    with suppress(OSError, RuntimeError):  # too long for a name, or the home of nobody
        folder = Path(named).expanduser()
        if folder.is_dir():
            return folder
    raise SourceError(
        f"SECONDSIGHT_MIRROR names {named!r}, which is no folder: mend it, or unset it"
    )


def mirror_folder(name: str) -> Path | None:
    """Return a folder of the mirror, or None if there is no mirror that holds it."""
    root = mirror()
    return root / name if root is not None and (root / name).is_dir() else None


def typed(path: Path) -> str:
    """Return `path` as a person would type it where they stand."""
    here, path = Path.cwd(), Path(normpath(path))
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def shown(path: Path) -> str:
    """Return `path` as a person would type it from the project's root."""
    try:
        return str(path.resolve().relative_to(ROOT))
    except ValueError:
        return normpath(path)

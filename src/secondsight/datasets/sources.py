"""Outside files: where each comes from, whether it is here, and getting it.

A file is looked for in the mirror folder first (`SECONDSIGHT_MIRROR`), then in
`data/downloads`. Wherever it is found, its SHA-256 decides whether it is the file.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from secondsight import paths
from secondsight.datasets.download import Downloader
from secondsight.errors import SourceError
from secondsight.toml import read_toml


class Source(BaseModel):
    """One outside file, as `data/sources.toml` describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    path: str
    url: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    bytes: int
    licence: str
    citation: str
    what: str


class Catalogue(BaseModel):
    """All outside files."""

    model_config = ConfigDict(extra="forbid")

    source: list[Source]

    @model_validator(mode="after")
    def names_are_unique(self) -> "Catalogue":
        """Refuse two sources of one name."""
        names = [source.name for source in self.source]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"named twice: {', '.join(sorted(twice))}")
        return self


@cache
def catalogue(path: Path = paths.SOURCES) -> dict[str, Source]:
    """Return every source by its name, in the file's order."""
    paths.require_project()
    return {source.name: source for source in read_toml(path, Catalogue).source}


def source(name: str) -> Source:
    """Return the source of this name.

    Raises
    ------
    SourceError
        If there is none; the text lists those that there are.
    """
    try:
        return catalogue()[name]
    except KeyError:
        raise SourceError(f"no source named {name!r}; known: {', '.join(catalogue())}") from None


def places(wanted: Source) -> list[Path]:
    """Return where the file may stand, in the order of looking."""
    mirror = paths.mirror()
    return [root / wanted.path for root in (mirror, paths.DOWNLOADS) if root is not None]


def find(name: str) -> Path | None:
    """Return the verified file of this name, or None if it is nowhere on this machine.

    Raises
    ------
    SourceError
        If a file stands in its place with another SHA-256.
    """
    wanted = source(name)
    for place in places(wanted):
        if place.is_file():
            _verify(place, wanted)
            return place
    return None


def missing(names: list[str]) -> list[str]:
    """Return those of `names` that are nowhere on this machine."""
    return [name for name in names if find(name) is None]


def fetch(name: str, *, progress: bool = False) -> Path:
    """Return the verified file of this name, downloading it if it isn't here.

    A download that was cut off is taken up where it stopped.

    Raises
    ------
    SourceError
        If the source can't be reached, or what it serves has another SHA-256.
    """
    found = find(name)
    if found is not None:
        return found
    wanted = source(name)
    import pooch  # not above: a notebook that only reads files need not load its progress bars

    pooch.get_logger().setLevel("ERROR")  # what is to be said is said by who asked
    target = paths.DOWNLOADS / wanted.path
    downloader = Downloader(partial=target.with_name(target.name + ".part"), progress=progress)
    try:
        pooch.retrieve(
            url=wanted.url,
            known_hash=f"sha256:{wanted.sha256}",
            fname=target.name,
            path=target.parent,
            downloader=downloader,
        )
    except ValueError:  # pooch's word for a hash that differs
        raise SourceError(
            f"{wanted.url} no longer serves the file that {paths.shown(paths.SOURCES)} describes: "
            f"its SHA-256 is not {wanted.sha256[:12]}…; nothing was kept"
        ) from None
    return target


def _verify(path: Path, wanted: Source) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted.sha256:
        raise SourceError(
            f"{paths.shown(path)} is not the file {wanted.name!r}: its SHA-256 differs; "
            f"delete it and run: secondsight data fetch {wanted.name}"
        )

"""Outside files: where each comes from, whether it is here, and getting it.

A file is looked for in the mirror folder first (`SECONDSIGHT_MIRROR`), then in
`data/downloads`. Wherever it is found, its hash decides whether it is the file: a SHA-256, or
what its makers published instead of one. Where no hash is known, the counts that its makers
printed of its answers decide.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from secondsight import paths
from secondsight.datasets.astrosight import gives_printed
from secondsight.datasets.download import Downloader
from secondsight.errors import SourceError
from secondsight.toml import read_toml

SMALL = 10_000_000
"""Bytes; a larger file is fetched only when it is named."""
WHOLE_BLOB = 40
"""Digits of a git blob id."""
PRINTED_COUNTS = "printed counts"


class Source(BaseModel):
    """One outside file, as `data/sources.toml` describes it.

    Exactly one of `sha256`, `md5`, `git_blob` and `counts` is given. A `git_blob` is the id that
    git has for the file, or how it begins. Where no hash is known, `counts` names a model in
    `data/astrosight_counts.toml`, whose printed counts the file's answers must give. `bytes` is
    left out where the size is not known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    path: str
    url: str
    sha256: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None
    md5: Annotated[str | None, Field(pattern="^[0-9a-f]{32}$")] = None
    git_blob: Annotated[str | None, Field(pattern="^[0-9a-f]{8,40}$")] = None
    counts: str | None = None
    bytes: int | None = None
    licence: str
    citation: str
    what: str

    @model_validator(mode="after")
    def has_one_hash(self) -> "Source":
        """Refuse a source of no hash, or of several."""
        if len(self._hashes()) != 1:
            raise ValueError(f"{self.name} needs one of sha256, md5, git_blob and counts")
        return self

    def _hashes(self) -> dict[str, str]:
        known = {
            "SHA-256": self.sha256,
            "MD5": self.md5,
            "git blob id": self.git_blob,
            PRINTED_COUNTS: self.counts,
        }
        return {kind: found for kind, found in known.items() if found}

    @property
    def size(self) -> str:
        """Its size in words."""
        return "size not known" if self.bytes is None else f"{self.bytes / 1e6:.2f} MB"

    @property
    def is_small(self) -> bool:
        """Whether it is fetched when no source is named."""
        return self.bytes is not None and self.bytes < SMALL

    @property
    def doubt(self) -> str:
        """Why the file can't be told from every other by its hash; empty where it can."""
        if self.counts:
            return "not verified: no hash of it is known, only the counts printed of its answers"
        if self.git_blob and len(self.git_blob) < WHOLE_BLOB:
            return f"not verified: only the first {len(self.git_blob)} digits of its hash are known"
        return ""

    @property
    def hash_kind(self) -> str:
        """What it is checked by, such as ``"SHA-256"``."""
        return next(iter(self._hashes()))

    @property
    def hash(self) -> str:
        """Its hash in hexadecimal, or how it begins; or whose counts its answers give."""
        return next(iter(self._hashes().values()))


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
        If a file stands in its place with another hash.
    """
    wanted = source(name)
    for place in places(wanted):
        if place.is_file():
            _verify(place, wanted)
            return place
    return None


def require(name: str) -> Path:
    """Return the verified file of this name.

    Raises
    ------
    SourceError
        If it is nowhere on this machine (the text says how to fetch it), or has another hash.
    """
    found = find(name)
    if found is None:
        raise SourceError(f"{name} is not here: run secondsight data fetch {name}")
    return found


def missing(names: list[str]) -> list[str]:
    """Return those of `names` that are nowhere on this machine."""
    return [name for name in names if find(name) is None]


def fetch(name: str, *, progress: bool = False) -> Path:
    """Return the verified file of this name, downloading it if it isn't here.

    A download that was cut off is taken up where it stopped.

    Raises
    ------
    SourceError
        If the source can't be reached, or what it serves has another hash.
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
            known_hash=_for_pooch(wanted),
            fname=target.name,
            path=target.parent,
            downloader=downloader,
        )
    except ValueError:  # pooch's word for a hash that differs
        raise _changed(wanted) from None
    if not is_file(target, wanted):
        target.unlink()
        raise _changed(wanted)
    return target


def _for_pooch(wanted: Source) -> str | None:
    """Return the hash as pooch writes it; it knows no git blobs."""
    if wanted.sha256:
        return f"sha256:{wanted.sha256}"
    return f"md5:{wanted.md5}" if wanted.md5 else None


def _changed(wanted: Source) -> SourceError:
    return SourceError(
        f"{wanted.url} no longer serves the file that {paths.shown(paths.SOURCES)} describes: "
        f"its {wanted.hash_kind} is not {wanted.hash[:12]}…; nothing was kept"
    )


def is_file(path: Path, wanted: Source) -> bool:
    """Whether the file at `path` is the one that is wanted, by its hash.

    Notes
    -----
    A git blob id is the SHA-1 of the word blob, a space, the size in decimal, a zero byte, and the
    content (Pro Git, second edition, section 10.2).
    """
    if wanted.counts:
        return gives_printed(path, wanted.counts)
    start = b"blob %d\0" % path.stat().st_size
    makers: dict[str, Callable[[], Any]] = {
        "SHA-256": hashlib.sha256,
        "MD5": lambda: hashlib.md5(usedforsecurity=False),
        "git blob id": lambda: hashlib.sha1(start, usedforsecurity=False),
    }
    with path.open("rb") as file:
        found = hashlib.file_digest(file, makers[wanted.hash_kind]).hexdigest()
    return found.startswith(wanted.hash)


def _verify(path: Path, wanted: Source) -> None:
    if not is_file(path, wanted):
        raise SourceError(
            f"{paths.shown(path)} is not the file {wanted.name!r}: its {wanted.hash_kind} differs; "
            f"delete it and run: secondsight data fetch {wanted.name}"
        )

"""Outside files: where each comes from, whether it is here, and getting it.

A file is looked for in the mirror folder first (`SECONDSIGHT_MIRROR`), then in
`data/downloads`. Wherever it is found, its hash decides whether it is the file: a SHA-256, or
what its makers published instead of one. Where no hash is known, the counts that its makers
printed of its answers decide.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from secondsight import paths
from secondsight.datasets.astrosight import gives_printed
from secondsight.datasets.download import Downloader
from secondsight.errors import SourceError
from secondsight.toml import Entry, read_toml

SMALL = 10_000_000
"""Bytes; a larger file is fetched only when it is named."""
WHOLE_BLOB = 40
"""Digits of a git blob id."""
PRINTED_COUNTS = "printed counts"


class Source(Entry):
    """One outside file, as `data/sources.toml` describes it.

    Exactly one of `sha256`, `md5`, `git_blob`, `counts` and `begins` is given. A `git_blob` is the
    id that git has for the file, or how it begins. Where no hash is known, `counts` names a model
    in `data/astrosight_counts.toml`, whose printed counts the file's answers must give, and
    `begins` is how the first line of a table begins, gzipped or not. `bytes` is left out where the
    size is not known.
    """

    name: str
    path: str
    url: str
    sha256: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None
    md5: Annotated[str | None, Field(pattern="^[0-9a-f]{32}$")] = None
    git_blob: Annotated[str | None, Field(pattern="^[0-9a-f]{8,40}$")] = None
    counts: str | None = None
    begins: str | None = None
    bytes: int | None = None
    licence: str
    citation: str
    what: str

    @model_validator(mode="after")
    def has_one_hash(self) -> "Source":
        """Refuse a source of no hash, or of several."""
        if len(self._hashes()) != 1:
            kinds = "sha256, md5, git_blob, counts and begins"
            raise ValueError(f"{self.name} needs one of {kinds}")
        return self

    def _hashes(self) -> list[tuple[str, str]]:
        every = [
            ("SHA-256", self.sha256),
            ("MD5", self.md5),
            ("git blob id", self.git_blob),
            (PRINTED_COUNTS, self.counts),
            ("first line", self.begins),
        ]
        return [(kind, digits) for kind, digits in every if digits]

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
        if self.begins:
            return "not verified: no hash of it is known, only how its first line begins"
        if self.git_blob and len(self.git_blob) < WHOLE_BLOB:
            return f"not verified: only the first {len(self.git_blob)} digits of its hash are known"
        return ""

    @property
    def hash_kind(self) -> str:
        """What it is checked by, such as ``"SHA-256"``."""
        return self._hashes()[0][0]

    @property
    def hash(self) -> str:
        """Its hash in hexadecimal, or how it begins; or whose counts its answers give."""
        return self._hashes()[0][1]


class FileOf(Entry):
    """One file of a folder."""

    bytes: int
    sha256: str


class Folder(Entry):
    """Many outside files that lie beside each other; `path` and `url` are the folder's.

    Each becomes a source named ``folder/file``, without the file's ending.
    """

    name: str
    path: str
    url: str
    licence: str
    citation: str
    what: str
    files: dict[str, FileOf]

    @property
    def sources(self) -> list[Source]:
        """Its files."""
        whose = {"licence": self.licence, "citation": self.citation, "what": self.what}
        return [
            Source(
                name=f"{self.name}/{Path(name).stem}",
                path=f"{self.path}/{name}",
                url=f"{self.url}/{name}",
                **file.model_dump(),
                **whose,
            )
            for name, file in self.files.items()
        ]


class Catalogue(BaseModel):
    """All outside files."""

    model_config = ConfigDict(extra="forbid")

    source: list[Source]
    folder: list[Folder] = []

    @property
    def files(self) -> list[Source]:
        """Every file, those of folders last."""
        return [*self.source, *(file for folder in self.folder for file in folder.sources)]

    @model_validator(mode="after")
    def names_are_unique(self) -> "Catalogue":
        """Refuse two sources of one name."""
        names = [source.name for source in self.files]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"named twice: {', '.join(sorted(twice))}")
        return self


@cache
def catalogue(path: Path = paths.SOURCES) -> dict[str, Source]:
    """Return every source by its name, in the file's order."""
    paths.require_project()
    return {source.name: source for source in read_toml(path, Catalogue).files}


def files_of(name: str) -> list[str]:
    """Return the names of a folder's files; of any other source, its own."""
    return [file for file in catalogue() if file.startswith(f"{name}/")] or [name]


def groups() -> dict[str, list[Source]]:
    """Return the files of each folder under its name, and every other source under its own."""
    grouped: dict[str, list[Source]] = {}
    for file in catalogue().values():
        grouped.setdefault(file.name.split("/")[0], []).append(file)
    return grouped


def size_of(files: Sequence[Source]) -> str:
    """Return the size of one file, or of a folder's, in words."""
    if len(files) == 1:
        return files[0].size
    return f"{len(files)} files, {sum(file.bytes or 0 for file in files) / 1e6:.2f} MB"


def source(name: str) -> Source:
    """Return the source of this name.

    Raises a SourceError if there is none; the text lists those that there are.
    """
    try:
        return catalogue()[name]
    except KeyError:
        raise SourceError(f"no source named {name!r}; known: {', '.join(groups())}") from None


def find(name: str) -> Path | None:
    """Return the verified file of this name, or None if it is nowhere on this machine.

    Raises a SourceError if a file stands in its place with another hash.
    """
    wanted = source(name)
    for root in filter(None, (paths.mirror(), paths.DOWNLOADS)):
        path = root / wanted.path
        if path.is_file():
            _verify(path, wanted)
            return path
    return None


def require(name: str) -> Path:
    """Return the verified file of this name.

    Raises a SourceError if it is nowhere on this machine (the text says how to fetch it), or has
    another hash.
    """
    path = find(name)
    if path is None:
        raise SourceError(f"{name} is not here: run secondsight data fetch {name}")
    return path


def fetch(name: str, *, progress: bool = False) -> Path:
    """Return the verified file of this name, downloading it if it isn't here.

    A download that was cut off is taken up where it stopped.

    Raises a SourceError if the source can't be reached, or what it serves has another hash.
    """
    path = find(name)
    if path is not None:
        return path
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
    if wanted.begins:
        return _first_bytes(path, len(wanted.begins)) == wanted.begins.encode()
    start = b"blob %d\0" % path.stat().st_size
    makers: dict[str, Callable[[], Any]] = {
        "SHA-256": hashlib.sha256,
        "MD5": lambda: hashlib.md5(usedforsecurity=False),
        "git blob id": lambda: hashlib.sha1(start, usedforsecurity=False),
    }
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, makers[wanted.hash_kind]).hexdigest()
    return digest.startswith(wanted.hash)


def _first_bytes(path: Path, count: int) -> bytes:
    """Return how a file begins, unpacked if its name ends in ``.gz``; nothing if it is damaged."""
    unpacked = gzip.open if path.suffix == ".gz" else open
    try:
        with unpacked(path, "rb") as file:
            return bytes(file.read(count))
    except (OSError, EOFError, zlib.error):
        return b""


def _verify(path: Path, wanted: Source) -> None:
    if not is_file(path, wanted):
        raise SourceError(
            f"{paths.shown(path)} is not the file {wanted.name!r}: its {wanted.hash_kind} differs; "
            f"delete it and run: secondsight data fetch {wanted.name}"
        )

"""A published recording: a Parquet file of responses, and a sidecar that says what it is."""

import errno
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tomli_w
from pydantic import BaseModel, ConfigDict

from secondsight.errors import DataError, RecordingError, closest_first
from secondsight.inference.disk import replace, sync, writing
from secondsight.inference.request import key_of
from secondsight.inference.schema import ROWS, SCHEMA, lift
from secondsight.paths import shown
from secondsight.toml import read_toml

Lookup = Literal["request", "image_id"]
Form = Literal["chat.completion", "text"]
NONE_CHOSEN = "none chosen"
"""The licence of what nobody may use until one is chosen."""

WORDS = {
    "temperature": "temperature {}",
    "top_p": "top-p {}",
    "max_tokens": "at most {} tokens",
    "max_completion_tokens": "at most {} tokens with the reasoning",
    "seed": "seed {}",
    "reasoning_effort": "reasoning effort {}",
}
"""What a request may say of how its answer is drawn."""


class Sidecar(BaseModel):
    """What a recording is, for a reader and for `Cache`; the fields below `models` are measured."""

    model_config = ConfigDict(extra="forbid")

    title: str
    about: str
    origin: str  # whose answers these are: one of `Origin`
    dataset: str  # the images asked about
    source: str  # where the answers come from
    licence: str  # under which they stand
    lookup: Lookup  # by the request's key, or, where the images are absent, by image id
    response_form: Form  # the endpoint's whole body, or the answer's text alone
    models: list[str]  # every model asked
    endpoint: str | None = None  # the host that answered, where that is known
    recorded_by: str | None = None  # who asked it, where that is known
    sampling: str | None = None  # how answers were to be drawn, as the requests say; measured
    schema_number: int = 0
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
    first_recorded: datetime | None = None
    last_recorded: datetime | None = None
    checksum: str = ""  # the SHA-256 of all before it; older sidecars have none


@dataclass(frozen=True)
class Opened:
    """A recording whose bytes are those that its sidecar was made for."""

    path: Path
    sidecar: Sidecar
    content: bytes

    def rows(self, columns: list[str] | None = None) -> pa.Table:
        """Return the rows, in today's schema.

        Raises RecordingError if the file is no recording, or of a newer schema.
        """
        written = self.sidecar.schema_number
        try:
            rows = pq.read_table(
                pa.BufferReader(self.content), columns=columns if written == SCHEMA else None
            )
        except (pa.ArrowException, OSError):
            raise RecordingError(f"{shown(self.path)} is no recording") from None
        lacking = set(columns or ROWS.names) - set(rows.column_names)
        if lacking:
            raise RecordingError(f"{shown(self.path)} is no recording: it lacks {min(lacking)!r}")
        rows = lift(rows, written)
        return rows if columns is None else rows.select(columns)


def sidecar_path(path: Path) -> Path:
    """Return the place of the sidecar of the recording at `path`."""
    return path.with_suffix(".toml")


def part_path(path: Path) -> Path:
    """Return the place where what becomes the file at `path` is written first."""
    return path.with_name(f"{path.name}.part")


def write_recording(path: Path, rows: pa.Table, sidecar: Sidecar) -> Sidecar:
    """Write `rows` and their sidecar, all or nothing; return the sidecar as measured.

    Rows are sorted by key, so the same responses give the same file. Both files are on the disk
    before either gets its name. The sidecar gets it first: from then on the new recording counts,
    and a process that dies before the other has its name too leaves it where `opened` looks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = rows.cast(ROWS).sort_by("key")
    scratch, note = part_path(path), part_path(sidecar_path(path))
    with writing(path):
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            pq.write_table(
                rows, scratch, compression="zstd", compression_level=9, write_page_checksum=True
            )
            update = _measure(scratch.read_bytes(), rows, SCHEMA)
            by_request = sidecar.lookup == "request"
            update["sampling"] = sampling_of(rows["request"].to_pylist()) if by_request else None
            measured = sidecar.model_copy(update=update)
            note.write_bytes(words_of(measured))
            sync(scratch)
        except OSError:
            scratch.unlink(missing_ok=True)
            note.unlink(missing_ok=True)
            raise
        replace(note, sidecar_path(path))
        replace(scratch, path)
    return read_sidecar(path)


def write_sidecar(path: Path, sidecar: Sidecar) -> None:
    """Write a sidecar beside the recording at `path`, as it is."""
    sidecar_path(path).write_bytes(words_of(sidecar))


def words_of(sidecar: Sidecar) -> bytes:
    """Return a sidecar's words, with their checksum."""
    words = tomli_w.dumps(sidecar.model_dump(exclude_none=True, exclude={"checksum"}))
    return sealed(words.encode())


def sealed(words: bytes) -> bytes:
    """Return a sidecar's words with their checksum as the last line."""
    return words + b'checksum = "%b"\n' % hashlib.sha256(words).hexdigest().encode()


def read_sidecar(path: Path) -> Sidecar:
    """Return the sidecar of the recording at `path`.

    Raises RecordingError if it is absent, does not fit, or is not what its checksum was made of.
    """
    note = sidecar_path(path)
    if not note.is_file():
        raise RecordingError(f"{shown(path)} has no sidecar {note.name} beside it")
    try:
        sidecar = read_toml(note, Sidecar)
    except DataError as error:
        raise RecordingError(str(error)) from None
    content = note.read_bytes()
    _, _, last = content.rstrip().rpartition(b"\n")
    has_checksum = sidecar.checksum or last.startswith(b"#")  # one bit makes a comment of it
    if has_checksum and content != sealed(content[: content.rfind(b"checksum = ")]):
        raise RecordingError(
            f"{shown(note)} is not what its checksum was made of: restore it with git; if you "
            "changed it yourself, remove its last line"
        )
    return sidecar


def opened(path: Path) -> Opened:
    """Return the recording at `path`, its bytes held against the sidecar.

    Raises RecordingError if the file is absent or damaged, or its sidecar is.
    """
    for _ in range(2):  # it may be published anew between the reading of the one and the other
        sidecar = read_sidecar(path)
        for place in (path, part_path(path)):
            content = place.read_bytes() if place.is_file() else b""
            if hashlib.sha256(content).hexdigest() == sidecar.sha256:
                return Opened(path, sidecar, content)
    if not path.exists():
        raise RecordingError(f"{shown(path)} is missing, but its sidecar is there")
    raise RecordingError(
        f"{shown(path)} is damaged: its SHA-256 is not the one in its sidecar; fetch it again, or "
        "restore it with git"
    )


def named(name: str, held: Iterable[Path], folder: Path) -> Path:
    """Return the recording or the journal of a name, of those that a folder holds.

    Raises RecordingError if there is none; the text lists those that there are.
    """
    paths = list(held)
    for path in paths:
        if name in {path.stem, path.name}:
            return path
    known = closest_first(name, (path.stem for path in paths))
    raise RecordingError(f"no recording named {name!r} in {shown(folder)}; known: {known}")


def read_rows(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of the recording at `path`; raises as `opened` and `Opened.rows` do."""
    return opened(path).rows(columns)


def verify(path: Path) -> list[str]:
    """Return what is wrong with the recording at `path`; nothing is a good answer.

    The sidecar's words are held against its checksum, the file's hash against the sidecar's, then
    every measured line of the sidecar against the rows, then every key against its request.
    """
    try:
        recording = opened(path)
        rows = recording.rows()
    except RecordingError as error:
        return [str(error)]
    sidecar = recording.sidecar
    measured = _measure(recording.content, rows, sidecar.schema_number)
    if sidecar.sampling is not None:  # those of older versions do not say
        measured["sampling"] = sampling_of(rows["request"].to_pylist())
    complaints = [
        f"{shown(sidecar_path(path))} says {field} = {getattr(sidecar, field)}, found {value}"
        for field, value in measured.items()
        if getattr(sidecar, field) != value
    ]
    if sidecar.schema_number == SCHEMA:
        complaints += _wrong_keys(path, rows)
    if pc.count_distinct(rows["key"]).as_py() != rows.num_rows:
        complaints.append(f"{shown(path)}: a key stands in it twice")
    return complaints


def _measure(content: bytes, rows: pa.Table, written: int) -> dict[str, object]:
    when = pc.min_max(rows["recorded_at"]).as_py()
    return {
        "models": sorted(set(models_in(rows))),
        "schema_number": written,
        "rows": rows.num_rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "first_recorded": when["min"],
        "last_recorded": when["max"],
    }


def models_in(rows: pa.Table) -> list[str]:
    """Return the names of the models that requests were put to, each once."""
    names = pc.extract_regex(rows["request"], r'"model":(?P<model>"(?:[^"\\]|\\.)*")')
    quoted = pc.unique(pc.struct_field(names, "model")).to_pylist()
    return [str(orjson.loads(model)) for model in quoted if model]


def sampling_of(requests: Iterable[str]) -> str:
    """Return in words how answers were to be drawn, as these requests say."""
    kinds = {
        orjson.dumps(orjson.loads(request).get("sampling", {}), option=orjson.OPT_SORT_KEYS)
        for request in requests
    }
    return "; or ".join(_in_words(orjson.loads(kind)) for kind in sorted(kinds))


def _in_words(sampling: dict[str, object]) -> str:
    words = [words.format(sampling[name]) for name, words in WORDS.items() if name in sampling]
    if not {"temperature", "top_p"} & sampling.keys():
        words.insert(0, "temperature left to the endpoint")
    return ", ".join(words)


def _wrong_keys(path: Path, rows: pa.Table) -> list[str]:
    pairs = zip(rows["key"].to_pylist(), rows["request"].to_pylist(), strict=True)
    wrong = sum(key_of(request.encode()) != key for key, request in pairs)
    return [f"{shown(path)}: {wrong} keys are not their request's"] if wrong else []

"""A published recording: a Parquet file of responses, and a sidecar that says what it is."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tomli_w
from pydantic import BaseModel, ConfigDict

from secondsight.errors import DataError, RecordingError
from secondsight.inference.schema import ROWS, SCHEMA, lift
from secondsight.paths import shown
from secondsight.toml import read_toml

Lookup = Literal["request", "image_id"]
Form = Literal["chat.completion", "text"]


class Sidecar(BaseModel):
    """What a recording is. The fields below `about` are measured, not said.

    Attributes
    ----------
    title, about : str
        For a reader.
    origin : str
        Whose answers these are: ``"recorded elsewhere"``, ``"recorded here, real sky"`` or
        ``"recorded here, simulated sky"``.
    dataset, source, licence : str
        The images asked about; where the answers come from; under which licence they stand.
    lookup : str
        ``"request"``: by the request's key. ``"image_id"``: the images are absent, so a response
        is found by the image's id alone.
    response_form : str
        ``"chat.completion"``: the endpoint's whole body. ``"text"``: the answer's text alone.
    models : list of str
        Every model asked.
    schema_number, rows, bytes, sha256, first_recorded, last_recorded
        Measured on the Parquet file.
    """

    model_config = ConfigDict(extra="forbid")

    title: str
    about: str
    origin: str
    dataset: str
    source: str
    licence: str
    lookup: Lookup
    response_form: Form
    models: list[str]
    schema_number: int = 0
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
    first_recorded: datetime | None = None
    last_recorded: datetime | None = None


def sidecar_path(path: Path) -> Path:
    """Return the place of the sidecar of the recording at `path`."""
    return path.with_suffix(".toml")


def write_recording(path: Path, rows: pa.Table, sidecar: Sidecar) -> Sidecar:
    """Write `rows` and their sidecar, all or nothing; return the sidecar as measured.

    Rows are sorted by key, so the same responses give the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = rows.cast(ROWS).sort_by("key")
    scratch = path.with_suffix(".parquet.part")
    note = path.with_suffix(".toml.part")
    try:
        pq.write_table(
            rows, scratch, compression="zstd", compression_level=9, write_page_checksum=True
        )
        measured = sidecar.model_copy(update=_measure(scratch, rows, SCHEMA))
        note.write_text(tomli_w.dumps(measured.model_dump(exclude_none=True)), encoding="utf-8")
        note.replace(sidecar_path(path))  # first: a recording never stands without its sidecar
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        raise RecordingError(f"cannot write {shown(path)}: {error.strerror}") from None
    return measured


def read_sidecar(path: Path) -> Sidecar:
    """Return the sidecar of the recording at `path`.

    Raises
    ------
    RecordingError
        If it is absent or does not fit.
    """
    note = sidecar_path(path)
    if not note.is_file():
        raise RecordingError(f"{shown(path)} has no sidecar {note.name} beside it")
    try:
        return read_toml(note, Sidecar)
    except DataError as error:
        raise RecordingError(str(error)) from None


def read_rows(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of the recording at `path`, in today's schema.

    Raises
    ------
    RecordingError
        If the file is absent, damaged, or of a newer schema.
    """
    written = read_sidecar(path).schema_number
    try:
        rows = pq.read_table(
            path,
            columns=columns if written == SCHEMA else None,
            page_checksum_verification=True,
        )
    except FileNotFoundError:
        raise RecordingError(f"{shown(path)} is missing, but its sidecar is there") from None
    except (pa.ArrowException, OSError):
        raise RecordingError(
            f"{shown(path)} is damaged: fetch it again, or restore it with git"
        ) from None
    lacking = set(columns or ROWS.names) - set(rows.column_names)
    if lacking:
        raise RecordingError(f"{shown(path)} is no recording: it lacks {min(lacking)!r}")
    rows = lift(rows, written)
    return rows if columns is None else rows.select(columns)


def verify(path: Path) -> list[str]:
    """Return what is wrong with the recording at `path`; nothing is a good answer.

    The file's hash is compared with the sidecar's, then every measured line of the sidecar with
    the rows, then every key with its request.
    """
    try:
        sidecar = read_sidecar(path)
        if _hash(path) != sidecar.sha256:
            return [f"{shown(path)}: its SHA-256 is not the one in its sidecar"]
        rows = read_rows(path)
    except FileNotFoundError:
        return [f"{shown(path)} is missing, but its sidecar is there"]
    except RecordingError as error:
        return [str(error)]
    measured = _measure(path, rows, sidecar.schema_number)
    complaints = [
        f"{shown(sidecar_path(path))} says {field} = {getattr(sidecar, field)}, found {found}"
        for field, found in measured.items()
        if getattr(sidecar, field) != found
    ]
    if sidecar.schema_number == SCHEMA:
        complaints += _wrong_keys(path, rows)
    if pc.count_distinct(rows["key"]).as_py() != rows.num_rows:
        complaints.append(f"{shown(path)}: a key stands in it twice")
    return complaints


def _measure(path: Path, rows: pa.Table, written: int) -> dict[str, object]:
    when = pc.min_max(rows["recorded_at"]).as_py()
    return {
        "models": sorted(set(_models(rows))),
        "schema_number": written,
        "rows": rows.num_rows,
        "bytes": path.stat().st_size,
        "sha256": _hash(path),
        "first_recorded": when["min"],
        "last_recorded": when["max"],
    }


def _models(rows: pa.Table) -> list[str]:
    found = pc.extract_regex(rows["request"], r'"model":(?P<model>"(?:[^"\\]|\\.)*")')
    quoted = pc.unique(pc.struct_field(found, "model")).to_pylist()
    return [str(orjson.loads(model)) for model in quoted if model]


def _wrong_keys(path: Path, rows: pa.Table) -> list[str]:
    pairs = zip(rows["key"].to_pylist(), rows["request"].to_pylist(), strict=True)
    wrong = sum(hashlib.sha256(request.encode()).digest() != key for key, request in pairs)
    return [f"{shown(path)}: {wrong} keys are not their request's"] if wrong else []


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Find recorded responses by key, over every published recording and every journal of a folder."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from secondsight.errors import MissingResponses
from secondsight.inference.cost import Quote
from secondsight.inference.journal import read_journal
from secondsight.inference.recording import opened
from secondsight.paths import shown

ANSWER = ["response", "recorded_at"]


class Cache:
    """The recorded responses in a folder of `*.parquet` recordings and `*.jsonl` journals."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def recordings(self) -> list[Path]:
        """Return the published recordings, by name."""
        return sorted(self.folder.glob("*.parquet"))

    def journals(self) -> list[Path]:
        """Return the journals, the oldest first."""
        return sorted(
            self.folder.glob("*.jsonl"),
            key=lambda path: path.stat().st_mtime if path.exists() else 0.0,
        )

    def find(self, keys: Sequence[bytes]) -> pa.Table:
        """Return `response` and `recorded_at` for each key, in the keys' order.

        A key without a response has nulls. Of several responses to one key the journals' newest
        counts, before any published one.

        Raises RecordingError if a recording or a journal is damaged.
        """
        wanted = pa.array(keys, pa.binary(32))
        places, parts, before = pa.nulls(len(keys), pa.int32()), [], 0
        for known, answers in self._newest_first():
            here = pc.index_in(wanted, value_set=known)
            if here.null_count < len(here):
                places = pc.coalesce(places, pc.add(here, pa.scalar(before, pa.int32())))
                parts.append(answers())
                before += len(known)
        if not parts:
            return pa.table({name: pa.nulls(len(keys), type_) for name, type_ in _TYPES})
        return pa.concat_tables(parts).combine_chunks().take(places)

    def _newest_first(self) -> Iterator[tuple[pa.Array, Callable[[], pa.Table]]]:
        """Yield the keys of each file, and how to get its answers; most often few are wanted.

        A journal that goes meanwhile has been published, and is found among the recordings.
        """
        for path in reversed(self.journals()):
            with suppress(FileNotFoundError):
                rows = _latest_first(read_journal(path).select(["key", *ANSWER]))
                yield rows["key"].combine_chunks(), partial(rows.select, ANSWER)
        for path in self.recordings():
            recording = opened(path)
            keys = recording.rows(["key"])["key"].combine_chunks()
            yield keys, partial(recording.rows, ANSWER)

    def nearest(self, canonical: bytes) -> tuple[str, list[str]] | None:
        """Return the file with the recorded request most like this one, and the fields that differ.

        The image and the repeat are left out: every request has others. None if nothing is
        recorded.
        """
        asked = _flat(orjson.loads(canonical))
        differing = [
            (path.name, _differing(asked, _flat(orjson.loads(text))))
            for path in [*self.journals(), *self.recordings()]
            for text in _one_of_each_kind(_requests(path))
        ]
        return min(differing, key=lambda nearest: len(nearest[1]), default=None)


def explain_miss(cache: Cache, missing: Quote, wanted: int, command: str) -> MissingResponses:
    """Return the error that says how many of `wanted` responses miss, and what comes nearest.

    It ends with the command that would record them.
    """
    nearest = cache.nearest(missing.request.canonical())
    if nearest is None:
        likeness = "nothing at all is recorded there"
    else:
        name, fields = nearest
        differ = dict.fromkeys(_SCHEMA.sub("response_format", field) for field in fields)
        likeness = f"the nearest recorded request stands in {name} and differs in " + (
            ", ".join(differ) or "nothing but the image or the repeat"
        )
    return MissingResponses(
        f"{missing.requests} of {wanted} responses are not recorded in {shown(cache.folder)}; "
        f"{likeness}; to record them: {command} ({missing})"
    )


_SCHEMA = re.compile(r"^response_format\..*")
_VARYING = re.compile(r"^repeat$|^messages\[.*\.sha256$")

_TYPES = [("response", pa.string()), ("recorded_at", pa.timestamp("ms", tz="UTC"))]


def _latest_first(rows: pa.Table) -> pa.Table:
    return rows.take(pa.array(range(rows.num_rows - 1, -1, -1), pa.int64()))


def _requests(path: Path) -> pa.ChunkedArray:
    """Return the requests of a journal or a recording; none where what was asked is not known."""
    if path.suffix == ".jsonl":
        return read_journal(path)["request"]
    recording = opened(path)
    if recording.sidecar.lookup != "request":
        return pa.chunked_array([], pa.string())
    return recording.rows(["request"])["request"]


def _differing(asked: dict[str, object], known: dict[str, object]) -> list[str]:
    """Return the names of the fields that differ, less those that always do."""
    names = sorted(name for name in asked.keys() | known if not _VARYING.search(name))
    return [name for name in names if asked.get(name) != known.get(name)]


def _one_of_each_kind(requests: pa.ChunkedArray) -> list[str]:
    """Return one request of each kind: kinds differ in more than the image and the repeat."""
    plain = pc.replace_substring_regex(requests, r'"sha256":"[0-9a-f]{64}"', '"sha256":""')
    plain = pc.replace_substring_regex(plain, r'"repeat":\d+', '"repeat":0')
    kinds = pc.unique(plain)
    return [requests[pc.index(plain, kind).as_py()].as_py() for kind in kinds]


def _flat(value: object, name: str = "") -> dict[str, object]:
    """Return nested JSON as dotted names and values."""
    if isinstance(value, dict):
        items = [(f"{name}.{key}" if name else key, inner) for key, inner in value.items()]
    elif isinstance(value, list):
        items = [(f"{name}[{place}]", inner) for place, inner in enumerate(value)]
    else:
        return {name: value}
    return {
        key: leaf for inner_name, inner in items for key, leaf in _flat(inner, inner_name).items()
    }

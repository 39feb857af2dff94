"""Several recordings put together: every request once, and no answer written over."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from secondsight.errors import RecordingError
from secondsight.inference.body import text_of
from secondsight.inference.publish import newest
from secondsight.inference.recording import Sidecar, opened
from secondsight.paths import shown

Keep = Literal["first", "last"]
SAME = ("lookup", "response_form", "origin")
"""What the sidecars of recordings that are put together must have in common."""
JOINED = ("title", "about", "dataset", "source", "licence", "endpoint", "recorded_by")


class Conflict(NamedTuple):
    """Two recorded answers to one request."""

    image_id: str
    repeat: int
    first: str
    last: str


class Merged(NamedTuple):
    """What recordings hold together."""

    rows: pa.Table
    sidecar: Sidecar
    conflicts: list[Conflict]


def merge(paths: Sequence[Path], keep: Keep = "first") -> Merged:
    """Return what recordings hold together, and where they contradict each other.

    Of several answers to one request, the first or the last recording's is kept.

    Raises RecordingError if a recording is damaged, or they are not of one kind: answers to
    requests and answers to images, those recorded here and elsewhere, don't go together.
    """
    recordings = [opened(path) for path in paths]
    first = recordings[0].sidecar
    for recording in recordings[1:]:
        for name in SAME:
            if getattr(recording.sidecar, name) != getattr(first, name):
                both = f"{getattr(first, name)!r} and {getattr(recording.sidecar, name)!r}"
                raise RecordingError(
                    f"{shown(paths[0])} and {shown(recording.path)} can't be put together: "
                    f"{name} is {both}"
                )
    parts = [recording.rows() for recording in recordings]
    rows = newest(parts if keep == "last" else parts[::-1])
    return Merged(
        rows, _together([recording.sidecar for recording in recordings]), _conflicts(parts)
    )


def _together(sidecars: Sequence[Sidecar]) -> Sidecar:
    """Return a sidecar whose words are those of all, each once."""
    words = {}
    for name in JOINED:
        each = [getattr(sidecar, name) or "not known" for sidecar in sidecars]
        known = any(getattr(sidecar, name) for sidecar in sidecars)
        words[name] = "; ".join(dict.fromkeys(each)) if known else None
    return sidecars[0].model_copy(update=words)


def _conflicts(parts: Sequence[pa.Table]) -> list[Conflict]:
    """Return the requests to which two parts hold different answers, by image and repeat."""
    columns = ["key", "image_id", "repeat", "response"]
    rows = pa.concat_tables([part.select(columns) for part in parts])
    kinds = rows.group_by("key").aggregate([("response", "count_distinct")])
    keys = kinds.filter(pc.greater(kinds["response_count_distinct"], 1))["key"]
    several: dict[bytes, list[dict[str, Any]]] = {}
    for row in rows.filter(pc.is_in(rows["key"], keys.combine_chunks())).to_pylist():
        several.setdefault(row["key"], []).append(row)
    return sorted(map(_conflict, several.values()))


def _conflict(rows: Sequence[Mapping[str, Any]]) -> Conflict:
    first = rows[0]["response"]
    last = next(row["response"] for row in rows if row["response"] != first)
    return Conflict(rows[0]["image_id"], rows[0]["repeat"], text_of(first), text_of(last))

"""The columns of a recording, its schema number, and how older schemas are read."""

from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa
import rfc8785

from secondsight.errors import RecordingError
from secondsight.inference.request import key_of

SCHEMA = 1
"""The schema that is written today."""

ROWS = pa.schema(
    [
        pa.field("key", pa.binary(32), nullable=False),
        pa.field("image_id", pa.string(), nullable=False),
        pa.field("repeat", pa.int32(), nullable=False),
        pa.field("request", pa.string(), nullable=False),
        pa.field("response", pa.string(), nullable=False),
        pa.field("recorded_at", pa.timestamp("ms", tz="UTC")),
        pa.field("label", pa.string()),
        pa.field("parsed_elsewhere", pa.string()),
    ]
)
"""`request` is the canonical form whose SHA-256 is `key`; `response` is verbatim.

`label` and `parsed_elsewhere` are empty but in recordings imported from other people, where
the image is absent: the true label, and what they took the answer to be.
"""

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a schema number to the function that lifts a stored request to the next schema."""


def lift(rows: pa.Table, written: int) -> pa.Table:
    """Return `rows` of schema `written` as rows of today's schema, keys made anew.

    Raises RecordingError if the schema is newer than this package, or there was never such a
    schema.
    """
    if written == SCHEMA:
        return rows
    if written > SCHEMA:
        raise RecordingError(
            f"schema {written} is newer than this package reads ({SCHEMA}): update the package"
        )
    if not MIGRATIONS.keys() >= set(range(written, SCHEMA)):
        raise RecordingError(f"there is no schema {written}: this package reads up to {SCHEMA}")
    requests = [orjson.loads(text) for text in rows["request"].to_pylist()]
    for number in range(written, SCHEMA):
        requests = [MIGRATIONS[number](request) for request in requests]
    canonical = [bytes(rfc8785.dumps(request)) for request in requests]
    keys = pa.array([key_of(text) for text in canonical], pa.binary(32))
    texts = pa.array([text.decode() for text in canonical], pa.string())
    rows = rows.set_column(rows.column_names.index("key"), ROWS.field("key"), keys)
    return rows.set_column(rows.column_names.index("request"), ROWS.field("request"), texts)

"""What a batch gives back: the lines of its output and error files, in any order."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import orjson

from secondsight.inference.body import verbatim


class Result(NamedTuple):
    """What became of one request."""

    key: str  # the request's `custom_id`; empty if the line can't be read
    status: int = 0  # HTTP's, of what would have been a reply; 0 if the request was not put
    body: bytes = b""  # the reply, or the line if it can't be read
    error: Mapping[str, Any] = {}  # what went wrong, in OpenAI's form


def results(file: BinaryIO) -> Iterator[Result]:
    """Yield what each line of an output or error file says."""
    for line in file:
        if line.strip():
            try:
                yield _result(line)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                yield Result("", body=line)


def custom_ids(file: BinaryIO) -> Iterator[str]:
    """Yield the `custom_id` of each line of an input or output file; what can't be read is not."""
    for line in file:
        try:
            yield str(orjson.loads(line)["custom_id"])
        except (ValueError, KeyError, TypeError):
            continue


def _result(line: bytes) -> Result:
    told, dumped = _both(line)
    key, response = str(told["custom_id"]), told.get("response")
    if not response:
        return Result(key, error=_object(told.get("error")))
    status, body = int(response["status_code"]), response.get("body")
    return Result(key, status, dumped(body), {} if status == 200 else _object(body))


def _object(error: Any) -> dict[str, Any]:
    """Return an error as an object; it may stand in one of its own."""
    if not isinstance(error, dict):
        return {"message": str(error)}
    return _object(error["error"]) if "error" in error else error


def _both(line: bytes) -> tuple[dict[str, Any], Any]:
    """Return what a line holds, and what writes a part of it down as it came."""
    try:
        return orjson.loads(line), orjson.dumps
    except orjson.JSONDecodeError:  # what JSON does not allow, but endpoints send
        return json.loads(verbatim(line)), lambda part: json.dumps(part).encode()

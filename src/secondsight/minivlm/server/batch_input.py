"""The input file of a batch: what is wrong with it, and where each of its requests stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from secondsight.minivlm.server.answerers import unknown
from secondsight.minivlm.server.body import parsed
from secondsight.minivlm.server.errors import Refused

ENDPOINT = "/v1/chat/completions"
MOST_LINES = 50_000
MOST_ERRORS = 100
FIELDS = {"custom_id", "method", "url", "body"}


@dataclass
class Input:
    """What was found in an input file.

    Attributes
    ----------
    ids : list of str
        The requests' `custom_id`, in the file's order.
    places : list of int
        Where each request's line begins, in bytes.
    errors : list of dict
        What is wrong, in OpenAI's form; at most `MOST_ERRORS`.
    model : str
        The one model that the requests ask; empty if none is named.
    """

    ids: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    model: str = ""

    def wrong(
        self, code: str, message: str, line: int | None = None, param: str | None = None
    ) -> None:
        """Note an error."""
        if len(self.errors) < MOST_ERRORS:
            error = Refused(message, param=param)  # which shortens what a client wrote
            said = {"code": code, "message": error.message, "line": line, "param": error.param}
            self.errors.append(said)


def read_input(path: Path, models: Sequence[str]) -> Input:
    """Read a batch's input file line by line.

    Parameters
    ----------
    path : Path
    models : sequence of str
        The models that can be asked; a batch asks one of them.
    """
    found = Input()
    seen: set[str] = set()
    for number, place, line in _lines(path):
        if len(found.places) == MOST_LINES:
            found.wrong("too_many_requests", f"The file has more than {MOST_LINES:,} requests.")
            break
        found.places.append(place)
        custom_id, named = _check(line, number, found)
        if custom_id in seen:
            text = f"The custom_id '{custom_id}' was given before."
            found.wrong("duplicate_custom_id", text, number, "custom_id")
        if named and found.model and named != found.model:
            text = f"The model '{named}' is not the model '{found.model}' of the lines before."
            found.wrong("mismatched_model", text, number, "body.model")
        elif named and not found.model:
            found.model = named
            if named not in models:
                found.wrong("model_not_found", unknown(named, models), number, "body.model")
        seen.add(custom_id)
        found.ids.append(custom_id)
    if not found.places:
        found.wrong("empty_file", "The file has no requests.")
    return found


def line_at(path: Path, place: int) -> dict[str, Any]:
    """Return the request whose line begins at `place`."""
    with path.open("rb") as file:
        file.seek(place)
        request: dict[str, Any] = orjson.loads(file.readline())
    return request


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number, the place and the text of each line that is not blank."""
    place = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, place, line
            place += len(line)


def _check(line: bytes, number: int, found: Input) -> tuple[str, str]:
    """Note what is wrong with one line; return its `custom_id` and the model that it names."""
    try:
        request = parsed(line)
    except Refused as error:
        found.wrong("invalid_json_line", error.message, number)
        return f"line {number}", ""
    if not isinstance(request, dict):
        found.wrong("invalid_request", "This line is no JSON object.", number)
        return f"line {number}", ""
    for name in sorted(set(request) - FIELDS):
        found.wrong("unknown_parameter", f"Unknown parameter: '{name}'.", number, name)
    custom_id, body = request.get("custom_id"), request.get("body")
    if not isinstance(custom_id, str) or not custom_id:
        found.wrong("invalid_custom_id", "'custom_id' must be a text.", number, "custom_id")
        custom_id = f"line {number}"
    if request.get("method") != "POST":
        found.wrong("invalid_method", "The method must be 'POST'.", number, "method")
    if request.get("url") != ENDPOINT:
        text = f"The url must be the batch's endpoint, '{ENDPOINT}'."
        found.wrong("invalid_url", text, number, "url")
    model = body.get("model") if isinstance(body, dict) else None
    if not isinstance(model, str) or not model:
        text = "'body' must be an object that names its 'model'."
        found.wrong("invalid_body", text, number, "body")
        model = ""
    return custom_id, model

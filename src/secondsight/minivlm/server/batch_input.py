"""The input file of a batch: what is wrong with it, and where each of its requests stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import ConfigDict, Field, ValidationError

from secondsight.minivlm.server.answerers import unknown
from secondsight.minivlm.server.body import parsed
from secondsight.minivlm.server.errors import Refused
from secondsight.minivlm.server.requests import Strict

ENDPOINT = "/v1/chat/completions"
MOST_LINES = 50_000
MOST_ERRORS = 100


class Named(Strict):
    """A request for a chat completion, of which a batch reads the model alone."""

    model: str = Field(min_length=1)


class Line(Strict):
    """A line of an input file."""

    model_config = ConfigDict(extra="forbid")
    custom_id: str = Field(min_length=1)
    method: Literal["POST"]
    url: Literal["/v1/chat/completions"]
    body: Named


@dataclass
class Input:
    """What was found in an input file.

    Attributes
    ----------
    places : dict of str to int
        Where the line of each request's `custom_id` begins, in bytes.
    errors : list of dict
        What is wrong, in OpenAI's form; at most `MOST_ERRORS`.
    model : str
        The one model that the requests ask; empty if none is named.
    """

    places: dict[str, int] = field(default_factory=dict)
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
    count = 0
    for number, place, content in _lines(path):
        count += 1
        if count > MOST_LINES:
            found.wrong("too_many_requests", f"The file has more than {MOST_LINES:,} requests.")
            break
        line = _line(content, number, found)
        if line:
            if not found.model and line.body.model not in models:
                text = unknown(line.body.model, models)
                found.wrong("model_not_found", text, number, "body.model")
            _add(line, number, place, found)
    if not count:
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


def _line(text: bytes, number: int, found: Input) -> Line | None:
    """Return a line as it should be; None, once it is noted what is wrong with it."""
    try:
        return Line.model_validate(parsed(text))
    except Refused as error:
        found.wrong("invalid_json_line", error.message, number)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            name = str(one["loc"][0]) if one["loc"] else "request"
            code = "unknown_parameter" if one["type"] == "extra_forbidden" else f"invalid_{name}"
            param = name if one["loc"] else None
            found.wrong(code, f"Invalid '{name}': {one['msg']}.", number, param)
    return None


def _add(line: Line, number: int, place: int, found: Input) -> None:
    """Note where a line stands, and what does not go with the lines before it."""
    if line.custom_id in found.places:
        text = f"The custom_id '{line.custom_id}' was given before."
        found.wrong("duplicate_custom_id", text, number, "custom_id")
    found.model = found.model or line.body.model
    if line.body.model != found.model:
        text = f"The model '{line.body.model}' is not '{found.model}', that of the lines before."
        found.wrong("mismatched_model", text, number, "body.model")
    found.places.setdefault(line.custom_id, place)

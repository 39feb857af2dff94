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
    """What was read in an input file.

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

    def note(
        self, code: str, message: str, line: int | None = None, param: str | None = None
    ) -> None:
        """Note an error."""
        if len(self.errors) < MOST_ERRORS:
            error = Refused(message, param=param)  # which shortens what a client wrote
            self.errors.append(
                {"code": code, "message": error.message, "line": line, "param": error.param}
            )


def read_input(path: Path, models: Sequence[str]) -> Input:
    """Read a batch's input file line by line; a batch asks one of the models that there are."""
    read = Input()
    count = 0
    for number, place, content in _lines(path):
        count += 1
        if count > MOST_LINES:
            read.note("too_many_requests", f"The file has more than {MOST_LINES:,} requests.")
            break
        line = _line(content, number, read)
        if line:
            _add(line, number, models, read)
            read.places.setdefault(line.custom_id, place)
    if not count:
        read.note("empty_file", "The file has no requests.")
    return read


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


def _line(text: bytes, number: int, read: Input) -> Line | None:
    """Return a line as it should be; None, once it is noted what is wrong with it."""
    try:
        return Line.model_validate(parsed(text))
    except Refused as error:
        read.note("invalid_json_line", error.message, number)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = str(each["loc"][0]) if each["loc"] else "request"
            code = "unknown_parameter" if each["type"] == "extra_forbidden" else f"invalid_{name}"
            param = name if each["loc"] else None
            read.note(code, f"Invalid '{name}': {each['msg']}.", number, param)
    return None


def _add(line: Line, number: int, models: Sequence[str], read: Input) -> None:
    """Note what does not go with the models that there are, or with the lines before."""
    model = line.body.model
    if not read.model and model not in models:
        read.note("model_not_found", unknown(model, models), number, "body.model")
    if line.custom_id in read.places:
        text = f"The custom_id '{line.custom_id}' was given before."
        read.note("duplicate_custom_id", text, number, "custom_id")
    read.model = read.model or model
    if model != read.model:
        text = f"The model '{model}' is not '{read.model}', that of the lines before."
        read.note("mismatched_model", text, number, "body.model")

"""Read the project's TOML files into checked models."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from secondsight.errors import DataError
from secondsight.paths import shown

T = TypeVar("T", bound=BaseModel)

MOST_BYTES = 200_000
DEEPEST = 16
"""Parts of a dotted key; what the reader takes of memory grows with their square."""
LONGEST = 500
"""Letters of a complaint."""
PART = r'(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\')'
TOO_DEEP = re.compile(rf"(?<![\w\\-]){PART}(?:[ \t]*+\.[ \t]*+{PART}){{{DEEPEST}}}")


class Entry(BaseModel):
    """A part of a file, checked: it has these fields and no other, and stays as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_toml(path: Path, model: type[T]) -> T:
    """Read the TOML file at `path` as a `model`.

    Raises DataError if the file is absent, too large, is no TOML, or does not fit the model.
    """
    try:
        return model.model_validate(tomllib.loads(_text(path)))
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing") from None
    except OSError as error:
        raise DataError(f"{shown(path)} can't be read: {error.strerror}") from None
    except ValidationError as error:
        raise DataError(f"{shown(path)}: {first_complaint(error)}") from None
    except RecursionError:
        raise DataError(f"{shown(path)} is not valid TOML: too deeply nested") from None
    except ValueError as error:  # of TOML, of UTF-8, of a number with thousands of digits
        raise DataError(f"{shown(path)} is not valid TOML: {error}") from None


def _text(path: Path) -> str:
    """Return a file's text if it is of a size and a depth that can be read."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DataError(f"{shown(path)} has more than {MOST_BYTES:,} bytes")
    text = content.decode("utf-8")
    if TOO_DEEP.search(text):
        raise DataError(f"{shown(path)} has a key of more than {DEEPEST} dotted parts")
    return text


def first_complaint(error: ValidationError) -> str:
    """Return the first complaint of a validation error as one line."""
    detail, *others = error.errors()
    where = ".".join(str(part) for part in detail["loc"])
    said = f"{where or 'value'}: {detail['msg'].lower()}"
    if detail["type"] == "missing" and len(detail["loc"]) > 1 and detail["input"]:
        name, value = next(iter(dict(detail["input"]).items()))
        said += f", beside {name} = {value!r}"
    for other in others:  # a mistyped name tells why another is lacking
        if other["type"] == "extra_forbidden":
            said += f"; {other['loc'][-1]}: {other['msg'].lower()}"
            break
    return " ".join(said.split())[:LONGEST]  # a file's own words can hold line breaks

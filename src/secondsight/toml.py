"""Read the project's TOML files into checked models."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from secondsight.errors import DataError
from secondsight.paths import shown

T = TypeVar("T", bound=BaseModel)


def read_toml(path: Path, model: type[T]) -> T:
    """Read the TOML file at `path` as a `model`.

    Raises
    ------
    DataError
        If the file is absent, is no TOML, or does not fit the model.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{shown(path)} is not valid TOML: {error}") from None
    except ValidationError as error:
        raise DataError(f"{shown(path)}: {first_complaint(error)}") from None


def first_complaint(error: ValidationError) -> str:
    """Return the first complaint of a validation error as one line."""
    detail = error.errors()[0]
    where = ".".join(str(part) for part in detail["loc"])
    return f"{where or 'value'}: {detail['msg'].lower()}"

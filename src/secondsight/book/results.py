"""The numbers that a chapter hands on: small JSON files that the ledger and the front page read."""

from math import nan
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from secondsight import paths
from secondsight.book.wording import rounded, written
from secondsight.datasets.origins import Origin
from secondsight.errors import DataError
from secondsight.metrics.intervals import Estimate


class Result(BaseModel):
    """One number of a chapter."""

    model_config = ConfigDict(extra="forbid")

    # NaN, and null in the file, where it is not defined
    value: Annotated[float, BeforeValidator(lambda value: nan if value is None else value)]
    low: float | None  # of its interval, where it has one
    high: float | None
    n: int  # on how many observations it rests
    method: str  # how the interval was made; empty without one
    origin: Origin
    text: str  # as the book writes it
    short: str = ""  # rounded, where that is shorter
    cell: int = 0  # which of the chapter's cells of code gave it, as counted there; 0 if none did
    model: str = ""  # whose answers, where not the book's own model's; else left out of the file

    @property
    def shortly(self) -> str:
        """The number as a sentence says it that does not need its interval."""
        return self.short or self.text


Results = TypeAdapter(dict[str, Result])


def result_of(number: Estimate | float, origin: Origin, model: str = "", cell: int = 0) -> Result:
    """Return a number as a chapter hands it on, without an interval where it has none."""
    measured: dict[str, Any] = {"value": number, "low": None, "high": None, "n": 0, "method": ""}
    if isinstance(number, Estimate):
        measured = {name: getattr(number, name) for name in measured}
    text, short = written(number), rounded(number)
    short = short if short != text else ""
    return Result(**measured, origin=origin, text=text, short=short, model=model, cell=cell)


def write_results(path: Path, results: dict[str, Result]) -> None:
    """Write a chapter's results; the same results give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    plain = Results.dump_python(results, mode="json", exclude_defaults=True)
    path.write_bytes(orjson.dumps(plain, option=options))


def read_results(folder: Path = paths.RESULTS) -> dict[str, Result]:
    """Return the results of every chapter under ``chapter.name``.

    Raises a DataError if there are none, or a file is not what a chapter writes.
    """
    results: dict[str, Result] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            chapter = Results.validate_json(path.read_bytes())
        except ValidationError as error:
            raise DataError(
                f"{paths.shown(path)} is damaged: run make book ({error.title})"
            ) from None
        results |= {f"{path.stem}.{name}": result for name, result in chapter.items()}
    if not results:
        raise DataError(f"no results in {paths.shown(folder)}: run make book first")
    return results

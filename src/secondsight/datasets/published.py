"""Published numbers, as `data/published.toml` holds them."""

from dataclasses import replace
from functools import cache
from math import nan
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

from secondsight import paths
from secondsight.datasets.tasks import TASKS
from secondsight.errors import DataError
from secondsight.metrics.confusion import Confusion, confusion_from_predicted_rows
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.toml import read_toml


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Entry = TypeVar("Entry", bound=_Entry)


def _as_printed(value: float) -> Estimate:
    return Estimate(value, nan, nan, 0, method="as printed")


class Paper(_Entry):
    """A paper or a release; `key` is its entry in `book/references.bib`."""

    title: str
    citation: str
    key: str
    arxiv: str | None = None


class Number(_Entry):
    """One printed number."""

    paper: str  # the paper's name in the file
    where: str  # the place in the paper
    value: float  # as printed, with so many decimals
    decimals: int = 0  # how many it was printed with
    n: int | None = None  # on how many images it rests, where that is said
    approximate: bool = False  # whether its authors say "about"

    @property
    def bare(self) -> Estimate:
        """The number as printed, without an interval."""
        return _as_printed(self.value)

    def estimate(self, level: float = LEVEL) -> Estimate:
        """Return the printed share with the Wilson interval that its number of images gives.

        Raises DataError if it is not said on how many images the number rests.
        """
        if self.n is None:
            raise DataError(f"{self.where} does not say on how many images {self} rests")
        return replace(proportion(round(self.value * self.n), self.n, level), value=self.value)

    def __str__(self) -> str:
        about = "about " if self.approximate else ""
        return f"{about}{self.value:,.{self.decimals}f}"


class Matrix(_Entry):
    """Printed counts of a confusion matrix; without `counts` where nobody has typed them yet."""

    paper: str
    where: str
    rows: Literal["predicted"]
    task: str
    model: str
    counts: list[list[int]] = []

    @model_validator(mode="after")
    def is_square(self) -> "Matrix":
        """Refuse counts that are not one row and one column a category."""
        size = len(TASKS[self.task].names)
        if self.counts and [len(row) for row in self.counts] != [size] * size:
            raise ValueError(f"the counts of {self.model} on {self.task} are not {size} by {size}")
        return self

    @property
    def confusion(self) -> Confusion:
        """The counts as a confusion matrix, true categories in rows; zeros if there are none."""
        names = TASKS[self.task].names
        counts = self.counts or [[0] * len(names)] * len(names)
        return confusion_from_predicted_rows(counts, names)


class Table(_Entry):
    """A printed table."""

    paper: str
    where: str
    columns: list[str]
    rows: dict[str, list[float]]

    def estimates(self, row: str) -> list[Estimate]:
        """Return a row's numbers as printed, without intervals."""
        return [_as_printed(value) for value in self.rows[row]]

    @model_validator(mode="after")
    def rows_fit(self) -> "Table":
        """Refuse a row of another length than the columns."""
        for name, row in self.rows.items():
            if len(row) != len(self.columns):
                due = len(self.columns)
                raise ValueError(f"row {name} has {len(row)} values for {due} columns")
        return self


class Published(_Entry):
    """Everything that was published, by name."""

    paper: dict[str, Paper]
    number: dict[str, Number]
    matrix: dict[str, Matrix]
    table: dict[str, Table]

    @model_validator(mode="after")
    def papers_are_known(self) -> "Published":
        """Refuse an entry of a paper that is not listed."""
        for group in (self.number, self.matrix, self.table):
            for name, entry in group.items():
                if entry.paper not in self.paper:
                    raise ValueError(f"{name} names the paper {entry.paper!r}, which is not listed")
        return self


@cache
def published(path: Path = paths.PUBLISHED) -> Published:
    """Return everything in `data/published.toml`."""
    return read_toml(path, Published)


def published_number(name: str) -> Number:
    """Return one printed number.

    Raises DataError if there is none of this name.
    """
    return _named("number", published().number, name)


def published_matrix(name: str) -> Matrix:
    """Return one printed confusion matrix.

    Raises DataError if there is none of this name.
    """
    return _named("matrix", published().matrix, name)


def published_table(name: str) -> Table:
    """Return one printed table.

    Raises DataError if there is none of this name.
    """
    return _named("table", published().table, name)


def _named(kind: str, entries: dict[str, Entry], name: str) -> Entry:
    if name not in entries:
        raise DataError(f"no published {kind} named {name!r} in data/published.toml")
    return entries[name]

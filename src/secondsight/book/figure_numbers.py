"""The numbers of a figure, as tables: what its drawing function was given."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import Estimate

Record = dict[str, Any]
"""A row of a table by its columns."""
ITSELF = {"", "estimate", "estimates", "value"}
"""Names under which an estimate is no more than a value with an interval."""


def numbers_of(draw: Callable[..., Any], *things: Any) -> dict[str, pd.DataFrame]:
    """Return the numbers that a function is given to draw, a table for each argument that has some.

    Estimates have their interval's ends and `n` beside them, and what is nested in lists and
    data classes stands in rows; pictures are counted.
    """
    names = list(inspect.signature(draw).parameters)
    pairs = zip(names, things, strict=False)
    tables = {name: pd.DataFrame(_records(name, thing)) for name, thing in pairs}
    return {name: table for name, table in tables.items() if _has_numbers(table)}


def as_csv(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return tables as one CSV file; of several, a first column `part` tells the rows apart."""
    named = [table.assign(part=name) for name, table in tables.items()]
    whole = pd.concat(named or [pd.DataFrame({"part": []})], ignore_index=True)
    whole.insert(0, "part", whole.pop("part"))
    whole = whole if len(tables) > 1 else whole.drop(columns="part")
    return whole.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode()


def _has_numbers(table: pd.DataFrame) -> bool:
    return any(isinstance(cell, int | float | np.number) for cell in table.to_numpy().flat)


def _cell(name: str, thing: Any) -> Record | None:
    """Return what fits into one row; None where more are needed."""
    if isinstance(thing, Estimate):
        of = "" if name in ITSELF else f"{name} "
        ends = {f"{of}low": thing.low, f"{of}high": thing.high, f"{of}n": thing.n or ""}
        return {of.strip() or "value": thing.value, **ends}
    if isinstance(thing, np.ndarray) and thing.ndim > 1:
        return {name or "value": " by ".join(map(str, thing.shape))}
    if thing is None or isinstance(thing, str | int | float | np.generic):
        return {name or "value": thing}
    return None


def _records(name: str, thing: Any) -> list[Record]:
    cell = _cell(name, thing) or _pair(name, thing)
    if cell is not None:
        return [cell]
    if isinstance(thing, Confusion):
        columns = [f"answered {each}" for each in [*thing.categories, *thing.others]]
        thing = pd.DataFrame(thing.counts, pd.Index(thing.categories, name="truth"), columns)
    if isinstance(thing, pd.DataFrame | pd.Series):
        return _of_table(thing)
    if isinstance(thing, Mapping):
        return _below([(name, key, item) for key, item in thing.items()])
    if is_dataclass(thing):
        return _of_fields(thing)
    return _of_sequence(name, thing)


def _of_table(table: "pd.DataFrame | pd.Series[Any]") -> list[Record]:
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    frame = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    rows = frame.to_dict("records")
    return [_merged(_cell(str(key), item) or {} for key, item in row.items()) for row in rows]


def _of_sequence(name: str, things: Sequence[Any]) -> list[Record]:
    """Return the rows of all; pictures are counted, and a name with things heads their rows."""
    pictures = [thing for thing in things if isinstance(thing, np.ndarray) and thing.ndim > 1]
    if pictures and len(pictures) == len(things):
        return [{"pictures": len(pictures), "pixels": " by ".join(map(str, pictures[0].shape[:2]))}]
    match things:
        case [str(key), item] if _cell("", item) is None:
            return _below([(name, key, item)])
        case [[float() | int(), *_] as x, [float() | int(), *_] as y] if len(x) == len(y) > 2:
            return [{"x": across, "y": up} for across, up in zip(x, y, strict=True)]
        case [[Estimate(), *_], *_]:
            return [
                _headed({"row": row, "column": column}, record, "outer")
                for row, cells in enumerate(things, 1)
                for column, cell in enumerate(cells, 1)
                for record in _records("", cell)
            ]
    return [record for thing in things for record in _records(name, thing)]


def _below(parts: Iterable[tuple[str, Any, Any]]) -> list[Record]:
    """Return the rows of things that have a name each, with the names before them."""
    return [
        _headed({name or "name": key}, record, "outer")
        for name, key, item in parts
        for record in _records("", item)
    ]


def _of_fields(thing: Any) -> list[Record]:
    """Return the rows of a data class: fields of as many cells each make columns of its rows."""
    given = {
        each.name: getattr(thing, each.name) for each in fields(thing) if _is_told(thing, each)
    }
    cells = {name: _cell(name, item) for name, item in given.items()}
    own = _merged(cell for cell in cells.values() if cell is not None)
    more = {name: given[name] for name, cell in cells.items() if cell is None}
    columns = {name: _column(name, item) for name, item in more.items()}
    nested = [name for name, column in columns.items() if column is None]
    if nested:
        below = [record for name in nested for record in _records(name, more[name])]
    else:
        longest = max((len(column) for column in columns.values() if column), default=0)
        alike = [column for column in columns.values() if column and len(column) == longest]
        below = [_merged(row) for row in zip(*alike, strict=True)]
    return [_headed(own, record, type(thing).__name__.lower()) for record in below] or [own]


def _is_told(thing: Any, field: Any) -> bool:
    """Whether a field has another value than where nothing is said."""
    if field.default is MISSING:
        return True
    value = getattr(thing, field.name)
    return not (value is field.default or (np.isscalar(value) and value == field.default))


def _column(name: str, items: Any) -> list[Record] | None:
    """Return a field's items as cells of a column; None if they need rows of their own."""
    if isinstance(items, Mapping | pd.DataFrame) or is_dataclass(items):
        return None
    cells = [_pair(name, item) or _cell(name, item) for item in items]
    return None if None in cells else [cell for cell in cells if cell is not None]


def _pair(name: str, item: Any) -> Record | None:
    match item:
        case (int() | float() as low, int() | float() as high):
            return {f"{name} from": low, f"{name} to": high}
    return None


def _headed(head: Record, record: Record, of: str) -> Record:
    """Return a row with what it belongs to before it; a name that both have is told apart."""
    return {f"{of} {name}" if name in record else name: head[name] for name in head} | record


def _merged(records: Iterable[Record]) -> Record:
    return {name: item for record in records for name, item in record.items()}

"""Answers in other people's files, read into the form of `imported`: JSON, JSON lines and CSV.

A map says where each column of the form stands: ``image_id=file, text=reply.content``. In JSON a
dot leads inside, and a number counts the places of a list from 0; in a table it is a column's name.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from secondsight.datasets.image_names import id_of
from secondsight.errors import DataError, ParameterError
from secondsight.inference.body import loads
from secondsight.paths import shown

MAPPED = ("image_id", "text", "label", "parsed", "repeat")
NEEDED = ("image_id", "text")
SEPARATORS = (",", ";", "\t", "|")
LINES = {".jsonl", ".ndjson"}
TABLES = {".csv", ".tsv", ".txt"}
SHOWN = 30
"""How many names a message lists."""

Row = dict[str, Any]


def read_map(texts: Sequence[str]) -> dict[str, str]:
    """Return where each column of the form stands, from texts such as ``"image_id=id,text=raw"``.

    A name that holds a comma is put in quotes: ``'"text=answer, raw"'``.

    Raises ParameterError if a part is no such pair, or a column is unknown or given twice.
    """
    fields: dict[str, str] = {}
    for part in [part for text in texts for part in _parts(text)]:
        column, equals, place = (piece.strip() for piece in part.partition("="))
        if not equals or not place:
            raise ParameterError(f"--map takes COLUMN=PLACE, not {part!r}")
        if column not in MAPPED:
            raise ParameterError(f"--map knows no {column!r}; known: {', '.join(MAPPED)}")
        if column in fields:
            raise ParameterError(f"--map gives {column} twice")
        fields[column] = place
    return fields


def _parts(text: str) -> list[str]:
    try:
        return next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        raise ParameterError(f"--map takes COLUMN=PLACE on one line, not {text!r}") from None


def read_answers(path: Path, fields: Mapping[str, str], under: str = "") -> pd.DataFrame:
    """Return the answers of a file in the form of `imported`, before `check_form`.

    An image's id loses its folder and the ending of an image. The file ends in ``.json`` (a list of
    objects, or an object that holds one; `under` says where, if it holds several), ``.jsonl`` or
    ``.csv``. The `fields` are as `read_map` returns them.

    Raises DataError if the file is absent or damaged, or has nothing where the map says, and
    ParameterError if the map lacks a column that every answer needs.
    """
    lacking = [column for column in NEEDED if column not in fields]
    if lacking:
        wanted = ",".join(f"{column}=…" for column in lacking)
        raise ParameterError(f"say where the answers stand in {shown(path)}: --map {wanted}")
    if path.suffix.lower() in TABLES:
        return mapped(_read_table(path, fields), fields, shown(path), "columns")
    if path.suffix.lower() in LINES:
        return mapped(list(_read_lines(path)), fields, shown(path))
    return mapped(rows_of(read_json(path), under, shown(path)), fields, shown(path))


def mapped(
    rows: Sequence[Any], fields: Mapping[str, str], name: str, places: str = "the first row"
) -> pd.DataFrame:
    """Return what stands in each row where `fields` say.

    For errors `name` is the file's, and `places` says what its places are.

    Raises DataError if there is no row, or none has something in a place.
    """
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise DataError(f"{name}: row {number} is no object with fields")
    if not rows:
        raise DataError(f"{name} holds no answers")
    columns = {}
    for column, place in fields.items():
        values = [_text(at(row, place)) for row in rows]
        if all(value is None for value in values):
            known = ", ".join([*_places(rows[0])][:SHOWN])
            raise DataError(f"{name} has nothing in {place!r} ({column}); {places}: {known}")
        columns[column] = values
    table = pd.DataFrame(columns, dtype="string")
    return table.assign(image_id=table["image_id"].map(id_of, na_action="ignore"))


def at(value: Any, place: str) -> Any:
    """Return what stands at a dotted place; None if nothing does."""
    if isinstance(value, dict) and place in value:
        return value[place]
    head, dot, rest = place.partition(".")
    inner = None
    if isinstance(value, dict):
        inner = value.get(head)
    elif isinstance(value, list):
        with suppress(ValueError, IndexError):
            inner = value[int(head)]
    return at(inner, rest) if dot else inner


def _places(row: Row, before: str = "") -> Iterator[str]:
    """Yield the dotted places of a row."""
    for name, value in row.items():
        if isinstance(value, dict) and value:
            yield from _places(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def _text(value: Any) -> str | None:
    """Return a value as text: a whole number without a point, parts of a message joined."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list) and value and all(_is_part(part) for part in value):
        return "".join(part if isinstance(part, str) else part["text"] for part in value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:  # a whole number of more than 64 bits
        return str(value)


def _is_part(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, dict) and isinstance(part.get("text"), str))


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; raises DataError if it is absent or none."""
    return parsed_json(read_text(path), shown(path))


def parsed_json(text: str, name: str) -> Any:
    """Return what a JSON text holds; raises DataError, with the file's `name`, if it is none."""
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is no JSON: {str(error)[:200]}") from None


def read_text(path: Path) -> str:
    """Return a file's text; raises DataError if it is absent, can't be read or is no UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing") from None
    except UnicodeDecodeError:
        raise DataError(f"{shown(path)} is no text in UTF-8") from None
    except OSError as error:
        raise DataError(f"{shown(path)} can't be read: {error.strerror}") from None


def rows_of(content: Any, under: str, name: str) -> list[Any]:
    """Return the list that a JSON file holds: all of it, at the place `under`, or its only one.

    Raises DataError if there is none, or one of several would have to be chosen.
    """
    if under:
        content = at(content, under)
    if isinstance(content, list):
        return content
    if under or not isinstance(content, dict):
        where = f" at {under!r}" if under else ""
        raise DataError(f"{name} holds no list of answers{where}")
    lists = {key: value for key, value in content.items() if _is_rows(value)}
    if len(lists) == 1:
        return list(next(iter(lists.values())))
    known = ", ".join(lists or list(map(str, content))[:SHOWN])
    which = "several lists" if lists else "no list"
    raise DataError(f"{name} holds {which} of answers: say with --under where; known: {known}")


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _read_lines(path: Path) -> Iterator[Any]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield parsed_json(line, f"{shown(path)}, line {number},")


def _read_table(path: Path, fields: Mapping[str, str]) -> list[Row]:
    text = read_text(path)
    best = _separator(text, set(fields.values()))
    try:
        rows = list(csv.DictReader(text.splitlines(keepends=True), delimiter=best, strict=True))
    except csv.Error as error:
        raise DataError(f"{shown(path)} is no table: {error}") from None
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise DataError(f"{shown(path)}: row {number} has not as many fields as the header")
    optional = set(fields.values()) - {fields["text"], fields["image_id"]}
    return [{k: None if v == "" and k in optional else v for k, v in row.items()} for row in rows]


def _separator(text: str, wanted: set[str]) -> str:
    """Return what stands between a table's columns: with it most of those wanted are found."""
    head = text.partition("\n")[0].rstrip("\r")
    names = {each: set(next(csv.reader([head], delimiter=each), [])) for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: len(wanted & names[each]))

"""From a JSON schema to the form of an answer that obeys it.

The category's field and the confidence's are filled from the model's probabilities; a field that
takes free text is filled with what the model says of the images. A schema with anything that this
server can't promise to obey is refused, not answered wrongly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from secondsight.minivlm.question import Question
from secondsight.minivlm.reply import Form, confidence_word, json_form
from secondsight.minivlm.server.errors import Refused

Schema = dict[str, Any]
Fill = Callable[[float], object]
Describe = Callable[[], str]
T = TypeVar("T")

PARAM = "response_format.json_schema.schema"
DEEPEST = 20

NOTES = {
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    "$schema", "$id", "$comment", "$defs", "definitions",
}  # fmt: skip
OF_OBJECT = {"type", "properties", "required", "additionalProperties"}
OF_VALUE = {"type", "enum", "const", "minimum", "maximum"}


@dataclass(frozen=True)
class _Field:
    """A property that is being filled."""

    name: str
    schema: Schema

    @property
    def types(self) -> list[str]:
        """The types it may have; empty for any."""
        named = self.schema.get("type", [])
        return [named] if isinstance(named, str) else list(named)

    @property
    def listed(self) -> list[object] | None:
        """The values it may have, if they are listed."""
        if "const" in self.schema:
            return [self.schema["const"]]
        values = self.schema.get("enum")
        return values if isinstance(values, list) else None

    def takes(self, kind: str) -> bool:
        """Whether it takes any value of a type."""
        return self.listed is None and (not self.types or kind in self.types)

    def value_of(self, text: str) -> object:
        """Return the value that is written as `text`."""
        for value in self.listed or []:
            if _plain(value) == text:
                return value
        if self.takes("string"):
            return text
        if self.takes("integer") or self.takes("number"):
            try:
                return self.within(int(text))
            except ValueError:
                pass
        raise self.refused(f"it has no value for {text!r}")

    def within(self, number: float) -> float:
        """Return a number if it is within the field's bounds."""
        if not self.schema.get("minimum", number) <= number <= self.schema.get("maximum", number):
            raise self.refused(f"{number} is out of its bounds")
        return number

    def refused(self, why: str) -> Refused:
        """Return the error for a field that can't be filled."""
        return _refused(f"its field {self.name!r} can't be filled: {why}")


def inlined(schema: object) -> Schema:
    """Return a schema with its references to its own definitions put in place.

    Raises
    ------
    Refused
        If it is no object, refers to nothing, or to itself without end.
    """
    if not isinstance(schema, dict):
        raise _refused("it must be an object")
    whole: Schema = _inline(schema, schema, 0)
    return whole


def _inline(part: Any, root: Schema, depth: int) -> Any:
    if depth > DEEPEST:
        raise _refused("it is too deep, or refers to itself")
    if isinstance(part, list):
        return [_inline(one, root, depth + 1) for one in part]
    if not isinstance(part, dict):
        return part
    if isinstance(part.get("$ref"), str):
        beside = {key: value for key, value in part.items() if key != "$ref"}
        return _inline({**_at(part["$ref"], root), **beside}, root, depth + 1)
    whole = part.get("allOf")
    if isinstance(whole, list) and len(whole) == 1 and isinstance(whole[0], dict):
        beside = {key: value for key, value in part.items() if key != "allOf"}
        return _inline({**whole[0], **beside}, root, depth + 1)
    kept = {key: value for key, value in part.items() if key not in {"$defs", "definitions"}}
    return {key: _inline(value, root, depth + 1) for key, value in kept.items()}


def _at(reference: str, root: Schema) -> Schema:
    found: Any = root if reference.startswith("#") else None
    for name in filter(None, reference.removeprefix("#").split("/")):
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise _refused(f"{reference!r} refers to nothing in it")
    return found


def form_of_schema(schema: Schema, question: Question, describe: Describe) -> Form:
    """Return the form of an answer that obeys a schema.

    Parameters
    ----------
    schema : dict
        The schema, its references in place.
    question : Question
        What was read from the prompt and this schema.
    describe : callable
        Returns what the model says of the images; called if a field takes free text.

    Raises
    ------
    Refused
        If an answer that obeys it can't be made.
    """
    fields, required = _fields(schema)
    names = (*question.fields, "", "")
    category, confidence = names[0], names[1]
    if question.options and category not in fields:
        raise _refused("none of its fields takes a category")
    values: list[object] = []
    others: dict[str, Fill] = {}
    for name, field in fields.items():
        try:
            if name == category and question.options:
                values = [_one_of(field, _value(option.code)) for option in question.options]
            elif name == confidence:
                others[name] = _confidence(field, question)
            else:
                others[name] = _other(field, describe)
        except Refused:
            if name in required or name == category:
                raise
    order = [name for name in fields if name in others or name == category]
    if not question.options:
        values, category = [], ""
    return json_form(values, category, others, [name for name in order if name])


def _value(code: str) -> Callable[[_Field], object]:
    return lambda field: field.value_of(code)


def _fields(schema: Schema) -> tuple[Mapping[str, _Field], set[str]]:
    """Return a schema's fields, and the names of those that must be there."""
    _only(schema, OF_OBJECT, "it")
    properties = schema.get("properties")
    if schema.get("type", "object") != "object" or not isinstance(properties, dict):
        raise _refused("it must be an object with properties")
    required = schema.get("required", [])
    if not isinstance(required, list) or not set(required) <= set(properties):
        raise _refused("'required' must list names of its properties")
    return {name: _Field(name, part) for name, part in properties.items()}, set(required)


def _confidence(field: _Field, question: Question) -> Fill:
    """Return how a confidence's field is filled: a word, or the probability itself."""

    def fill(one: _Field) -> Fill:
        if one.listed is None and not one.takes("string") and _numeric(one):
            return _number(one)
        said = {word: one.value_of(word) for word in question.confidence}
        count = len(question.options)
        return lambda probability: said[confidence_word(probability, question.confidence, count)]

    return _one_of(field, fill)


def _numeric(field: _Field) -> bool:
    return field.takes("number") or field.takes("integer")


def _number(field: _Field) -> Fill:
    """Return how a number tells a probability: between its bounds, else 0 to 1, or a percentage."""
    whole = "number" not in field.types
    low = field.schema.get("minimum", 0)
    high = field.schema.get("maximum", 100 if whole else 1)

    def fill(probability: float) -> object:
        value = low + probability * (high - low)
        return min(max(round(value), low), high) if whole else round(value, 4)

    return fill


def _other(field: _Field, describe: Describe) -> Fill:
    """Return how any other field is filled: its only value, free text, or null."""

    def fill(one: _Field) -> Fill:
        if one.listed is not None and len(one.listed) == 1:
            only = one.listed[0]
            return lambda _: only
        if one.takes("string"):
            said = describe()
            return lambda _: said
        if one.takes("null") or (one.listed is not None and None in one.listed):
            return lambda _: None
        raise one.refused("it is neither a category, a confidence nor free text")

    return _one_of(field, fill)


def _one_of(field: _Field, fill: Callable[[_Field], T]) -> T:
    """Fill a field, or the first of its alternatives that can be filled."""
    schema = field.schema
    if not isinstance(schema, dict):
        raise field.refused("its schema is no object")
    for key in ("anyOf", "oneOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            _only(schema, {key}, f"its field {field.name!r}")
            return _first(field.name, schema[key], fill)
    _only(schema, OF_VALUE, f"its field {field.name!r}")
    return fill(field)


def _first(name: str, parts: list[Schema], fill: Callable[[_Field], T]) -> T:
    refused = _refused(f"its field {name!r} can't be filled")
    for part in parts:
        try:
            return _one_of(_Field(name, part), fill)
        except Refused as error:
            refused = error
    raise refused


def _only(schema: Schema, known: set[str], what: str) -> None:
    """Refuse a schema with a keyword that this server does not promise to obey."""
    unknown = sorted(set(schema) - known - NOTES)
    if unknown:
        raise _refused(f"{what} uses {unknown[0]!r}, which is not supported here")


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refused(why: str) -> Refused:
    return Refused(
        f"Invalid schema for response_format: {why}.", param=PARAM, code="invalid_json_schema"
    )

"""From a JSON schema to the form of an answer that obeys it.

The category's field and the confidence's are filled from the model's probabilities; a field that
takes free text is filled with what the model says of the images. Each value is a candidate until
`jsonschema` has found that it obeys the field's schema. A schema with anything that this server
can't promise to obey is refused, not answered wrongly.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from secondsight.minivlm.question import Question
from secondsight.minivlm.reading.wanted import as_text
from secondsight.minivlm.reply import Form, confidence_word, json_form
from secondsight.minivlm.server.errors import Refused

Schema = dict[str, Any]
Fill = Callable[[float], object]
Describe = Callable[[], str]

PARAM = "response_format.json_schema.schema"
DEEPEST = 20
MOST_PARTS = 1000
"""How many values a schema may hold, its references in place: keywords, fields, listed values."""
LONGEST_NUMBER = 16
MOST_TEXT = 20_000
"""How many characters its names and texts may have together."""

NOTES = {
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    "$schema", "$id", "$comment", "$defs", "definitions",
}  # fmt: skip
OF_OBJECT = {"type", "properties", "required", "additionalProperties"}
OF_VALUE = {"type", "enum", "const", "minimum", "maximum", "anyOf", "oneOf"}


def refused(why: str) -> Refused:
    """Return the error for a schema that no answer can be promised for."""
    text = f"Invalid schema for response_format: {why}."
    return Refused(text, param=PARAM, code="invalid_json_schema")


def inlined(schema: object) -> Schema:
    """Return a schema with its references to its own definitions put in place.

    Raises Refused if it is no JSON schema of an object, is too large, or refers to nothing or to
    itself.
    """
    if not isinstance(schema, dict):
        raise refused("it must be an object")
    whole: Schema = _Inliner(schema).inlined(schema, 0)
    try:
        Draft202012Validator.check_schema(whole)
    except SchemaError as error:
        raise refused(f"{error.json_path}: {error.message[:200]}") from None
    return whole


class _Inliner:
    """Puts references in place, within bounds: few of them can unfold to very much."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._parts, self._characters = MOST_PARTS, MOST_TEXT

    def inlined(self, part: Any, depth: int) -> Any:
        self._count(part)
        if depth > DEEPEST:
            raise refused("it is too deep, or refers to itself")
        if isinstance(part, list):
            return [self.inlined(each, depth + 1) for each in part]
        if not isinstance(part, dict):
            return part
        if isinstance(part.get("$ref"), str):
            return self.inlined(_over(self._at(part["$ref"]), part, "$ref"), depth + 1)
        whole = part.get("allOf")
        if isinstance(whole, list) and len(whole) == 1 and isinstance(whole[0], dict):
            return self.inlined(_over(whole[0], part, "allOf"), depth + 1)
        kept = part.keys() - {"$defs", "definitions"}
        return {key: self.inlined(part[key], depth + 1) for key in part if key in kept}

    def _count(self, part: Any) -> None:
        self._parts -= 1
        texts = part if isinstance(part, dict) else [part] if isinstance(part, str) else []
        self._characters -= sum(map(len, texts))
        if self._parts < 0 or self._characters < 0:
            bounds = f"{MOST_PARTS:,} values and {MOST_TEXT:,} characters are the most"
            raise refused(f"it is too large: {bounds}")

    def _at(self, reference: str) -> Schema:
        place: Any = self._root if reference.startswith("#") else None
        for name in filter(None, reference.removeprefix("#").split("/")):
            place = place.get(name) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            raise refused(f"{reference[:80]!r} refers to nothing in it")
        return place


def _over(below: Schema, part: Schema, key: str) -> Schema:
    return {**below, **{name: value for name, value in part.items() if name != key}}


def form_of_schema(schema: Schema, question: Question, describe: Describe) -> Form:
    """Return the form of an answer that obeys a schema, as `inlined` returns it.

    `describe` returns what the model says of the images; it is called if a field takes free text.

    Raises Refused if an answer that obeys it can't be made.
    """
    fields = _fields(schema)
    category, confidence = (*question.fields, "", "")[:2]
    if question.options and category not in fields:
        raise refused("none of its fields takes a category")
    values: list[object] = []
    others: dict[str, Fill] = {}
    for name, field in fields.items():
        try:
            if name == category and question.options:
                values = [field.written(option.code) for option in question.options]
            elif name == confidence:
                others[name] = field.confidence(question)
            else:
                others[name] = field.other(describe)
        except Refused:
            if field.required or name == category:
                raise
    written = category if values else ""
    return json_form(values, written, others, [n for n in fields if n in others or n == written])


def _fields(schema: Schema) -> dict[str, "_Field"]:
    """Return a schema's fields."""
    _check_keywords(schema, OF_OBJECT, refused)
    properties = schema.get("properties")
    if schema.get("type", "object") != "object" or properties is None:
        raise refused("it must be an object with properties")
    required = set(schema.get("required", []))
    if not required <= properties.keys():
        raise refused("'required' must list names of its properties")
    return {name: _Field(name, part, name in required) for name, part in properties.items()}


def _check_keywords(part: Schema, known: set[str], error: Callable[[str], Refused]) -> None:
    unknown = sorted(part.keys() - known - NOTES)
    if unknown:
        raise error(f"it uses {unknown[0][:80]!r}, which is not supported here")


@dataclass(frozen=True)
class _Field:
    """A property that is being filled."""

    name: str
    schema: Any
    required: bool

    @cached_property
    def leaves(self) -> list[Schema]:
        """Its alternatives, each with nothing but a type, listed values and bounds."""
        return list(self._leaves(self.schema))

    def _leaves(self, part: Any) -> Iterator[Schema]:
        if not isinstance(part, dict):
            raise self.refused("its schema is no object")
        _check_keywords(part, OF_VALUE, self.refused)
        for choice in part.get("anyOf") or part.get("oneOf") or ():
            yield from self._leaves(choice)
        if not part.keys() & {"anyOf", "oneOf"}:
            yield part

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return Draft202012Validator(self.schema)

    def takes(self, value: object) -> bool:
        return bool(self._validator.is_valid(value))

    def refused(self, why: str) -> Refused:
        return refused(f"its field {self.name[:80]!r} can't be filled: {why}")

    def written(self, text: str) -> object:
        """Return the value that is written as `text`."""
        for leaf in self.leaves:
            for value in self._readings(text, leaf):
                return value
        raise self.refused(f"it has no value for {text[:80]!r}")

    def _readings(self, text: str, leaf: Schema) -> Iterator[object]:
        """Yield the values of one alternative that are written as `text`."""
        listed = _listed(leaf)
        number = text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER
        unlisted = [text, int(text)] if number else [text]
        values = [value for value in listed if as_text(value) == text] if listed else unlisted
        yield from filter(self.takes, values)

    def confidence(self, question: Question) -> Fill:
        """Return how a confidence is told: by a word, or by the probability itself."""
        for leaf in self.leaves:
            number, words = _number(leaf), self._words(leaf, question)
            if number and all(self.takes(number(probability)) for probability in (0.0, 0.5, 1.0)):
                return number
            if words:
                return words
        raise self.refused("it takes neither a number nor the words for a confidence")

    def _words(self, leaf: Schema, question: Question) -> Fill | None:
        """Return how a word tells a probability; None if one of the words can't be written."""
        words = question.confidence
        values = {word: value for word in words for value in [*self._readings(word, leaf)][:1]}
        if len(values) < len(set(words)) or not words:
            return None
        return lambda p: values[confidence_word(p, words, len(question.options))]

    def other(self, describe: Describe) -> Fill:
        """Return how any other field is filled: its only value, free text, or null."""
        for leaf in self.leaves:
            for value in _candidates(leaf, describe):
                if self.takes(value):
                    return lambda _, value=value: value  # type: ignore[misc]
        raise self.refused("it is neither a category, a confidence nor free text")


def _listed(leaf: Schema) -> list[object]:
    """Return the values that a schema lists; those of a truth value, if it is one."""
    truth = [True, False] if leaf.get("type") == "boolean" else []
    return [leaf["const"]] if "const" in leaf else leaf.get("enum", truth)


def _types(leaf: Schema) -> set[str]:
    """Return the types that a schema names; none for any."""
    types = leaf.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _number(leaf: Schema) -> Fill | None:
    """Return how a number tells a probability: between its bounds, else 0 to 1, or a percentage."""
    types = _types(leaf)
    if _listed(leaf) or "string" in types or not types & {"integer", "number"}:
        return None
    whole = "number" not in types
    low, high = leaf.get("minimum", 0), leaf.get("maximum", 100 if whole else 1)
    if not math.isfinite(high - low):
        return None

    def fill(probability: float) -> object:
        value = low + probability * (high - low)
        return round(value) if whole else min(max(round(value, 4), low), high)

    return fill


def _candidates(leaf: Schema, describe: Describe) -> Iterator[object]:
    listed = _listed(leaf)
    if listed:
        yield from listed if len(listed) == 1 else [None]
        return
    if "string" in (_types(leaf) or {"string"}):
        yield describe()
    yield None

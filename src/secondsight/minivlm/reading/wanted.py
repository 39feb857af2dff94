"""How the answer is to be written: JSON's fields, by the words or by a schema, and codes or names.

A schema comes in the form of OpenAI's `response_format`. References within it are in place already:
the server puts them there.
"""

import re
from dataclasses import dataclass
from typing import Any

from secondsight.minivlm.reading.confidence import DEFAULT, ranked
from secondsight.minivlm.reading.words import FILLER, LEVELS

CATEGORY, CONFIDENCE = "category", "confidence"
"""The fields' names where JSON is asked for and no names are given."""
TRUTH = ["true", "false"]

_JSON = re.compile(r"\bJSON\b", re.IGNORECASE)
_KEYS = re.compile(
    r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?|members?|entries)\b[^\n{}]{0,300}"
)
_NAME = re.compile(r"[\"'`]([A-Za-z]\w{0,40})[\"'`]")
_BARE = re.compile(
    r"(?:keys?|fields?|properties|property|attributes?|members?|entries)"
    r"(?: (?:named|called|are|being|is|of))?[:,]? ([A-Za-z]\w{0,40})(?:,? and ([A-Za-z]\w{0,40}))?"
)
_UNDER = re.compile(rf"\b(?:under|called|named) {_NAME.pattern}")
_SURE = re.compile(r"confiden|certain|\bsure|probab", re.IGNORECASE)
_SCORE = re.compile(rf"{_SURE.pattern}|score", re.IGNORECASE)
_CLASS = re.compile(
    r"categor|label|class|answer|choice|prediction|type|verdict|morpholog|decision|result|option",
    re.IGNORECASE,
)
_TALK = re.compile(r"reason|explan|rational|comment|descri|note|justif|thought|analysis", re.I)
_WISH = re.compile(
    r"\b(?:answer|reply|respond|return|output|give|write|state|say|use|send|provide|print|report)\b"
    rf"(?: (?:{FILLER}|corresponding|matching|right|correct|its|chosen|your)\b){{0,6}}?"
    r" (number|digit|code|letter|index|name|word|label|label's name|category name|class name"
    r"|category's name|integer)\b",
    re.IGNORECASE,
)


def keys(
    text: str, form: list[tuple[str, str]], response_format: dict[str, Any] | None
) -> list[str]:
    """Return the names of an answer's fields in JSON; none for plain text.

    `form` holds the fields of an answer's example.
    """
    if form or _JSON.search(text):
        return [key for key, _ in form] or _keys(text) or [CATEGORY]
    kind = (response_format or {}).get("type")
    return [CATEGORY] if kind in ("json_object", "json_schema") else []


def speaks_of_confidence(names: list[str]) -> bool:
    """Whether one of some fields is for a confidence."""
    return any(map(_SCORE.search, names))


def named(keys: list[str]) -> tuple[str, str]:
    """Return which of `keys` is the category's and which the confidence's."""
    sure = next(filter(_SCORE.search, keys), CONFIDENCE)
    rest = [key for key in keys if key != sure and not _TALK.search(key)]
    return next(filter(_CLASS.search, rest), rest[0] if rest else CATEGORY), sure


def asks_for_name(text: str) -> bool:
    """Whether the answer is to be a category's name, not its number or letter."""
    wishes = {wish.lower() for wish in _WISH.findall(text)}
    coded = {"number", "digit", "code", "letter", "index", "integer"}
    return any("name" in wish or wish == "word" for wish in wishes) and not coded & wishes


def _keys(text: str) -> list[str]:
    """Return the fields' names that a sentence about keys or fields gives, or else words near."""
    for sentence in list(_KEYS.finditer(text))[:20]:
        bare = _BARE.finditer(sentence[0])
        names = _NAME.findall(sentence[0]) or [n for each in bare for n in each.groups() if n]
        if names:
            return list(dict.fromkeys(names))
    near = _JSON.search(text)
    behind = text[near.start() : near.end() + 200] if near else ""
    spoken = {name[1] for name in _UNDER.finditer(behind)}
    names = _NAME.findall(behind)
    return [name for name in names if name in spoken or _CLASS.search(name) or _SCORE.search(name)]


@dataclass(frozen=True)
class Asked:
    """What a schema asks for."""

    codes: tuple[str, ...] = ()  # the category field's values; empty if the schema lists none
    confidence: tuple[str, ...] = ()  # the confidence field's values, the highest first
    fields: tuple[str, ...] = ()  # the name of the category's field, and of the confidence's
    description: str = ""  # what the schema says of the category's field in words


def asked(response_format: dict[str, Any] | None) -> Asked:
    """Return what a response format asks for; nothing if it is none or plain text."""
    properties = _schema(response_format).get("properties")
    if not isinstance(properties, dict):
        return Asked()
    known = {key: value if isinstance(value, dict) else {} for key, value in properties.items()}
    values = {key: _values(value) for key, value in known.items()}
    sure = _sure_field(values)
    rest = [key for key in known if key != sure]
    listed = sorted((key for key in rest if values[key]), key=lambda key: values[key] == TRUTH)
    field = next(iter(listed), named(rest)[0])
    text = known.get(field, {}).get("description")
    return Asked(
        tuple(dict.fromkeys(values.get(field, []))),
        (ranked(values[sure]) or DEFAULT) if sure else (),
        (field, sure) if sure else (field,),
        text if isinstance(text, str) else "",
    )


def _sure_field(values: dict[str, list[str]]) -> str:
    """Return the confidence field's name, or nothing."""
    levels = (k for k, words in values.items() if words and {w.lower() for w in words} <= {*LEVELS})
    likely = next(levels, "") if len(values) > 1 else ""
    return next(filter(_SURE.search, values), likely)


def _schema(response_format: Any) -> dict[str, Any]:
    """Return the schema itself, however deep the format holds it."""
    for _ in range(3):
        if not isinstance(response_format, dict) or isinstance(
            response_format.get("properties"), dict
        ):
            break
        response_format = response_format.get("json_schema", response_format.get("schema"))
    return response_format if isinstance(response_format, dict) else {}


def _values(part: dict[str, Any]) -> list[str]:
    """Return the values that a property may take, as text."""
    truth = TRUTH if part.get("type") == "boolean" else None
    values = part.get("enum", [part["const"]] if "const" in part else truth)
    for key in ("oneOf", "anyOf"):
        if values is None and isinstance(part.get(key), list):
            choices = [choice for choice in part[key] if isinstance(choice, dict)]
            values = [value for choice in choices for value in _values(choice)]
    if not isinstance(values, list):
        return []
    return [as_text(value) for value in values if isinstance(value, str | int | float)]


def as_text(value: object) -> str:
    """Return a value as a prompt would write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)

"""What a JSON schema asks for, in the form of OpenAI's `response_format`.

References within it are in place already: the server puts them there.
"""

import re
from dataclasses import dataclass
from typing import Any

from secondsight.minivlm.reading.confidence import DEFAULT, ranked
from secondsight.minivlm.reading.wanted import named
from secondsight.minivlm.reading.words import LEVELS

_SURE = re.compile(r"confiden|certain|\bsure|probab", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """What a schema asks for.

    Attributes
    ----------
    codes : tuple of str
        The category field's values; empty if the schema lists none.
    confidence : tuple of str
        The confidence field's values, the highest first; empty if there is no such field.
    fields : tuple of str
        The name of the category's field and, if there is one, of the confidence's.
    said : str
        What the schema says of the category's field in words.
    """

    codes: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    said: str = ""


def asked(response_format: dict[str, Any] | None) -> Asked:
    """Return what a response format asks for; nothing if it is none or plain text."""
    schema = _schema(response_format)
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return Asked()
    known = {key: value if isinstance(value, dict) else {} for key, value in properties.items()}
    sure = _sure_field(known)
    listed = [key for key, value in known.items() if key != sure and _values(value)]
    rest = [key for key in known if key != sure]
    field = listed[0] if listed else named(rest, False)[0]
    words = (ranked(_values(known[sure])) or DEFAULT) if sure else ()
    category = known.get(field, {})
    said = category.get("description")
    return Asked(
        tuple(dict.fromkeys(_values(category))),
        words,
        (field, sure) if sure else (field,),
        said if isinstance(said, str) else "",
    )


def _sure_field(known: dict[str, dict[str, Any]]) -> str:
    """Return the confidence field's name, or nothing."""
    for key in known:
        if _SURE.search(key):
            return key
    levels = [
        key
        for key, value in known.items()
        if _values(value) and all(word.lower() in LEVELS for word in _values(value))
    ]
    return levels[0] if levels and len(known) > 1 else ""


def _schema(response_format: dict[str, Any] | None) -> dict[str, Any]:
    """Return the schema itself, however deep the format holds it."""
    found: Any = response_format
    for _ in range(3):
        if not isinstance(found, dict) or isinstance(found.get("properties"), dict):
            break
        found = found.get("json_schema", found.get("schema"))
    return found if isinstance(found, dict) else {}


def _values(value: dict[str, Any]) -> list[str]:
    """Return the values that a property may take, as text."""
    found = value.get("enum")
    if found is None and "const" in value:
        found = [value["const"]]
    for key in ("oneOf", "anyOf"):
        if found is None and isinstance(value.get(key), list):
            found = [v for part in value[key] if isinstance(part, dict) for v in _values(part)]
    if not isinstance(found, list):
        return []
    return [as_text(entry) for entry in found if isinstance(entry, str | int | float)]


def as_text(entry: object) -> str:
    """Return a value as a prompt would write it."""
    return str(entry).lower() if isinstance(entry, bool) else str(entry)

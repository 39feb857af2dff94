"""How the answer is to be written: the fields of JSON, and whether codes or names are wanted."""

import re

from secondsight.minivlm.reading.words import FILLER

CATEGORY, CONFIDENCE = "category", "confidence"
"""The fields' names where JSON is asked for and no names are given."""

_JSON = re.compile(r"\bJSON\b", re.IGNORECASE)
_KEYS = re.compile(
    r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?|members?|entries)\b[^\n{}]{0,300}"
)
_NAME = re.compile(r"[\"'`]([A-Za-z]\w{0,40})[\"'`]")
_BARE = re.compile(
    r"(?:keys?|fields?|properties|property|attributes?|members?|entries)"
    r"(?: (?:named|called|are|being|is|of))?:? ([A-Za-z]\w{0,40})(?:,? and ([A-Za-z]\w{0,40}))?"
)
_SURE = re.compile(r"confiden|certain|\bsure|probab|score", re.IGNORECASE)
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


def keys(text: str, form: list[tuple[str, str]]) -> list[str]:
    """Return the names of an answer's fields in JSON; none for plain text.

    `form` holds the fields of an answer's example.
    """
    if not form and not _JSON.search(text):
        return []
    return [key for key, _ in form] or _keys(text) or [CATEGORY]


def speaks_of_confidence(names: list[str]) -> bool:
    """Whether one of some fields is for a confidence."""
    return any(map(_SURE.search, names))


def named(keys: list[str], confident: bool) -> tuple[str, ...]:
    """Return which of `keys` is the category's and which the confidence's."""
    sure = next((key for key in keys if _SURE.search(key)), CONFIDENCE)
    rest = [key for key in keys if key != sure and not _TALK.search(key)]
    first = next((key for key in rest if _CLASS.search(key)), rest[0] if rest else CATEGORY)
    return (first, sure) if confident else (first,)


def asks_for_name(text: str) -> bool:
    """Whether the answer is to be a category's name, not its number or letter."""
    wishes = [found[1].lower() for found in _WISH.finditer(text)]
    coded = {"number", "digit", "code", "letter", "index", "integer"}
    return any("name" in wish or wish == "word" for wish in wishes) and not coded & set(wishes)


def _keys(text: str) -> list[str]:
    """Return the fields' names that a sentence about keys or fields gives."""
    for found in list(_KEYS.finditer(text))[:20]:
        names = _NAME.findall(found[0])
        if names:
            return list(dict.fromkeys(names))
        bare = _BARE.match(found[0])
        if bare:
            return [name for name in bare.groups() if name]
    return _before_keys(text)


def _before_keys(text: str) -> list[str]:
    """Return the names in quotes near the word JSON that could be fields."""
    near = _JSON.search(text)
    if not near:
        return []
    names = _NAME.findall(text[near.start() : near.end() + 200])
    return [name for name in names if _CLASS.search(name) or _SURE.search(name)]

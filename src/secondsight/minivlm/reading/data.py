"""Categories and answer forms in JSON, and categories in XML elements with attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import CODE, Group, item, tidied
from secondsight.minivlm.reading.tidy import bare
from secondsight.minivlm.reading.words import CONFIDENCE

_CODE_KEYS = {
    "code", "id", "number", "digit", "letter", "index", "value", "key", "answer", "output",
}  # fmt: skip
_NAME_KEYS = {"name", "label", "category", "class", "title", "type", "option", "short_name"}
_SAID_KEYS = {
    "description", "definition", "meaning", "desc", "appearance", "looks like", "looks_like",
    "criteria", "criterion", "features", "details", "text", "explanation", "characteristics",
    "when", "look", "notes",
}  # fmt: skip
_TEMPLATE_KEY = re.compile(r"[\"']([A-Za-z][\w -]{0,40})[\"'] ?: ?([^,{}\n]{0,200})")
_LOOSE_KEY = re.compile(r"(?:^|[{,])\s{0,20}([A-Za-z]\w{0,40}) ?: ?([^,{}\n]{0,200})")
_CODE = re.compile(rf"(?:{CODE})$")
_ANSWER_KEY = re.compile(
    r"(?:.*[ _])?(?:category|label|class|answer|classification|choice|prediction|type|verdict"
    r"|confidence|certainty|morphology|reason|reasoning|explanation|result|decision)$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:json|format|reply|respond|return|answer|output|form|schema|example|like this)\b", re.I
)
_LISTING = re.compile(r"\b(?:categories|classes|codes|options|labels|choices|mapping)\b", re.I)
_ELEMENT = re.compile(
    r"<(\w{1,30})((?: [\w-]{1,30}=\"[^\"<>\n]{0,200}\"){1,8}) ?>([^<]{0,4000})</\1>"
)
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
WEIGHT = 5.0


@dataclass
class Data:
    """What a prompt's JSON says."""

    groups: list[Group] = field(default_factory=list)  # the categories that it lists
    form: list[tuple[str, str]] = field(default_factory=list)  # an example's fields and values
    schema: dict[str, Any] | None = None  # an answer's JSON schema
    text: str = ""  # the prompt with these places left empty


def data(text: str) -> Data:
    """Take JSON and records out of `text`."""
    read, end = Data(), 0
    for start, stop in _spans(text):
        if _take(text[start:stop], text[max(0, start - 200) : start], _line(text, start), read):
            read.text += text[end:start] + "\n" * text.count("\n", start, stop)
            end = stop
    read.text = _without_elements(read.text + text[end:], read.groups)
    return read


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place)


def _without_elements(text: str, groups: list[Group]) -> str:
    """Take categories written as XML elements with attributes out of the text."""
    elements = list(_ELEMENT.finditer(text))
    options: list[Option] = []
    for element in elements:
        attributes = {key.lower(): value for key, value in _ATTRIBUTE.findall(element[2])}
        options += _record(attributes | {"description": element[3]})
    if len(options) < 2:
        return text
    groups.append(Group(tuple(options), (_line(text, elements[0].start()), 0), WEIGHT))
    return _ELEMENT.sub(lambda element: "\n" * element[0].count("\n"), text)


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where the outermost balanced brackets of `text` are."""
    opened: list[int] = []
    spans: list[tuple[int, int]] = []
    for mark in re.finditer(r"[{}\[\]]", text):
        if mark[0] in "{[":
            opened.append(mark.start())
        elif opened and text[opened[-1]] + mark[0] in {"{}", "[]"}:
            start = opened.pop()
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, mark.end()))
        else:
            opened.clear()
    return [(a, b) for a, b in spans if text[a] == "{" or re.match(r"\[\s*[{\"]", text[a : a + 20])]


def _take(span: str, before: str, line: int, read: Data) -> bool:
    """Add what one JSON value says to `read`; False if it says nothing of use."""
    content = _loads(span)
    if content is None:
        form = _TEMPLATE_KEY.findall(span[:5000]) or _LOOSE_KEY.findall(span[:5000])
        read.form = read.form or [(key, value.strip()) for key, value in form]
        return bool(form)
    if isinstance(content, dict) and isinstance(content.get("properties"), dict):
        read.schema = content
        return True
    if isinstance(content, dict) and _is_answer(content, before):
        read.form = read.form or [(key, _shown(value)) for key, value in content.items()]
        return True
    options = tuple(_options(content))
    if len(options) > 1:
        read.groups.append(Group(options, (line, 0), WEIGHT))
    return len(options) > 1


def _loads(span: str) -> Any:
    for text in (span, re.sub(r",(\s{0,50}[}\]])", r"\1", span.replace("'", '"'))):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
    return None


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _is_answer(content: dict[str, Any], before: str) -> bool:
    """Whether an object is an answer's example, rather than a list of categories."""
    nested = any(isinstance(value, dict | list) for value in content.values())
    if nested or any(map(_CODE.match, content)):
        return False
    asked = _ASKING.search(before) and not _LISTING.search(before[-60:])
    return bool(asked) or any(map(_ANSWER_KEY.match, content))


def _options(content: Any) -> Iterator[Option]:
    """Yield the categories in JSON: a list of objects or names, or an object of either."""
    if isinstance(content, list):
        for entry in content:
            if isinstance(entry, dict):
                yield from _record(_texts(entry))
            elif isinstance(entry, str | int):
                yield item("", "", str(entry))
    elif isinstance(content, dict):
        values = list(content.values())
        if len(values) == 1 and isinstance(values[0], dict | list):
            yield from _options(values[0])
            return
        if coded := next(_coded(content), None):
            yield from _options(coded)
            return
        for key, value in content.items():
            if isinstance(value, dict):
                yield from _record({"id" if _CODE.match(key) else "name": key, **_texts(value)})
            elif isinstance(value, list) and all(isinstance(part, dict) for part in value):
                yield from _options(value)
            elif isinstance(value, str | int | float):
                yield _pair(key, str(value))


def _coded(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what stands by codes under one of an object's keys, but not of the confidence."""
    for key, value in content.items():
        named = CONFIDENCE.search(key) or not isinstance(value, dict)
        if not named and len(value) > 1 and all(map(_CODE.match, value)):
            yield value


def _texts(entry: dict[str, Any]) -> dict[str, str]:
    """Return a record with its keys in lower case and its values in words."""
    return {
        key.lower(): "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in entry.items()
    }


def _pair(key: str, value: str) -> Option:
    if _CODE.match(key):
        return item(key, "", value)
    if _CODE.match(value):
        return Option(value, key, "")
    return Option("", key, tidied(value))


def _record(entry: dict[str, str]) -> Iterator[Option]:
    """Yield the category of one record, its keys in lower case."""
    code, name, words = (
        [entry[key] for key in entry if key in keys]
        for keys in (_CODE_KEYS, _NAME_KEYS, _SAID_KEYS)
    )
    if not code:
        code = [value for value in name if _CODE.match(value)][:1]
        name = [value for value in name if value not in code]
    if code or name:
        first = [bare(values[0]) if values else "" for values in (code, name)]
        yield Option(first[0], first[1], tidied(" ".join(words)))

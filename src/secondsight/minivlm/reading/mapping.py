"""A prompt that is a YAML or JSON mapping as a whole, with the categories' numbers as keys."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import split_name, tidied
from secondsight.minivlm.reading.sentences import is_instruction
from secondsight.minivlm.reading.words import CONFIDENCE

_CODE = re.compile(r"(?:code |class |category |label )?(\d{1,2})(?: ?\(([^()]{1,60})\))?$", re.I)
_NAMES = {"name", "label", "title", "class", "category"}
_PLAIN = {
    "meaning", "look", "looks", "looks like", "description", "definition", "what", "when", "means",
    "any of", "all of", "one of", "examples", "for example", "criteria", "features", "text", "see",
}  # fmt: skip
_NOTHING = ("", "~", "null")
_CONDITION = re.compile(r"(?:if|when)\b", re.I)
_HALVES = re.compile("[\ud800-\udfff]")  # of a letter, which nothing can write
LONGEST = 20_000
DEEPEST = 5


class _Loader(yaml.BaseLoader):
    """Makes nothing but text, lists and mappings, each once: "no" is no truth value here."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias: a few of them in one another stand for more than any memory holds."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def mapping(text: str) -> tuple[Option, ...]:
    """Return a category for each key that is a number; none unless there are two."""
    if len(text) > LONGEST:
        return ()
    try:
        content = yaml.load(text, _Loader)  # noqa: S506
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return ()
    options = next(_numbered(content, DEEPEST), ())
    told = "".join(f"{option.code}{option.name}{option.description}" for option in options)
    return options if len(told) <= LONGEST and not _HALVES.search(told) else ()


def _numbered(content: Any, depth: int) -> Iterator[tuple[Option, ...]]:
    if not isinstance(content, dict) or not depth:
        return
    coded = [(code, value) for key, value in content.items() if (code := _CODE.match(key))]
    if len(coded) > 1 and 2 * sum(_told(value) for _, value in coded) <= len(coded):
        yield tuple(_option(code[1], code[2] or "", value) for code, value in coded)
    for key, value in content.items():
        if not CONFIDENCE.search(key):
            yield from _numbered(value, depth - 1)


def _told(value: Any) -> bool:
    """Whether a value asks something or tells what to do, rather than what a category is."""
    if not isinstance(value, str) or _CONDITION.match(value):
        return False
    return value.endswith("?") or is_instruction(value)


def _option(code: str, name: str, value: Any) -> Option:
    if isinstance(value, dict):
        parts = {key.lower().replace("_", " "): part for key, part in value.items()}
        name = name or next((_flat(parts[key], DEEPEST) for key in parts if key in _NAMES), "")
        rest = {key: part for key, part in parts.items() if part != name}
        return Option(code, name, tidied(_flat(rest, DEEPEST)))
    if isinstance(value, str) and not name:
        return Option(code, *split_name(_flat(value, 1)))
    return Option(code, name, tidied(_flat(value, DEEPEST)))


def _flat(value: Any, depth: int) -> str:
    """Return what nested values say, in one line."""
    if not depth or value in _NOTHING:
        return ""
    if isinstance(value, dict):
        parts = [
            _flat(part, depth - 1) if key in _PLAIN else f"{key} {_flat(part, depth - 1)}"
            for key, part in value.items()
        ]
        return "; ".join(parts)
    if isinstance(value, list):
        return "; ".join(_flat(part, depth - 1) for part in value)
    return str(value)

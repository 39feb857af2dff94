"""From a model's text to a category: tolerant of wording, strict about guessing.

An answer counts only if the text names exactly one category. A text that names none or several is
unparseable, and one that declines is a refusal; both stay in every table as what they are.

In order: a JSON object's field; the whole text as a code or a name; a code with its name
("G: irregular") or behind a cue ("category 1"); and last a name somewhere in a finished sentence,
unless the words before it deny it ("not a merger"). A sentence that was cut off while still
describing has not answered.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from secondsight.datasets.tasks import Category, Task

ANSWERED, REFUSED, UNPARSEABLE, EMPTY = "answered", "refused", "unparseable", "empty"
OUTCOMES = (ANSWERED, REFUSED, UNPARSEABLE, EMPTY)

LABEL_FIELDS = ("category", "label", "class", "answer", "classification", "choice", "prediction")
CONFIDENCE_FIELDS = ("confidence", "certainty")

_REFUSAL = re.compile(
    r"\b(sorry|apologi[sz]e|unable to|can(?:no|')t (?:determine|identify|classify|assist|help|tell)"
    r"|cannot (?:determine|identify|classify|assist|help|tell)|not able to|won't|refuse)",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|isn't|neither|nor|without|rather than|instead of)(?:\s+\w+){0,2}\s+$",
    re.IGNORECASE,
)
_WITH_CONFIDENCE = re.compile(
    r"([^,;()\n]{1,40}?)\s*(?:[,;(]|\s-|\u2013|\u2014)\s*(high|medium|low)(?:\s+confidence)?[).]*\s*",
    re.IGNORECASE,
)
"""A category and nothing but the confidence in it: "1, High"."""
SHORT = 6
"""A text of so many words needs no full stop to be taken as finished."""

_FENCE = re.compile(r"^```\w*\s*|\s*```$")
_CUE = r"(?:category|class|label|choice|option|answer)(?:\s+(?:is|to))?"


@dataclass(frozen=True)
class Answer:
    """What a text was taken to say.

    Attributes
    ----------
    label : str or None
        The category's code; None unless `outcome` is ``"answered"``.
    outcome : str
        One of `OUTCOMES`.
    confidence : str or None
        The stated confidence in lower case, where the text is JSON and states one, or is a
        category and its confidence and nothing else.
    """

    label: str | None
    outcome: str
    confidence: str | None = None


class Parser:
    """Parse the texts that answer one task.

    Parameters
    ----------
    task : Task
        The categories to look for.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self._spelt = {
            _plain(word): category.code
            for category in task.categories
            for word in (category.code, category.name, *category.aliases)
        }
        self._named = _alternatives(name for c in task.categories for name in _names(c))
        codes = "|".join(re.escape(code) for code in task.codes)
        self._coded = re.compile(rf"(?<![\w-])({codes})\s*[:=]\s*(?=[A-Za-z])")
        self._beside = re.compile(rf"[\W_]{{0,4}}({self._named.pattern})", re.IGNORECASE)
        self._cued = re.compile(rf"\b(?i:{_CUE})\W{{1,4}}({codes})(?![\w-])")
        self.parse = lru_cache(maxsize=4096)(self._parse)

    def _parse(self, text: str | None) -> Answer:
        """Return what `text` says; one that names no single category is never guessed at."""
        bare = _FENCE.sub("", (text or "").strip())
        if not bare:
            return Answer(None, EMPTY)
        fields = _json_object(bare)
        if fields is not None:
            return self._parse_fields(fields)
        return self._parse_prose(bare)

    def _parse_fields(self, fields: dict[str, Any]) -> Answer:
        said = _first(fields, LABEL_FIELDS)
        confidence = _first(fields, CONFIDENCE_FIELDS)
        answer = self._parse_prose(str(said)) if said is not None else Answer(None, UNPARSEABLE)
        stated = str(confidence).strip().lower() if confidence is not None else None
        return Answer(answer.label, answer.outcome, stated)

    def _parse_prose(self, text: str) -> Answer:
        sure = _WITH_CONFIDENCE.fullmatch(text)
        if sure and _plain(sure[1]) in self._spelt:
            return Answer(self._spelt[_plain(sure[1])], ANSWERED, sure[2].lower())
        spelt = self._spelt.get(_plain(text))
        if spelt is not None:
            return Answer(spelt, ANSWERED)
        codes = self._codes(text)
        if not codes and _is_finished(text):
            codes = self._names_said(text)
        if len(codes) == 1:
            return Answer(codes.pop(), ANSWERED)
        refused = not codes and _REFUSAL.search(text)
        return Answer(None, REFUSED if refused else UNPARSEABLE)

    def _names_said(self, text: str) -> set[str]:
        """Return the codes of the names in a text, less those that the words before deny."""
        found, end = set(), 0
        for match in self._named.finditer(text):
            if not _DENIAL.search(text[end : match.start()]):
                found.add(self._spelt[_plain(match[0])])
            end = match.end()
        return found

    def _codes(self, text: str) -> set[str]:
        """Return the codes that `text` gives as such, and what the names beside them mean."""
        found = set()
        for match in (*self._coded.finditer(text), *self._cued.finditer(text)):
            found.add(match[1])
            named = self._beside.match(text, match.end())
            if named:
                found.add(self._spelt[_plain(named[1])])
        return found


def _is_finished(text: str) -> bool:
    return text.rstrip(" \"'*)]")[-1:] in {".", "!", "?"} or len(text.split()) <= SHORT


def _names(category: Category) -> list[str]:
    return [category.name, *category.aliases]


def _alternatives(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for whole names, the longest first: "unbarred spiral" is no "spiral"."""
    longest_first = sorted(names, key=len, reverse=True)
    words = "|".join(
        r"[-\s]+".join(map(re.escape, re.split(r"[-\s]+", name))) for name in longest_first
    )
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


def _plain(text: str) -> str:
    """Return `text` in lower case without marks around it, hyphens as spaces."""
    return re.sub(r"[-\s]+", " ", text).strip(" .,:;!\"'`*()[]").lower()


def _json_object(text: str) -> dict[str, Any] | None:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        fields = orjson.loads(text[start : end + 1])
    except orjson.JSONDecodeError:
        return None
    return (
        {str(key).lower(): value for key, value in fields.items()}
        if isinstance(fields, dict)
        else None
    )


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if name in fields), None)

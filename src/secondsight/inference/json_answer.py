"""The JSON objects in a text, and the fields that hold an answer and the confidence in it."""

import json
from collections.abc import Iterator
from typing import Any

LABEL_FIELDS = ("category", "label", "class", "answer", "classification", "choice", "prediction")
CONFIDENCE_FIELDS = ("confidence", "certainty")
_KEYS = """
code finalanswer finallabel finalcategory predictedclass predictedlabel predictedcategory
categoryid classid categorycode categorynumber categoryname classname labelname response
result output kategorie klasse antwort catégorie classe réponse categoría categoria clase
respuesta risposta resposta 类别 答案 分类 カテゴリ カテゴリー 回答 答え 分類
"""
_MORE_LABELS = frozenset(_KEYS.split())
_INNER = _MORE_LABELS | {*LABEL_FIELDS, "name", "number", "id", "value"}
MOST = 20
"""So many opening braces are tried."""

Pairs = list[tuple[str, Any]]
"""A JSON object as it was written: a key that comes twice is there twice."""


class Fields(tuple[tuple[str, Any], ...]):
    """The fields of one JSON object, in order, each key as often as it was written."""

    def labels(self) -> list[Any] | None:
        """Return the values that state a category; None if a key that does so comes twice.

        The usual names of such a field come first, then others, then the objects within.
        """
        for names in (frozenset(LABEL_FIELDS), _MORE_LABELS):
            stated = [(key, value) for key, value in self if key in names]
            if stated:
                return _once(stated)
        inner = [value.labels() for _, value in self if isinstance(value, Fields)]
        if None in inner:
            return None
        return [value for labels in inner for value in labels or []]

    def confidence(self) -> str | None:
        """Return the stated confidence in lower case, if there is just one."""
        stated = [value for key, value in self if key in CONFIDENCE_FIELDS]
        if len(stated) != 1 or stated[0] is None:
            return None
        return str(stated[0]).strip().lower()


Found = tuple[Fields, int, int]


def objects(text: str) -> list[Found]:
    """Return the outermost JSON objects in `text`, each with where it starts and ends."""
    parsed: list[Found] = []
    start = 0
    for _ in range(MOST):
        start = text.find("{", start)
        if start < 0:
            break
        try:
            fields, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            start += 1
            continue
        parsed.append((fields, start, end))
        start = end
    return parsed


def values(value: Any) -> Iterator[str | None]:
    """Yield what the value of a label's field says, piece by piece; None for what says nothing."""
    if isinstance(value, Fields):
        inner = Fields((key, inner) for key, inner in value if key in _INNER)
        stated = _once(list(inner))
        yield from (piece for each in stated or [None] for piece in values(each))
    elif isinstance(value, list):
        yield from (piece for each in value or [None] for piece in values(each))
    else:
        yield value if isinstance(value, str) else None


def _once(pairs: Pairs) -> list[Any] | None:
    keys = [key for key, _ in pairs]
    return [value for _, value in pairs] if len(set(keys)) == len(keys) else None


def _fields(pairs: Pairs) -> Fields:
    return Fields((_key(key), value) for key, value in pairs)


def _key(key: str) -> str:
    return "".join(character for character in key.lower() if character not in " _-\t\n")


# Numbers stay as they were written: -1, 1e0 and 0.93 are to be told from 1.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_fields, parse_int=str, parse_float=str, parse_constant=str, strict=False
)

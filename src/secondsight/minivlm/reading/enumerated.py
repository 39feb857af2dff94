"""Categories that a sentence numbers: "(a) a ring, (b) a bar", or "a ring (1) or a bar (2)"."""

import re

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.flow import flow
from secondsight.minivlm.reading.item import Group, is_name, split_name
from secondsight.minivlm.reading.sentences import sentences

_MARK = re.compile(r"(?:^|(?<=[ ,;:]))(\(?)(\d{1,2}|[A-Za-z]|[ivx]{2,4})\)(?=[ ,;.?:]|$)")
_ARTICLE = re.compile(r"^(?:an?|the) (?=\S)")
_JOINT = re.compile(r"[ ,;.?]*(?:\b(?:and|or)\b)?[ ,;.?]*$")
_BEFORE = re.compile(
    r"(?:^|[,;:] ?|\b(?:or|and|as|either|between|is|an?|the|for|of|into|show|shows) )"
    r"((?:[\w+/-]{1,30} ){0,3}?[\w+/-]{1,30}) $",
    re.IGNORECASE,
)
_CODE_NAME = re.compile(r"(?<![\w(.-])(\d{1,2}|[A-Z]) ?\(([^()]{2,200})\)")
WEIGHT = 2.6


def enumerated(text: str) -> list[Group]:
    """Return the groups of categories that sentences of `text` number."""
    groups = []
    for block in flow(text):
        for number, sentence in enumerate(sentences(block.text)):
            marks = list(_MARK.finditer(sentence))
            options = _leading(sentence, marks) or _trailing(sentence, marks) or _named(sentence)
            if len({option.code for option in options}) > 1:
                groups.append(Group(options, (block.line, number), WEIGHT))
    return groups


def _leading(sentence: str, marks: list[re.Match[str]]) -> tuple[Option, ...]:
    """Return the categories if the codes stand before the names."""
    if len(marks) < 2 or not _JOINT.sub("", sentence[marks[-1].end() :]):
        return ()
    options = []
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(sentence)], strict=True):
        said = _JOINT.sub("", sentence[mark.end() : end].strip()[:2000])
        name, description = split_name(_ARTICLE.sub("", said, count=1))
        options.append(Option(mark[2], name, description))
    return tuple(options)


def _named(sentence: str) -> tuple[Option, ...]:
    """Return the categories if the names stand in brackets behind the codes."""
    found = (Option(match[1], *split_name(match[2])) for match in _CODE_NAME.finditer(sentence))
    return tuple(found)


def _trailing(sentence: str, marks: list[re.Match[str]]) -> tuple[Option, ...]:
    """Return the categories if the codes stand in brackets behind the names."""
    options, start = [], 0
    for mark in marks:
        before = _BEFORE.search(sentence, max(start, mark.start() - 90), mark.start())
        if mark[1] and before and is_name(before[1]):
            options.append(Option(mark[2], _ARTICLE.sub("", before[1], count=1), ""))
        start = mark.end()
    return tuple(options)

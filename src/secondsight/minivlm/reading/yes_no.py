"""Yes or no: what a question asks is what "yes" stands for."""

import re
from dataclasses import replace

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import Group
from secondsight.minivlm.reading.sentences import placed_sentences
from secondsight.minivlm.reading.tidy import plain

_Q = r"[\"'`(]?"
_PAIR = re.compile(
    rf"(?<![\w-]){_Q}(yes|true|y){_Q}\)? ?(?:or|/|\||,|vs\.?) ?{_Q}(no|false|n)(?![\w-])", re.I
)
_NOT = re.compile(r"\b(?:not|n't|never|no|than)\b[^.?!]{0,30}$", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:is|are|does|do|can|has|have|could) "
    r"(?:(?:it|this|that|there|these|they|you|the|an?)\b ?)?"
    r"(?:(?:image|picture|galaxy|object|source|cutout|stamp|photo|target|system|one)s?\b ?)?"
    r"(?:(?:here|in it|shown|in (?:the|this) (?:image|picture|cutout|stamp))\b ?)?"
    r"(?:(?:shows?|contains?|has|have|looks? like|sees?|belongs? to|be)\b ?)?"
    r"(?P<asked>[^.?!\n]{2,200}?)"
    r"(?: in (?:the|this) (?:image|picture|cutout|stamp|photo|galaxy))?\?",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"\b(?:this|it|the (?:image|picture|galaxy|object|source)) (?:is|shows|has|contains)"
    r" (?P<asked>[^.?!\n]{2,200})",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?:^|[\n.!:] *)(?P<question>(?:(?:is|are|does|do|has|have) (?:it|this|that|there|these|the)"
    r"|(?:do|can) you see)\b[^.?!:\n]{2,200}\?)",
    re.IGNORECASE,
)
"""A question that nothing but yes or no answers."""
_IN_WORDS = re.compile(
    r"\b(?:what|which|why|how|where|who|describe|description|explain|explanation|reasons?|tell|list"
    r"|discuss|caption|summari[sz]e|detail\w*|or(?! not\b)|any\w*|some\w*)\b",
    re.IGNORECASE,
)
"""Where one of these stands an answer in words is wanted, or beside a yes."""
_OR_NOT = re.compile(r",? or not$", re.IGNORECASE)
WEIGHT, OVER_NOT = 1.4, 1.75
"""The second outweighs "or not" in the question itself."""
SAME = {"yes": "no", "true": "false", "y": "n"}
ELSE = "otherwise"


def yes_or_no(text: str) -> list[Group]:
    """Return "yes" and "no" as `text` writes them, where it leaves the choice between them."""
    groups, weight = [], OVER_NOT if " or not" in text else WEIGHT
    for sentence, at in placed_sentences(text):
        pair = _PAIR.search(sentence)
        same = pair and SAME[pair[1].lower()] == pair[2].lower()
        if pair and same and not _NOT.search(sentence[: pair.start()]):
            groups.append(Group((Option("", pair[1], ""), Option("", pair[2], "")), at, weight))
    return groups


def yes_or_no_alone(text: str) -> tuple[Option, ...]:
    """Return "Yes" and "No" if a text's one question leaves no other answer, as "Is it a spiral?".

    For texts in which no categories are found otherwise; empty if it is no such question.
    """
    asked = _ALONE.search(text) if text.count("?") == 1 else None
    if asked is None or _IN_WORDS.search(text):
        return ()
    return with_what_is_asked((Option("Yes", "Yes", ""), Option("No", "No", "")), asked["question"])


def with_what_is_asked(options: tuple[Option, ...], text: str) -> tuple[Option, ...]:
    """Return options, "yes" with what the text asks if they are "yes" and "no" and no more."""
    names = [plain(option.name or option.code) for option in options]
    told = any(option.description for option in options)
    if told or len(names) != 2 or not {*SAME.items()} & {tuple(names), tuple(names[::-1])}:
        return options
    asked = _ASKS.search(text) or _CLAIMS.search(text)
    if not asked:
        return options
    said = " ".join(_PAIR.sub("", asked["asked"]).split()).strip(" ,:;()")
    said = _OR_NOT.sub("", said)
    return tuple(
        replace(option, description=said if name in SAME else ELSE)
        for option, name in zip(options, names, strict=True)
    )

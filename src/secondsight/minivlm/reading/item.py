"""One category as a line or a phrase gives it: code, name and description told apart."""

import re
from dataclasses import dataclass

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.sentences import sentences, without_instructions
from secondsight.minivlm.reading.tidy import bare

CODE = r"\d{1,3}|[A-Za-z]\d{0,2}|[ivx]{2,4}|[IVX]{2,4}"

_SEPARATOR = re.compile(r" ?(?::|\u2014|->|=>|={1,2}|\|)(?: |(?=\S)|$)| --? ")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*\n]{1,80}?)\1 ?(?:[:=.,]|\u2014|->|--?)? ?")
_IN_QUOTES = re.compile(r"([\"'`])([^\"'`\n]{1,60})\1 ?(?:[:=,]|\u2014|->|--?|\bis\b|\bmeans\b) ?")
_PAREN = re.compile(r"([^()]{1,80}?) ?\(([^()]{1,400})\)[.,;]?$")
_CODE_IN = re.compile(
    rf"([^()\[\]]{{1,80}}?) ?[(\[](?:\w{{4,8}} )?[\"']?({CODE})[\"']?[)\]]"
    rf" ?(?:[:=.,]|\u2014|->|--?)? ?"
)
_LABELLED = re.compile(
    r"^(?:description|definition|meaning|appearance|looks? like|criteri(?:a|on)|features?"
    r"|characteristics?|details?|what it looks like|explanation|visual cues?|name)"
    r" ?(?::|\u2014| -) ?",
    re.IGNORECASE,
)
_THAT_IS = re.compile(r"; |(?:,|;)? (?:meaning|that is|i\.e\.|which (?:is|are|means))[,:]? ")
_SENTENCE_NAME = re.compile(r"([^.!?\n]{1,50})\. +(?=[^a-z\d]|[a-z])")
_ARTICLE = re.compile(r"(?:an?|the|any|some|all|it|there|this|these|those|no) ", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:if|when|which|that|has|have|is|are|shows?|looks?|appears?|seems?)\b", re.IGNORECASE
)
NAME_WORDS = 6


@dataclass(frozen=True)
class Group:
    """Categories that stand together in one place of a prompt."""

    options: tuple[Option, ...]  # the categories; a code or a name may be empty
    at: tuple[int, int]  # where the place is: its line, and how far into it
    weight: float  # how likely these are the categories asked for


def item(code: str, name: str, text: str) -> Option:
    """Return the category of a code, a name (empty if not known yet) and what is said of it."""
    text = text.strip()
    if name:
        return Option(code, bare(name), tidied(text))
    if not code:
        led = _CODE_IN.match(text)
        if led and is_name(bare(led[1])):
            return Option(led[2], bare(led[1]), tidied(text[led.end() :]))
    name, rest = split_name(text)
    if not code and name and re.fullmatch(rf"(?:\w{{4,8}} )?({CODE})", rest):
        return Option(rest.split()[-1], name, "")
    return Option(code, name, rest)


def split_name(text: str) -> tuple[str, str]:
    """Return the name and the description in `text`; either may be empty."""
    text = text.strip()
    for pattern in (_BOLD, _IN_QUOTES):
        led = pattern.match(text)
        if led and not text[led.end() :].startswith(("or ", "and ")):
            return bare(led[2]).rstrip(" :.,"), tidied(text[led.end() :])
    text = bare(text)
    for pattern in (_SEPARATOR, _THAT_IS):
        mark = pattern.search(text, 0, 80)
        if mark and is_name(text[: mark.start()]):
            return bare(text[: mark.start()]), tidied(text[mark.end() :])
    return _split_softly(text)


def _split_softly(text: str) -> tuple[str, str]:
    """Return name and description where no colon or dash parts them."""
    within = _PAREN.match(text) if len(text) < 500 else None
    if within and is_name(within[1]):
        if len(within[2].split()) > 1 or within[2].islower():
            return within[1].strip(), tidied(within[2])
        return f"{within[1].strip()} ({within[2]})", ""
    led = _SENTENCE_NAME.match(text)
    if led and is_name(led[1], 4):
        return led[1].strip(), tidied(text[led.end() :])
    if is_name(text.rstrip(". ;,"), 5) and not (text.endswith(".") and len(text.split()) > 3):
        return text.rstrip(" .;,"), ""
    return "", tidied(text)


def is_name(text: str, most: int = NAME_WORDS) -> bool:
    """Whether `text` is as short as a name and no part of a sentence."""
    words = text.split()
    if not 1 <= len(words) <= most or len(text) > 60 or text.endswith((".", "!", "?", ",")):
        return False
    if len(words) > 3 and (_ARTICLE.match(text) or _CLAUSE.search(text)):
        return False
    if text.count("(") != text.count(")"):
        return False
    return not (";" in text or ". " in text) and any(map(str.isalnum, text))


def tidied(text: str) -> str:
    """Return a description in one line, without marks, labels and instructions after it."""
    text = _LABELLED.sub("", bare(text).lstrip(" -:\u2014=|,;"), count=1).strip()
    first, *others = sentences(text) or [""]
    return bare(f"{first} {without_instructions(' '.join(others))}")

"""Categories that a sentence names one after another: "round, spiral or merger?".

Or that it numbers: "(a) a ring, (b) a bar", or "a ring (1) or a bar (2)".
"""

import re
from collections.abc import Iterator
from itertools import islice

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import Group, is_name, split_name
from secondsight.minivlm.reading.sentences import placed_sentences
from secondsight.minivlm.reading.tidy import plain
from secondsight.minivlm.reading.words import FILLER, KIND, KINDS, VERB

_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_THING = (
    "galaxy|galaxies|object|objects|image|source|picture|shape|morphology|type|it|this|cutout"
    "|photo|photograph|thing|target|centre|center|stamp|frame|system|one|structure|here|shown"
    "|detection|candidate|snapshot|class|category|these|they|subject|that|show|see|there"
)
_CUES = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (
            rf"\b(?:one|which|any)(?: [a-z]{{3,12}})? of(?: the| these| those| its)?"
            rf"(?: {_NUMBER})?(?: following)?(?: {_NUMBER})?(?: [a-z]{{3,20}})?(?: (?:{KINDS}))?"
            r"(?: (?:below|is|are|it is))?"
            r"(?: ?[:\u2014(] ?| )",
            2.0,
        ),
        (
            rf"\b(?:{KINDS})(?: [a-z]{{2,12}}){{0,3}}(?: ?[:=\u2014(] ?| are:? |,? namely:? )",
            2.2,
        ),
        (r"\b(?:list|set)(?: of [a-z]{3,20})? ?: ?", 1.8),
        (r"\b(?:between|either|among) (?:the )?", 2.0),
        (
            r"\bwhether (?:[\w-]{1,20} ){1,6}?(?<!there )(?:is|are|shows?|belongs to|has) "
            r"(?:either )?",
            1.8,
        ),
        (rf"\b(?:{VERB})(?: (?:{FILLER})\b){{0,6}}(?: ?:|,)? ", 1.6),
    )
)
_QUESTION = re.compile(
    r"(?:^|[,:;] )(?:is|are|does|do|would you (?:say|call)|was|which is it|what is it"
    r"|which|to which)\b ?",
    re.IGNORECASE,
)
_A_THING = re.compile(rf"\b(?:{_THING})(?: (?=\S)|[,:] (?=(?:an?|either) ))", re.IGNORECASE)
_BRACKETED = re.compile(r"\? ?\(([^()]{1,40}(?:/| or )[^()]{1,40})\)")
_FIRST = re.compile(
    r"([\w-]{1,30}(?:, [\w-]{1,30}){0,8},? (?:or|vs\.?|versus) [\w-]{1,30})(?:\?|:)"
)
_SPLIT = re.compile(r",|/|\bor\b")
_COORDINATE = re.compile(r"\bor\b|/|\||;")
_ARTICLES = re.compile(r"^(?:(?:an?|the|as|is it|either|it|simply|just|only|The|An|Either) )+")
_ALONE = re.compile(r" (?:only|alone)$", re.IGNORECASE)
_CODED = re.compile(
    rf"(?:(?i:{KIND}) )?(?:[\"'(\[]?(\d{{1,3}}|[IVX]{{2,4}}|[A-Z]\d?)[\"'\])]?|\(([a-z])\))"
    r"(?: ?[=:] ?| ?\((?=[^()]{1,200}\)$)| for | - | ?\u2014 ?| |(?=$))(.{0,200})$"
)
_EMPTY = re.compile(
    r"(?:.*\b(?:number|digit|code|letter|categor(?:y|ies)|class|classes|word|words|nothing else"
    r"|anything|something|any|sentences?|json|confidence|name|explanation|paragraphs?|lines?"
    r"|comments?|text|it|you|your|this|these|those|that|which|what|why|how|where|above|below"
    r"|following|reason|answer|reply|key|keys|fields?|options?|do not|don't|image|picture"
    r"|detail|details|briefly|type|labels?|values?|probability|percentage|format|choices?"
    r"|if|when|because|see|there|format|short|one|two|three|them|its|more|less|fewer|so|such)"
    r"\b.*|(?:no (?:other|more)|has|have|shows?|is|are|does|looks?) .*)$",
    re.IGNORECASE,
)
_STOP = re.compile(r"[;:.] | \u2014 | - | and (?=[a-z]+ )|, (?=(?:and|then) [a-z]+ )")
_MARK = re.compile(r"(?:^|(?<=[ ,;:]))(\(?)(\d{1,2}|[A-Za-z]|[ivx]{2,4})\)(?=[ ,;.?:]|$)")
_THE = re.compile(r"^(?:an?|the) (?=\S)")
_JOINT = re.compile(r"[ ,;.?]*(?:\b(?:and|or)\b)?[ ,;.?]*$")
_BEFORE = re.compile(
    r"(?:^|[,;:] ?|\b(?:or|and|as|either|between|is|an?|the|for|of|into|show|shows) )"
    r"((?:[\w+/-]{1,30} ){0,3}?[\w+/-]{1,30}) $",
    re.IGNORECASE,
)
_CODE_NAME = re.compile(r"(?<![\w(.-])(\d{1,2}|[A-Z]) ?\(([^()]{2,200})\)")
NUMBERED = 2.6
"""The weight of categories that have codes in a sentence."""


def choices(text: str) -> list[Group]:
    """Return the groups of names that sentences of `text` list."""
    groups = []
    for sentence, at in placed_sentences(text):
        groups += [Group(options, at, weight) for options, weight in _listed(sentence) if options]
        options = _numbered(sentence)
        if len({option.code for option in options}) > 1:
            groups.append(Group(options, at, NUMBERED))
    return groups


def _listed(sentence: str) -> Iterator[tuple[tuple[Option, ...], float]]:
    """Yield the names that each cue brings out, and how likely they are the categories."""
    for number, (cue, weight) in enumerate(_CUES):
        texts = (sentence[cued.end() :][:1500] for cued in islice(cue.finditer(sentence), 20))
        yield next(filter(None, (_first(text, loose=number > 2) for text in texts)), ()), weight
    for first in (_BRACKETED.search(sentence), _FIRST.match(sentence)):
        yield _options(first[1]) if first else (), 1.4
    if sentence.rstrip(" )\"'").endswith("?"):
        yield _asked(sentence), 1.7


def _asked(sentence: str) -> tuple[Option, ...]:
    """Return the names among which a question leaves the choice."""
    question = _QUESTION.search(sentence)
    if not question:
        return ()
    text = sentence[question.end() :][:2000]
    before, _, behind = text.partition(": ")
    if behind and "," not in before:
        return _options(behind)
    end = _SPLIT.search(text)
    things = [thing.end() for thing in _A_THING.finditer(text, 0, end.start() if end else 0)]
    return _options(text[things[-1] if things else 0 :])


def _first(text: str, *, loose: bool) -> tuple[Option, ...]:
    """Return the names at the beginning of `text`, as far as they go."""
    stops = [stop.start() for stop in islice(_STOP.finditer(text), 3)]
    ends = (*stops, None) if loose else (None, *stops)
    return next(filter(None, (_options(text[:end], loose=loose) for end in ends)), ())


def _options(text: str, *, loose: bool = True) -> tuple[Option, ...]:
    """Return the names in a list, or none if its parts are no names."""
    text = text.strip().rstrip("?.!) ") if text.count("(") < text.count(")") else text
    text = text.strip().lstrip("{[").rstrip("?.!}] ")
    if loose and not _COORDINATE.search(text) and " and " not in text:
        return ()
    parts = _trimmed([part for part in _parts(text) if part])
    if not 2 <= len(parts) <= 60:
        return ()
    options = tuple(_option(part) for part in parts)
    for option in options:
        shown = option.name or option.code
        if not is_name(shown, 5) or (not option.code and _EMPTY.match(shown)):
            return ()
    return options if len({plain(o.code or o.name) for o in options}) == len(options) else ()


def _parts(text: str) -> list[str]:
    """Part a list at commas, bars and "or", but not inside brackets or quotes."""
    kept: list[str] = []

    def keep(part: re.Match[str]) -> str:
        kept.append(part[0])
        return f"\x00{len(kept) - 1}\x01"

    masked = re.sub(r"\([^()]{0,300}\)|\"[^\"]{0,80}\"|(?<!\w)'[^']{0,80}'(?!\w)", keep, text)
    masked = masked.split(" \u2014 ")[0] if "," in masked.split(" \u2014 ")[0] else masked
    strong = ";" if ";" in masked else "|" if "|" in masked else "," if "," in masked else ""
    parts = masked.split(strong) if strong else [masked]
    if strong != ";":
        last = re.split(r"\s+(?:or|and|versus|vs\.?)\s+|/|^(?:or|and) ", parts[-1].strip())
        parts = [*parts[:-1], *last]
    clean = (re.sub(r"^(?:or|and|either)\b", "", part.strip()).strip() for part in parts)
    return [re.sub("\x00(\\d+)\x01", lambda m: kept[int(m[1])], part) for part in clean]


def _trimmed(parts: list[str]) -> list[str]:
    """Take articles off the parts, and what follows the last of them."""
    parts = [_ALONE.sub("", _ARTICLES.sub("", part, count=1).strip()) for part in parts]
    if len(parts) > 1:
        *words, last = parts[-1].split() or [""]
        shared = {part.split()[-1].lower() for part in parts[:-1] if part}
        if words and last.lower() in set(_THING.split("|")) - shared:
            parts[-1] = " ".join(words)
    return [part for part in parts if part]


def _option(part: str) -> Option:
    coded = _CODED.match(part)
    if not coded:
        return Option("", *split_name(part))
    inside = coded[3].strip()
    inside = inside[:-1] if inside.endswith(")") and "(" not in inside else inside
    parts = split_name(_ARTICLES.sub("", inside, count=1)) if inside else ("", "")
    return Option(coded[1] or coded[2], *parts)


def _numbered(sentence: str) -> tuple[Option, ...]:
    """Return the categories whose codes stand in brackets, or whose names do behind the codes."""
    marks = list(_MARK.finditer(sentence))
    named = (Option(name[1], *split_name(name[2])) for name in _CODE_NAME.finditer(sentence))
    return _leading(sentence, marks) or _trailing(sentence, marks) or tuple(named)


def _leading(sentence: str, marks: list[re.Match[str]]) -> tuple[Option, ...]:
    """Return the categories if the codes stand before the names."""
    if len(marks) < 2 or not _JOINT.sub("", sentence[marks[-1].end() :]):
        return ()
    options = []
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(sentence)], strict=True):
        text = _JOINT.sub("", sentence[mark.end() : end].strip()[:2000])
        options.append(Option(mark[2], *split_name(_THE.sub("", text, count=1))))
    return tuple(options)


def _trailing(sentence: str, marks: list[re.Match[str]]) -> tuple[Option, ...]:
    """Return the categories if the codes stand in brackets behind the names."""
    options, start = [], 0
    for mark in marks:
        before = _BEFORE.search(sentence, max(start, mark.start() - 90), mark.start())
        if mark[1] and before and is_name(before[1]):
            options.append(Option(mark[2], _THE.sub("", before[1], count=1), ""))
        start = mark.end()
    return tuple(options)

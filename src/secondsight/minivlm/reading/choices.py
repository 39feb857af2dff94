"""Categories that a sentence names one after another: "round, spiral or merger?"."""

import re
from collections.abc import Iterator

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.flow import flow
from secondsight.minivlm.reading.item import Group, is_name, split_name
from secondsight.minivlm.reading.sentences import sentences
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
_ARTICLE = re.compile(r"^(?:(?:an?|the|as|is it|either|it|simply|just|only|The|An|Either) )+")
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


def choices(text: str) -> list[Group]:
    """Return the groups of names that sentences of `text` list."""
    groups = []
    for block in flow(text):
        offset = 0
        for sentence in sentences(block.text):
            for options, weight in _listed(sentence):
                groups.append(Group(options, (block.line, offset), weight))
            offset += len(sentence)
    return groups


def _listed(sentence: str) -> Iterator[tuple[tuple[Option, ...], float]]:
    for number, (cue, weight) in enumerate(_CUES):
        for found in list(cue.finditer(sentence))[:20]:
            loose = number > 2
            options = _first(sentence[found.end() : found.end() + 1500], loose)
            if options:
                yield options, weight
                break
    for first in (_BRACKETED.search(sentence), _FIRST.match(sentence)):
        options = _options(first[1], True) if first else ()
        if options:
            yield options, 1.4
    if sentence.rstrip(" )\"'").endswith("?"):
        options = _asked(sentence)
        if options:
            yield options, 1.7


def _asked(sentence: str) -> tuple[Option, ...]:
    """Return the names among which a question leaves the choice."""
    found = _QUESTION.search(sentence)
    if not found:
        return ()
    text = sentence[found.end() :][:2000]
    behind = text.split(": ", 1)
    if len(behind) == 2 and "," not in behind[0]:
        return _options(behind[1], True)
    end = _SPLIT.search(text)
    things = [m.end() for m in _A_THING.finditer(text, 0, end.start() if end else 0)]
    return _options(text[things[-1] if things else 0 :], True)


def _first(text: str, loose: bool) -> tuple[Option, ...]:
    """Return the names at the beginning of `text`, as far as they go."""
    stops = [found.start() for found in list(_STOP.finditer(text))[:3]]
    for end in (*stops, None) if loose else (None, *stops):
        options = _options(text[:end], loose)
        if options:
            return options
    return ()


def _options(text: str, loose: bool) -> tuple[Option, ...]:
    """Return the names in a list, or none if its parts are no names."""
    text = text.strip().rstrip("?.!) ") if text.count("(") < text.count(")") else text
    text = text.strip().lstrip("{[").rstrip("?.!}] ")
    if loose and not _COORDINATE.search(text) and " and " not in text:
        return ()
    parts = [part for part in _parts(text) if part]
    parts = _trimmed(parts)
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

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
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
    parts = [_ARTICLE.sub("", part, count=1).strip() for part in parts]
    if parts and len(parts) > 1:
        last = parts[-1].split()
        shared = {part.split()[-1].lower() for part in parts[:-1] if part}
        if (
            len(last) > 1
            and last[-1].lower() in _THING.split("|")
            and last[-1].lower() not in shared
        ):
            parts[-1] = " ".join(last[:-1])
    return [part for part in parts if part]


def _option(part: str) -> Option:
    coded = _CODED.match(part)
    if coded:
        inside = coded[3].strip()
        inside = inside[:-1] if inside.endswith(")") and "(" not in inside else inside
        name, said = split_name(_ARTICLE.sub("", inside, count=1)) if inside else ("", "")
        return Option(coded[1] or coded[2], name, said)
    name, said = split_name(part)
    return Option("", name, said)

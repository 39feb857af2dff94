"""Numbers spoken of in running prose: "..., and you write 1", "then the code is 0. It may be ...".

A paragraph that speaks of one number describes it. In one that speaks of several, a sentence tells
of the number that it ends with or begins with, and sentences without a number go with the one
before them, or with the one behind them where that only draws the conclusion.
"""

import re
from collections.abc import Iterable, Iterator

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.sentences import is_instruction
from secondsight.minivlm.reading.tidy import bare
from secondsight.minivlm.reading.words import KIND, VERB

_SAYS = rf"(?:{KIND}|{VERB}|code|number|pile|box|bin|grade|mark|score|flag|tag|group)"
_PLACES = "".join(
    rf"(?<!\b{word} )"
    for word in ("panel", "figure", "table", "step", "rule", "example", "part", "page", "version")
)
_MENTION = re.compile(
    rf"(?<![\w.,'\"/-]){_PLACES}[\"'(\[]?(?:(?:code|label|category|class|answer|number) )?"
    r"\b(\d{1,2})[\"')\]]?(?![\w%'/-]|[.,]\d| (?:degrees|per ?cent|pixels|arc ?sec))",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"(?m)(?<![a-z,]\n)^ *\d{1,2}[.)] ")
_ASKED = re.compile(
    rf"\b(?:code|number|digit|numeral|label)s?\b|\bcoded\b|\bclass\s[01]\b|\b(?:{VERB}) [01]\b"
    r"|\b0\b.{0,60}\b1\b|\b1\b.{0,60}\b0\b",
    re.I | re.S,
)
_BREAK = re.compile(r"(?<=[.!?;])\s+|(?<=[.!?;][\"')])\s+")
_LEAD = re.compile(
    r"^[\s,:=.;()\u2014-]*(?:(?:is|are|was|stands|meant|means|mean|reserved|used|given|goes|applies"
    r"|covers|marks|denotes|signals|belongs|for|to|if|when|whenever|where|that|you|notice|see|find"
    r"|think|believe|only|it|do not|does not|describes|says|should be|must be|would be|and|but|or"
    r"|also|so|then|in that case|otherwise|(?:those|these|them)(?=[.\s]*$))\b[\s,:]*)*",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"[\s,;:.]*(?:\b(?:so|and|then|thus|hence|that is|it is|this is|you|we|us|please|the|its|is|are"
    r"|as|with|an?|go(?:es)?(?: in(?:to)?)?|belongs? to|get|gets|earns?|counts?|call it"
    rf"|{_SAYS})\b[\s,;:]*)*$",
    re.IGNORECASE,
)
_THUS = re.compile(
    r"^(?:then|so|thus|hence|that|this|in that case|in this case|both|if (?:you see )?both"
    r"|when both|if so|it is|code|answer|write|type|give|call)\b",
    re.I,
)
_WHEN = re.compile(r"when\b.*\?$", re.I)
_IF_NO = re.compile("if (?:no|not)\\b", re.I)
WORDS, CONCLUSION = 3, 14
"""Fewest words of a meaning; most words of a sentence that only draws a conclusion."""


def mentions(text: str) -> tuple[Option, ...]:
    """Return a category for each number that words belong to; none unless there are two."""
    if not _ASKED.search(text):
        return ()
    told: dict[str, list[str]] = {}
    waiting: list[str] = []
    text = _LIST_NUMBER.sub("", text)
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-*\u2022] )", text):
        line = re.sub(r"^\s*[-*\u2022] ", "", " ".join(paragraph.split()))
        codes = set(_MENTION.findall(line))
        if not codes:
            waiting.append(line)
            continue
        meanings = list(_parted(line))
        if len(codes) == 1:
            (code,) = codes
            own = _without_mentions(line) or _questions(line)
            little = len(" ".join(own).split()) < WORDS or _THUS.match(line)
            meanings = [(code, part) for part in (waiting if little else []) + own]
            told.setdefault(code, [])
        for code, meaning in meanings:
            told.setdefault(code, []).append(meaning)
        waiting = []
    options = [Option(code, "", bare(" ".join(of)).strip(" ,;")) for code, of in told.items()]
    options = [option for option in options if len(option.description.split()) >= WORDS]
    return tuple(options) if _counted(option.code for option in options) else ()


def _counted(codes: Iterable[str]) -> bool:
    """Whether numbers are counted from 0 or 1, but for one left out, as categories are."""
    numbers = sorted(map(int, codes))
    return len(numbers) > 1 and numbers[0] < 2 and numbers[-1] <= len(numbers) + 1


def _meaning(text: str) -> str:
    """Return the words that tell what a number is for; nothing if there are hardly any."""
    meaning = _CONCLUDES.sub("", _LEAD.sub("", text)).strip(" .")
    return meaning if len(meaning.split()) > 1 else ""


def _without_mentions(line: str) -> list[str]:
    """Return the sentences without the words that name the number, and without instructions."""
    return [
        meaning
        for sentence in _BREAK.split(line)
        if not _WHEN.match(sentence)
        if _MENTION.search(sentence) or not is_instruction(sentence)
        for part in _MENTION.split(sentence)[::2]
        if (meaning := _meaning(part))
    ]


def _questions(line: str) -> list[str]:
    return [
        meaning for part in _BREAK.split(line) if part[-1:] == "?" and (meaning := _meaning(part))
    ]


def _parted(line: str) -> Iterator[tuple[str, str]]:
    """Yield each number and a meaning, of a paragraph that speaks of several."""
    held: list[str] = []
    last = ""
    for sentence in _BREAK.split(line):
        marks = list(_MENTION.finditer(sentence))
        if not marks:
            held += [] if is_instruction(sentence) else [sentence]
            continue
        ends = not _LEAD.sub("", sentence[marks[-1].end() :]).strip(" .!?;)")
        concludes = ends and _concludes(sentence[: marks[0].start()], marks)
        code = marks[0][1] if concludes else last
        yield from ((code, part) for part in held if code and not _IF_NO.match(sentence))
        held = []
        yield from _within(sentence, marks, ends)
        last = marks[-1][1]
    yield from ((last, part) for part in held if last and not part.endswith("?"))


def _concludes(before: str, marks: list[re.Match[str]]) -> bool:
    """Whether a sentence only draws the conclusion of those before it: the number."""
    few = _THUS.match(before.strip()) or len(before.split()) < CONCLUSION
    alone = len({mark[1] for mark in marks}) == 1
    return bool(few and alone and len(_CONCLUDES.sub("", before).split()) < CONCLUSION)


def _within(sentence: str, marks: list[re.Match[str]], ends: bool) -> Iterator[tuple[str, str]]:
    """Yield what one sentence says of its numbers: before each if it ends with one, else after."""
    starts, stops = [mark.end() for mark in marks], [mark.start() for mark in marks]
    starts, stops = ([0, *starts], stops) if ends else (starts, [*stops[1:], len(sentence)])
    for mark, start, stop in zip(marks, starts, stops, strict=False):
        meaning = _meaning(sentence[start:stop])
        if meaning:
            yield mark[1], meaning

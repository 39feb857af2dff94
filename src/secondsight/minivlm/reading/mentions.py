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
    r"\b(\d{1,2})[\"')\]]?(?![\w%'/-]|[.,]\d)",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"(?m)^ *\d{1,2}[.)] ")
_SPEAKER = re.compile(r"(?m)^ *(?:Q|A|Question|Answer)\d{0,2}: ")
_ASKED = re.compile(
    r"\b(?:code|number|digit|numeral|label)s?\b|\b0\b.{0,60}\b1\b|\b1\b.{0,60}\b0\b", re.I | re.S
)
_BREAK = re.compile(r"(?<=[.!?;])\s+|(?<=[.!?;][\"')])\s+")
_LEAD = re.compile(
    r"^[\s,:=.;()\u2014-]*(?:(?:is|are|was|stands|meant|means|mean|reserved|used|given|goes|applies"
    r"|covers|marks|denotes|signals|belongs|for|to|if|when|whenever|where|that|you|notice|see|find"
    r"|think|believe|only|it|do not|does not|describes|says|should be|must be|would be|and|but|or"
    r"|also|so|then|in that case|otherwise)\b[\s,:]*)*",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"[\s,;:.]*(?:\b(?:so|and|then|thus|hence|that is|it is|this is|you|we|us|please|the|its|is|are"
    rf"|as|with|an?|go|goes|get|gets|earns?|counts?|call it|{_SAYS})\b[\s,;:]*)*$",
    re.IGNORECASE,
)
_THUS = re.compile(
    r"^(?:then|so|thus|hence|that|this|in that case|in this case|both|if (?:you see )?both"
    r"|when both|if so|it is|code|answer|write|type|give|call)\b",
    re.I,
)
WORDS, CONCLUSION = 3, 14
"""Fewest words of a meaning; most words of a sentence that only draws a conclusion."""


def mentions(text: str) -> tuple[Option, ...]:
    """Return a category for each number that words belong to; none unless there are two."""
    if not _ASKED.search(text):
        return ()
    said: dict[str, list[str]] = {}
    text = _SPEAKER.sub("", _LIST_NUMBER.sub("", text))
    waiting: list[str] = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-*\u2022] )", text):
        line = re.sub(r"^\s*[-*\u2022] ", "", " ".join(paragraph.split()))
        codes = dict.fromkeys(_MENTION.findall(line))
        if not codes:
            waiting.append(line)
        elif len(codes) == 1:
            code = next(iter(codes))
            own = _without_mentions([line])
            little = len(" ".join(own).split()) < WORDS or _THUS.match(line)
            said.setdefault(code, []).extend((waiting if little else []) + own)
            waiting = []
        else:
            for code, meaning in _parted(line):
                said.setdefault(code, []).append(meaning)
            waiting = []
    meanings = {code: bare(" ".join(parts)).strip(" ,;") for code, parts in said.items()}
    told = {code: meaning for code, meaning in meanings.items() if len(meaning.split()) >= WORDS}
    return tuple(Option(code, "", said) for code, said in told.items()) if _counted(told) else ()


def _counted(codes: Iterable[str]) -> bool:
    """Whether numbers are counted from 0 or 1, but for one left out, as categories are."""
    numbers = sorted(map(int, codes))
    return len(numbers) > 1 and numbers[0] < 2 and numbers[-1] <= len(numbers) + 1


def _without_mentions(lines: list[str]) -> list[str]:
    """Return the sentences without the words that name the number, and without instructions."""
    kept = []
    for line in lines:
        for sentence in _BREAK.split(line):
            if is_instruction(sentence) and not _MENTION.search(sentence):
                continue
            parts = _MENTION.split(sentence)[::2]
            clean = [_CONCLUDES.sub("", _LEAD.sub("", part)).strip(" .") for part in parts]
            kept += [part for part in clean if len(part.split()) >= 2]
    return kept


def _parted(line: str) -> Iterator[tuple[str, str]]:
    """Yield each number and a meaning, of a paragraph that speaks of several."""
    held: list[str] = []
    last = ""
    for sentence in _BREAK.split(line):
        found = list(_MENTION.finditer(sentence))
        codes = {one[1] for one in found}
        if not codes:
            if not is_instruction(sentence):
                held.append(sentence)
            continue
        one = next(iter(codes))
        before = sentence[: found[0].start()]
        concludes = len(codes) == 1 and (
            _THUS.match(before.strip()) or len(before.split()) < CONCLUSION
        )
        ends = not _LEAD.sub("", sentence[found[-1].end() :]).strip(" .!?;)")
        if concludes and ends and len(_CONCLUDES.sub("", before).split()) < CONCLUSION:
            for part in held:
                yield one, part
        elif last:
            for part in held:
                yield last, part
        held = []
        yield from _within(sentence, found, ends)
        last = found[-1][1]
    for part in held:
        if last and not part.endswith("?"):
            yield last, part


def _within(sentence: str, found: list[re.Match[str]], ends: bool) -> Iterator[tuple[str, str]]:
    """Yield what one sentence says of its numbers: before each if it ends with one, else after."""
    edges = [0, *(one.end() for one in found)] if ends else [one.end() for one in found]
    stops = (
        [one.start() for one in found]
        if ends
        else [*(one.start() for one in found[1:]), len(sentence)]
    )
    for one, start, stop in zip(found, edges, stops, strict=False):
        meaning = _CONCLUDES.sub("", _LEAD.sub("", sentence[start:stop])).strip(" .")
        if len(meaning.split()) >= 2:
            yield one[1], meaning

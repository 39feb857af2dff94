"""The words in which a prompt asks for a confidence, the highest first."""

import re

from secondsight.minivlm.reading.words import CONFIDENCE, LEVELS

DEFAULT = ("High", "Medium", "Low")
"""What stands for a confidence that is asked for without saying in which words."""

_WORD = "|".join(
    re.escape(word).replace(r"\ ", "[ -]") for word in sorted(LEVELS, key=len, reverse=True)
)
_LISTED = re.compile(
    rf"(?:^|(?<=[\n\"'(\[,;/|:<*`=\u2022])|(?<=\b(?:as|or|is|to|of)) |(?<=\band) |(?<=\beither) |"
    rf"(?<=[-:,;*=/|\u2022\u2014]) )"
    rf"[\"'*`(]{{0,3}}(?P<word>{_WORD})"
    rf"(?=[\"'*`)]{{0,3}} ?(?:$|[\n,.;:/|()\]>=\u2014}}?!]|-|or\b|and\b|if\b"
    r"|when\b|means\b|for\b|to\b|confidence\b|in\b))",
    re.IGNORECASE,
)
_IN_LINES = re.compile(
    rf"^[-*|\u2022 ]{{0,6}}[\"'*`]{{0,3}}(?P<word>{_WORD})"
    rf"[\"'*`]{{0,3}} ?(?::|\||\u2014|-|=|\(|if |when |$)",
    re.IGNORECASE | re.MULTILINE,
)
_SCALE = re.compile(
    r"(\d{1,3}(?:\.\d)?) ?(?:%|percent)? ?(?:\([^()]{0,60}\) ?)?(?:to|and|-|\u2014|through|\.\.\.?)"
    r" ?(\d{1,3}(?:\.\d)?) ?(%|percent)?"
)
_PERCENT = re.compile(r"per ?cent|%")
_ASKED = re.compile(
    r"\b(?:your|a|the|stated?|with|state|give|report|add|include|rate|and|plus|express|tell|of)"
    r" (?:[\w-]{1,12} ){0,2}(?:confidence|certainty)|\bhow (?:sure|certain|confident) (?:you|are)"
    r"|\b(?:confidence|certainty) (?:level|score|value|rating)"
    r"|^\W{0,4}(?:confidence|certainty)\b ?:",
    re.IGNORECASE | re.MULTILINE,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|never|don't|omit|leave out|skip)\b[^.\n]{0,40}$", re.IGNORECASE
)
BEFORE, AFTER = 100, 700


def confidence(text: str) -> tuple[str, ...]:
    """Return the words in which `text` asks for a confidence; none if it asks for none."""
    asked = False
    for mention in list(CONFIDENCE.finditer(text))[:50]:
        if _DENIED.search(text[max(0, mention.start() - 60) : mention.start()]):
            continue
        words = _words(_near(text, mention)) or _scale(_sentence(text, mention))
        if words:
            return words
        around = text[max(0, mention.start() - 60) : mention.end() + 20]
        asked = asked or bool(_ASKED.search(around))
    return DEFAULT if asked else ()


def ranked(words: list[str]) -> tuple[str, ...]:
    """Return words for a confidence, the highest first; as given, if one is not known."""
    ranks = [_rank(word) for word in words]
    known = [rank for rank in ranks if rank is not None]
    if len(known) < len(words):
        return tuple(words)
    return tuple(word for _, word in sorted(zip(known, words, strict=True), key=lambda at: at[0]))


def _rank(word: str) -> float | None:
    try:
        return -float(word.strip("% "))
    except ValueError:
        return LEVELS.get(" ".join(word.lower().replace("-", " ").replace("_", " ").split()))


def _near(text: str, mention: re.Match[str]) -> str:
    start = max(0, mention.start() - BEFORE)
    line = text.rfind("\n", start, mention.start()) + 1
    return text[max(start, line) : mention.end() + AFTER]


def _sentence(text: str, mention: re.Match[str]) -> str:
    near = text[max(0, mention.start() - BEFORE) : mention.end() + 160]
    return near.split("\n\n")[0] if "\n\n" in near[BEFORE:] else near


def _words(text: str) -> tuple[str, ...]:
    """Return the different words for a confidence that stand in `text` as in a list."""
    for pattern in (_IN_LINES, _LISTED):
        words: dict[str, str] = {}
        for match in pattern.finditer(text):
            words.setdefault(match["word"].lower(), match["word"])
        if len(words) > 1:
            return ranked(list(words.values()))
    return ()


def _scale(text: str) -> tuple[str, ...]:
    """Return the steps of a scale of numbers, or three of them if they are many."""
    scale = _SCALE.search(text)
    if not scale:
        return ("90", "60", "30") if _PERCENT.search(text) else ()
    low, high = sorted((float(scale[1]), float(scale[2])))
    if (low, high) == (0.0, 1.0):
        return ("0.9", "0.6", "0.3")
    if high - low <= 10 and low.is_integer() and high.is_integer():
        return tuple(str(step) for step in range(int(high), int(low) - 1, -1))
    return tuple(f"{low + share * (high - low):g}" for share in (0.9, 0.6, 0.3))

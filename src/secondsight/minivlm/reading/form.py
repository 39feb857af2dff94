"""The form of a plain answer, where a prompt shows one: "Answer: <letter>", "<class></class>".

A form is a text with places for the category and for the confidence. In it a place for something
else, such as a reason, is left out: the model has none to give.
"""

import re
from collections.abc import Iterator

from secondsight.minivlm.question import CATEGORY, CONFIDENCE
from secondsight.minivlm.reading.words import VERB

_KIND = (
    r"(?:answer|category|class|classification|label|choice|verdict|type|prediction|decision|result"
    r"|option|response|morphology|conclusion|code)"
)
_LABEL = (
    r"(?:(?<=[\"'`\n])[\w ]{1,30}? |(?:\b(?:final|your|my|the|predicted|chosen|correct) ){0,2}\b)"
    rf"{_KIND}"
)
_ANY = (
    r"(?<=[\"'`])(?!\w*(?:confiden|certain|sure|reason|expla|ration|why|note|comment|image))"
    r"[A-Za-z][\w -]{0,30}"
)
"""Before a blank in quotes any word asks for the category."""
_SURE = r"\b(?:your |my |the )?(?:confidence|certainty|sureness)(?: level)?"
_IS = r" ?[:=] ?"
_WORDS = r"(?!\w{1,2}[>\]}])[^<>\[\]{}\n]{1,80}"
_BLANK = (
    rf"(?:\$\{{?\w{{1,30}}\}}?|<{_WORDS}>|\[{_WORDS}\]|\{{{_WORDS}\}}|_{{2,}}|\.{{3}}|\u2026"
    r"|[XYZN](?=[\"'`.]?,? where\b))"
)
_END = r"(?=[\s\"'`.,;)*|]|$)"
_BETWEEN = rf"[,;|]? ?\n?(?:[-*] )?(?:[A-Za-z ]{{3,30}}{_IS}{_BLANK}[,;|]? ?\n?){{0,2}}?"
_SHOWN = re.compile(
    rf"(?:(?P<first>{_SURE}{_IS}){_BLANK}(?P<gap>{_BETWEEN}))?"
    rf"(?P<label>{_LABEL}{_IS}|{_ANY}{_IS}(?={_BLANK}[\"'`]))(?P<blank>{_BLANK}){_END}"
    rf"(?:(?P<between>{_BETWEEN})(?P<last>{_SURE}{_IS}){_BLANK}{_END})?",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    rf"\b(?:{VERB}|format|form|template|like|example|e\.g\.|ends?|finish|begins?|starts?|line)\b"
    rf"[^\"'`\n]{{0,80}}(?P<mark>[\"'`])(?P<label>{_LABEL}{_IS})(?P<blank>[\w-]{{1,30}})(?P=mark)",
    re.IGNORECASE,
)
_LED = re.compile(
    r"\b(?:begin|start|prefix|preface|precede|end|finish|conclude)\w*\b[^.\n\"'`]{0,60}"
    r"\b(?:with|by|in)\b[^.\n\"'`]{0,30}[\"'`](?P<label>[^\"'`\n]{1,40}[:=]) ?[\"'`]",
    re.IGNORECASE,
)
_TAG = re.compile(
    rf"<(?P<tag>(?:final_|my_)?{_KIND})>(?P<blank>[^<>\n]{{0,60}})</(?P=tag)>"
    rf"|\b(?:in|within|inside|between|with|by)\b[^.\n<>]{{0,40}}<(?P<named>(?:final_)?{_KIND})>",
    re.IGNORECASE,
)
_BOXED = re.compile(r"\\boxed\{(?P<blank>[^{}\n]{0,40})\}")


def shown_form(text: str, *, sure: bool) -> tuple[str, str]:
    """Return the form that `text` shows, and what it says of the category's place.

    Both are empty if it shows none. `sure` is whether a confidence is asked for.
    """
    text = text.replace("**", "")
    shown = _SHOWN.search(text)
    if shown:
        return _written(shown, sure=sure), shown["blank"].strip("<>[]{}$_. ")
    return next(_others(text), ("", ""))


def shows_form(text: str) -> bool:
    """Whether a text is the form of an answer, rather than words of anybody's."""
    return _SHOWN.search(text) is not None


def _written(shown: re.Match[str], *, sure: bool) -> str:
    """Return a form whose places are marked."""
    parts = [shown["label"], CATEGORY]
    if sure and shown["first"]:
        parts = [shown["first"], CONFIDENCE, _gap(shown["gap"]), *parts]
    elif sure and shown["last"]:
        parts += [_gap(shown["between"]), shown["last"], CONFIDENCE]
    return "".join(parts)


def _gap(between: str) -> str:
    """Return what parts two places, without what else was to stand there."""
    return "\n" if "\n" in between else re.split(r"[A-Za-z]", between)[0]


def _others(text: str) -> Iterator[tuple[str, str]]:
    """Yield the forms that are shown by an example, by their beginning, by tags or by a box."""
    for match in _EXAMPLE.finditer(text):
        yield match["label"] + CATEGORY, ""
    for match in _LED.finditer(text):
        yield f"{match['label']} {CATEGORY}", ""
    for match in _TAG.finditer(text):
        tag = match["tag"] or match["named"]
        if text.count(f"<{tag}>") < 3:  # else the categories stand in them
            yield f"<{tag}>{CATEGORY}</{tag}>", match["blank"] or ""
    for match in _BOXED.finditer(text):
        yield f"\\boxed{{{CATEGORY}}}", match["blank"]

"""Join what several places of a prompt say about the same categories."""

import re
from collections.abc import Iterable
from dataclasses import replace

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import Group, is_name, tidied
from secondsight.minivlm.reading.sentences import is_instruction, placed_sentences
from secondsight.minivlm.reading.tidy import plain
from secondsight.minivlm.reading.words import KIND

_CLAUSES = re.compile(r"(; |, (?:while|whereas|but|and) )")
_THING = re.compile(
    r"(?:galax(?:y|ies)|objects?|sources?|images?|ones?|shapes?|systems?|types?|class|category"
    r"|sources|members|cases|means)\b ?",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"^(?:(?:usually|often|typically|generally|mostly|would|will|should|can|may) )?"
    r"(?:(?:is|are) used (?:for|when)|(?:is|are) (?:defined as|for)|is|are|looks? like"
    r"|means? that|means?"
    r"|refers? to|describes?|denotes?|stands? for|covers?|includes?|be|:|\u2014|-|=|applies to"
    r"|corresponds? to|indicates?|represents?)(?: |(?<=\W))(?:an? (?=\w+ (?:that|which|with)))?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"(?:(?:choose|select|pick|use|answer) )?"
    rf"(?:(?:an?|the|(?:in )?(?:{KIND})|any|typical) )?[\"'(]?",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:they|it|these|such|there|its|their|usually|often|sometimes|typically|no|some|many|most)\b",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(r"(?:,|or\b|and\b|\)|\?|/|vs\b|versus\b|if\b|otherwise\b|\d|=)", re.I)


def joined(groups: list[Group]) -> tuple[Option, ...]:
    """Return the likeliest group's categories, with what the other groups add to them."""
    ranked = sorted(groups, key=lambda group: (-group.weight, group.at))
    first, *others = [_even(group.options) for group in ranked] or [()]
    options = unique(first)
    for other in others:
        options = _added(options, other)
    return options


def _even(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Take short phrases for descriptions where the other codes have descriptions and no names."""
    if not any(option.code and option.description and not option.name for option in options):
        return options
    return tuple(
        Option(option.code, "", option.description or option.name)
        if option.code and not option.description
        else option
        for option in options
    )


def unique(options: Iterable[Option]) -> tuple[Option, ...]:
    """Return the options without repeated codes: the first counts, and lacks are filled."""
    kept: dict[str, Option] = {}
    for option in options:
        key = plain(option.code or option.name) or option.code or option.name
        kept[key] = _filled(kept.get(key, option), option)
    return tuple(kept.values())


def _filled(option: Option, other: Option) -> Option:
    """Return an option with what it lacks taken from another."""
    name = option.name or other.name
    added = "" if plain(other.description) == plain(name) else other.description
    return Option(option.code or other.code, name, option.description or added)


def _added(options: tuple[Option, ...], others: tuple[Option, ...]) -> tuple[Option, ...]:
    """Fill options with what others say of them; nothing if hardly any are the same."""
    known = _index(options)
    same = [(known.get(_known_form(other, known), -1), other) for other in others]
    if len({place for place, _ in same} - {-1}) < min(2, len(others)):
        return options
    codes = {plain(option.code) for option in options if option.code}
    filled = list(options)
    for place, other in same:
        if place >= 0:
            taken = not filled[place].code and plain(other.code) in codes
            filled[place] = _filled(filled[place], replace(other, code="") if taken else other)
    return tuple(filled)


def _index(options: Iterable[Option]) -> dict[str, int]:
    """Return the places of options by their codes and by the forms of their names."""
    known: dict[str, int] = {}
    for number, option in enumerate(options):
        for form in (*forms(option.name), plain(option.code)):
            known.setdefault(form, number)
    known.pop("", None)
    return known


def _known_form(option: Option, known: dict[str, int]) -> str:
    return next((f for f in (plain(option.code), *forms(option.name)) if f in known), "")


def forms(name: str) -> list[str]:
    """Return the ways a name may be written: without brackets, what is in them, no plural."""
    parts = [name, *re.split(r"[()/]", name)]
    written = [plain(part) for part in parts if part.strip()]
    return [*written, *map(_singular, written)]


def _singular(form: str) -> str:
    return form[:-1] if len(form) > 3 and form.endswith("s") and not form.endswith("ss") else form


def described(options: tuple[Option, ...], text: str) -> tuple[Option, ...]:
    """Fill empty descriptions with sentences of `text` that are about a category."""
    if all(option.description for option in options):
        return options
    names = _index(replace(option, code="") for option in options)
    told: dict[int, list[str]] = {}
    last = None
    for sentence, at in placed_sentences(text):
        last = _add_sentence(sentence, names, last if at[1] else None, told)
    return tuple(
        replace(option, description=option.description or tidied(" ".join(told.get(number, []))))
        for number, option in enumerate(options)
    )


def _add_sentence(
    sentence: str, names: dict[str, int], last: int | None, told: dict[int, list[str]]
) -> int | None:
    """Add a sentence to what is told of the category it is about, and return which that is."""
    if sentence.endswith("?"):
        return None
    subject = None
    parts = ["", *_CLAUSES.split(sentence)]
    for joint, clause in zip(parts[::2], parts[1::2], strict=True):
        about = _about(clause, names)
        if about:
            subject = about[0]
            told.setdefault(subject, []).append(about[1])
        elif subject is not None:
            told[subject][-1] += joint + clause
    goes_on = _GOES_ON.match(sentence) and not is_instruction(sentence)
    if subject is None and last is not None and goes_on:
        told[last].append(sentence)
        return last
    return subject


def _about(clause: str, names: dict[str, int]) -> tuple[int, str] | None:
    """Return which category a clause is about and what it says; None if about none."""
    lead = _LEAD.match(clause)
    words = clause[lead.end() if lead else 0 :].split(" ")
    for count in range(min(6, len(words) - 1), 0, -1):
        head = " ".join(words[:count])
        form = plain(head)
        place = names.get(form, names.get(_singular(form)))
        mark = head[-1] if head and head[-1] in ":\u2014," else ""
        statement = place is not None and _statement(" ".join([mark, *words[count:]]).strip())
        if place is not None and statement:
            return place, statement
    return None


def _statement(text: str) -> str:
    """Return what a clause says after its subject; nothing if that is no statement."""
    thing = _THING.match(text)
    text = text[thing.end() :] if thing and not text.lower().startswith("means") else text
    if _NOT_SAID.match(text):
        return ""
    statement = _COPULA.sub("", text, count=1).strip(" \"'")
    whole = len(statement.split()) > 1 or (statement and not is_name(statement, 2))
    return statement if whole else ""

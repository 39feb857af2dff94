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
    groups = [replace(group, options=_even(group.options)) for group in groups]
    ranked = sorted(groups, key=lambda group: (-group.weight, group.at))
    if not ranked:
        return ()
    options = list(unique(ranked[0].options))
    for group in ranked[1:]:
        options = _added(options, group.options)
    return tuple(options)


def _even(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Take short phrases for descriptions where the other codes have descriptions and no names."""
    phrases = [option for option in options if not option.description]
    if not any(option.code and option.description and not option.name for option in options):
        return options
    return tuple(
        Option(option.code, "", option.name) if option in phrases and option.code else option
        for option in options
    )


def unique(options: Iterable[Option]) -> tuple[Option, ...]:
    """Return the options without repeated codes: the first counts, and lacks are filled."""
    found: dict[str, Option] = {}
    for option in options:
        key = plain(option.code or option.name) or option.code or option.name
        found[key] = _filled(found[key], option) if key in found else option
    return tuple(found.values())


def _filled(option: Option, other: Option) -> Option:
    """Return an option with what it lacks taken from another."""
    name = option.name or other.name
    said = "" if plain(other.description) == plain(name) else other.description
    return Option(option.code or other.code, name, option.description or said)


def _added(options: list[Option], others: tuple[Option, ...]) -> list[Option]:
    known = _index(options)
    pairs = [(place, other) for other in others if (place := _place(other, known)) is not None]
    places = {place for place, _ in pairs}
    if len(places) < min(2, len(others)):
        return options
    fresh = {plain(option.code) for option in options if option.code}
    options = list(options)
    for place, other in pairs:
        mine = options[place]
        if not mine.code and plain(other.code) in fresh:
            other = replace(other, code="")
        options[place] = _filled(mine, other)
    return options


def _index(options: Iterable[Option]) -> dict[str, int]:
    """Return the places of options by their codes and by the forms of their names."""
    known: dict[str, int] = {}
    for number, option in enumerate(options):
        for form in (*forms(option.name), plain(option.code)):
            known.setdefault(form, number)
    known.pop("", None)
    return known


def forms(name: str) -> list[str]:
    """Return the ways a name may be written: without brackets, what is in them, no plural."""
    parts = [name, *re.split(r"[()/]", name)] if re.search(r"[(/]", name) else [name]
    found = [plain(part) for part in parts if part.strip()]
    return [*found, *(_singular(form) for form in found)]


def _singular(form: str) -> str:
    return form[:-1] if len(form) > 3 and form.endswith("s") and not form.endswith("ss") else form


def _place(option: Option, known: dict[str, int]) -> int | None:
    for form in (plain(option.code), *forms(option.name)):
        if form in known:
            return known[form]
    return None


def described(options: tuple[Option, ...], text: str) -> tuple[Option, ...]:
    """Fill empty descriptions with sentences of `text` that are about a category."""
    if not options or all(option.description for option in options):
        return options
    names = _index(replace(option, code="") for option in options)
    said: dict[int, list[str]] = {}
    last = None
    for sentence, at in placed_sentences(text):
        last = _sentence(sentence, names, last if at[1] else None, said)
    return tuple(
        replace(option, description=tidied(" ".join(said[number])))
        if number in said and not option.description
        else option
        for number, option in enumerate(options)
    )


def _sentence(
    sentence: str, names: dict[str, int], last: int | None, said: dict[int, list[str]]
) -> int | None:
    """Add a sentence to what is said of the category it is about, and return which that is."""
    if sentence.endswith("?"):
        return None
    found = None
    parts = ["", *_CLAUSES.split(sentence)]
    for joint, clause in zip(parts[::2], parts[1::2], strict=True):
        about = _about(clause, names)
        if about:
            found, rest = about
            said.setdefault(found, []).append(rest)
        elif found is not None:
            said[found][-1] += joint + clause
    goes_on = _GOES_ON.match(sentence) and not is_instruction(sentence)
    if found is None and last is not None and goes_on:
        said[last].append(sentence)
        return last
    return found


def _about(clause: str, names: dict[str, int]) -> tuple[int, str] | None:
    """Return which category a clause is about and what it says; None if about none."""
    lead = _LEAD.match(clause)
    words = clause[lead.end() if lead else 0 :].split(" ")
    for count in range(min(6, len(words) - 1), 0, -1):
        head = " ".join(words[:count])
        form = plain(head)
        place = names.get(form, names.get(_singular(form)))
        if place is not None:
            mark = head[-1] if head[-1] in ":\u2014," else ""
            rest = _rest(mark + " ".join(["", *words[count:]]))
            if rest:
                return place, rest
    return None


def _rest(text: str) -> str:
    """Return what a clause says after its subject; nothing if that is no statement."""
    text = text.strip()
    thing = _THING.match(text)
    text = text[thing.end() :] if thing and not text.lower().startswith("means") else text
    if _NOT_SAID.match(text):
        return ""
    said = _COPULA.sub("", text, count=1).strip(" \"'")
    return said if len(said.split()) > 1 or (said and not is_name(text, 2)) else ""

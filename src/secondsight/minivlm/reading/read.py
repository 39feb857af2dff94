"""Put together what the files of this package find in a prompt."""

from dataclasses import replace
from typing import Any

from secondsight.minivlm.question import CATEGORY, Option, Question
from secondsight.minivlm.reading.choices import choices
from secondsight.minivlm.reading.confidence import DEFAULT, confidence
from secondsight.minivlm.reading.data import Data, data
from secondsight.minivlm.reading.form import shown_form
from secondsight.minivlm.reading.heads import heads
from secondsight.minivlm.reading.item import Group
from secondsight.minivlm.reading.join import described, forms, joined, unique
from secondsight.minivlm.reading.lists import lists
from secondsight.minivlm.reading.mapping import mapping
from secondsight.minivlm.reading.mentions import mentions
from secondsight.minivlm.reading.passage import take_passage
from secondsight.minivlm.reading.tables import tables
from secondsight.minivlm.reading.tidy import plain, tidy, unnumbered, unspoken
from secondsight.minivlm.reading.wanted import (
    asked,
    asks_for_name,
    keys,
    named,
    speaks_of_confidence,
)
from secondsight.minivlm.reading.words import CONFIDENCE
from secondsight.minivlm.reading.yes_no import with_what_is_asked, yes_or_no


def read_question(text: str, response_format: dict[str, Any] | None = None) -> Question:
    """Return what a prompt asks for, from its words, system message and all.

    The values of the JSON schema asked for, in OpenAI's form, are the codes, where it has any; what
    they mean is taken from the text.
    """
    passage, text = take_passage(unnumbered(tidy(text)))
    read = data(unspoken(text))
    schema = asked(response_format or read.schema)
    names = keys(text, read.form, response_format)
    words = schema.confidence or _confidence(text, read)
    if speaks_of_confidence(names):
        words = words or DEFAULT
    options = mapping(text) or _options(read, words, tidy(schema.description))
    written, place = shown_form(text, sure=bool(words))
    if asks_for_name(f"{text}\nAnswer with {place}") and all(option.name for option in options):
        options = tuple(replace(option, code=option.name) for option in options)
    if schema.codes:
        options = _of_schema(schema.codes, options, text)
    options = with_what_is_asked(options, f"{text}\n\n{schema.description}")
    wanted = schema.fields or (named(names)[: 2 if words else 1] if names else ())
    coded: dict[str, Option] = {}
    for option in options:
        code = option.code or option.name
        coded.setdefault(code, replace(option, code=code))
    return Question(tuple(coded.values()), words, wanted, passage, written or CATEGORY)


def _confidence(text: str, read: Data) -> tuple[str, ...]:
    """Return the words for a confidence, from an answer's example or from the prose."""
    for key, value in read.form:
        if CONFIDENCE.search(key.replace("_", " ")):
            return confidence(f"{read.text}\n\nState your confidence: {value}")
    return confidence(text)


def _options(read: Data, words: tuple[str, ...], more: str) -> tuple[Option, ...]:
    """Return the categories that any place of the prompt gives."""
    groups, text = tables(read.text)
    text = f"{text}\n\n{more}" if more else text
    groups = [*read.groups, *groups, *lists(text), *heads(text), *choices(text), *_of_form(read)]
    groups += yes_or_no(text)
    kept = [sifted for group in groups if (sifted := _sifted(group, words))]
    options = described(joined(kept), text)
    spoken = mentions(text)
    return spoken if _better(spoken, options) else options


def _better(spoken: tuple[Option, ...], options: tuple[Option, ...]) -> bool:
    """Whether numbers spoken of in prose tell more than what was found otherwise."""
    numbers = {option.code for option in options if option.code.isdigit()}
    if numbers and all(option.name or option.description for option in options):
        return numbers < {option.code for option in spoken}
    return len(spoken) > 1


def _of_form(read: Data) -> list[Group]:
    """Return the names that an answer's example lists as its category's values."""
    values = [value for key, value in read.form if not CONFIDENCE.search(key.replace("_", " "))]
    listed = (f"Answer with one of: {value.strip(chr(34) + '<>[]')}" for value in values)
    return [group for text in listed for group in choices(text)]


def _sifted(group: Group, words: tuple[str, ...]) -> Group | None:
    """Return a group without words for a confidence; None if fewer than two are left."""
    levels = {plain(word) for word in words}
    options = (
        option
        for option in group.options
        if not {plain(option.name), plain(option.code)} & levels
        or (option.code.isdigit() and plain(option.name) not in levels)
    )
    kept = unique(option for option in options if option.code or option.name)
    return replace(group, options=kept) if len(kept) > 1 else None


def _of_schema(
    codes: tuple[str, ...], options: tuple[Option, ...], text: str
) -> tuple[Option, ...]:
    """Return one option for each of a schema's codes, with what the text says of it."""
    known: dict[str, Option] = {}
    for option in options:
        for form in (plain(option.code), *forms(option.name)):
            known.setdefault(form, option)
    same = [known.get(plain(code), Option("", "", "")) for code in codes]
    fresh = (
        Option(code, option.name or code, option.description)
        for code, option in zip(codes, same, strict=True)
    )
    return described(tuple(fresh), text)

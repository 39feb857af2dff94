"""Rules that turn a caption into a conversation: no language model, and the same turns each time.

They stand where GPT-4 stood in the papers, so that the way from captions to conversations can be
walked without a key. They repeat the caption's sentences under questions from a bank and know
nothing of what these mean.
"""

import re
from functools import cache
from pathlib import Path

from pydantic import field_validator

from secondsight import paths
from secondsight.descriptions.beyond import KINDS, mentions
from secondsight.simulate.seed import generator
from secondsight.toml import Entry, read_toml

WRITER = "rule-writer-1"
"""The name by which these rules are asked. Other rules or wordings are another name."""
BANK = paths.DATA / "finetune" / "questions.toml"
SEED = 70_707
LONGEST = 8
"""How many characters before a full stop are looked at for an abbreviation."""

Wordings = tuple[str, ...]

_GAP = re.compile(r"[.!?][\"'”’)\]]{0,3}( )")  # noqa: RUF001
_SHORT = re.compile(r"\b(?:approx|ca|cf|e\.g|i\.e|vs|al|Fig|No|St|Dr|Mr|Mrs|[A-Z])\.$")


class Bank(Entry):
    """The wordings of questions, and of the one answer that is not the caption's."""

    see: Wordings  # what is to be seen
    stands_out: Wordings  # one thing in it
    more: Wordings  # others
    beyond: dict[str, Wordings]  # what no image shows, by the kind of claim that would answer it
    not_told: Wordings  # the answer that the image alone does not tell

    @field_validator("beyond")
    @classmethod
    def _has_every_kind(cls, beyond: dict[str, Wordings]) -> dict[str, Wordings]:
        if tuple(beyond) != KINDS:
            raise ValueError(f"must have, in this order: {', '.join(KINDS)}")
        return beyond


@cache
def bank(path: Path = BANK) -> Bank:
    """Return the bank of wordings.

    Raises DataError if its file is not right.
    """
    return read_toml(path, Bank)


def sentences(caption: str) -> list[str]:
    """Return a caption's sentences, all white space as single blanks.

    A full stop after a listed abbreviation or a single capital ends none.
    """
    text = " ".join(caption.split())
    ended, start = [], 0
    for end in (gap.start(1) for gap in _GAP.finditer(text)):
        if not _SHORT.search(text[max(start, end - LONGEST) : end]):
            ended.append(text[start:end])
            start = end + 1
    return [*ended, text[start:]] if text[start:] else ended


def turns_of(caption: str, *, visible_only: bool) -> list[tuple[str, str]]:
    """Return one to four questions and answers about a caption; none if it is blank.

    If `visible_only`, sentences with a claim that no image bears out are left out, and what is
    asked beyond the image is answered by saying that it can't be told. Otherwise every sentence is
    kept, and such a question is asked only where the caption answers it. Wordings are drawn by the
    caption alone, so they are the same in both.
    """
    whole = sentences(caption)
    if not whole:
        return []
    claims = [(claim[0].kind, sentence) for sentence in whole if (claim := mentions(sentence))]
    claiming = {sentence for _, sentence in claims}
    kept = [sentence for sentence in whole if not (visible_only and sentence in claiming)]
    beyond = _beyond(caption, claims, visible_only=visible_only)
    told = {answer for _, answer in beyond}
    rest = [*_details(caption, [sentence for sentence in kept if sentence not in told]), *beyond]
    order = generator(SEED, "order", caption).permutation(len(rest))
    first = [(_drawn(bank().see, "see", caption), " ".join(kept))] if kept else []
    return first + [rest[place] for place in order]


def _details(caption: str, kept: list[str]) -> list[tuple[str, str]]:
    """Ask for single sentences: one of two, two of three and more, none of one."""
    kinds = {"stands_out": bank().stands_out, "more": bank().more}
    chosen = generator(SEED, "details", caption).permutation(list(kinds))
    places = generator(SEED, "places", caption).permutation(len(kept))
    count = min(len(kept) - 1, len(kinds))
    return [
        (_drawn(kinds[kind], kind, caption), kept[place])
        for kind, place in zip(chosen[: max(count, 0)], places, strict=False)
    ]


def _beyond(
    caption: str, claims: list[tuple[str, str]], *, visible_only: bool
) -> list[tuple[str, str]]:
    """Ask for what no image shows: what the caption claims if it claims something."""
    if not (claims or visible_only):
        return []
    kind, answer = claims[0] if claims else (_drawn(KINDS, "kind", caption), "")
    if visible_only:
        answer = _drawn(bank().not_told, "not told", caption)
    return [(_drawn(bank().beyond[kind], "beyond", caption), answer)]


def _drawn(wordings: Wordings, what: str, caption: str) -> str:
    return wordings[generator(SEED, what, caption).integers(len(wordings))]

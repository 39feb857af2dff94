"""How a sentence means the categories in it: as said, denied, doubted, or only supposed.

A sentence is read once forwards and once backwards. Words of denial and doubt (`cue_words`) hold
for the categories of their clause; a list goes on with what held for its first.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from secondsight.inference import cue_words


class Rank(IntEnum):
    """How plainly a category is given; a higher rank outweighs a lower one before it."""

    LOOSE, NAME, CODE, ANSWER, FINAL = range(5)


class State(IntEnum):
    """How a category is meant."""

    SAID, DENIED, DOUBTED, SUPPOSED = range(4)


Event = tuple[str, int, int]
"""What bears on the categories of a sentence: its kind, and where it starts and ends."""
NEAR = 3
"""A "no" denies a category at most so many words on: "no sign of a merger"."""
_GOVERN = {
    "not": State.DENIED,
    "after": State.DENIED,
    "untrue": State.DENIED,
    "contrast": State.DENIED,
    "maybe": State.DOUBTED,
    "unsure": State.DOUBTED,
    "possible": State.DOUBTED,
    "would": State.SUPPOSED,
}
_GOVERN_BACK = {
    "after": State.DENIED,
    "maybe": State.DOUBTED,
    "possible": State.DOUBTED,
    "would": State.SUPPOSED,
}


@dataclass(frozen=True)
class Mention:
    """A category where a text speaks of it."""

    label: str
    start: int
    end: int
    rank: Rank
    state: State = State.SAID
    framed: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence of a text and the categories in it."""

    start: int
    text: str
    mentions: tuple[Mention, ...]
    unsure: bool


def judged(start: int, text: str, mentions: list[Mention]) -> Sentence:
    """Return the sentence with each category denied or doubted by the words that govern it."""
    spans = [(mention.start - start, mention.end - start) for mention in mentions]
    events = _outside(cue_words.WORDING.finditer(text), spans)
    kinds = {kind for kind, _, _ in events}
    line = sorted([*events, *(("mention", *span) for span in spans)], key=lambda event: event[1])
    states = _backwards(line, mentions, _forwards(text, line, mentions))
    if text.rstrip(" \"')\n").endswith("?"):
        states = [state or State.DOUBTED for state in states]
    if "if" in kinds:
        states = [state or State.SUPPOSED for state in states]
    labels = [None, *(mention.label for mention in mentions)]
    meant = [
        # "Category 0 is round" tells what a category is, and not what the image shows.
        replace(mention, state=state, framed=mention.framed and mention.label != last)
        for last, mention, state in zip(labels, mentions, states, strict=False)
    ]
    return Sentence(start, text, tuple(meant), "unsure" in kinds)


def _outside(matches: Iterable[re.Match[str]], spans: list[tuple[int, int]]) -> list[Event]:
    """Return the wording outside the categories: "not a dwarf" may be the name of one."""
    starts = [start for start, _ in spans]
    events = []
    for match in matches:
        last = bisect_right(starts, match.end() - 1) - 1
        if last < 0 or match.start() >= spans[last][1]:
            events.append((str(match.lastgroup), match.start(), match.end()))
    return events


def _forwards(text: str, line: list[Event], mentions: list[Mention]) -> list[State]:
    """Return the states as the words before each category in its clause have it."""
    states: list[State] = []
    governs, unsure, likely, alone = State.SAID, False, False, True
    no_ends = maybe_ends = ended = -1
    for kind, start, end in line:
        if kind == "mention":
            denied = State.DENIED if governs is State.DENIED else State.SAID
            state = denied or mentions[len(states)].state or governs
            if 0 <= no_ends <= start and text[no_ends:start].count(" ") <= NEAR + 1:
                state = state or State.DENIED
            if states and cue_words.JOINED.fullmatch(text, ended, start):
                state = State.DENIED if states[-1] is State.DENIED else state or states[-1]
            alone = False
            hedged = unsure and not likely and mentions[len(states)].rank < Rank.ANSWER
            states.append(state or (State.DOUBTED if hedged else State.SAID))
            ended = end
        elif kind == "break" and not (alone and start == maybe_ends):
            governs, likely, no_ends, alone = State.SAID, False, -1, True
        elif kind in _GOVERN:
            governs = governs or _GOVERN[kind]
            maybe_ends = end if kind == "maybe" else maybe_ends
        unsure = unsure or kind == "unsure"
        likely = likely or kind == "likely"
        no_ends = end if kind == "no" else no_ends
    return states


def _backwards(line: list[Event], mentions: list[Mention], states: list[State]) -> list[State]:
    """Return the states with those changed that the words after a category change."""
    changed, governs, unsure, untrue = list(states), State.SAID, False, False
    at = len(mentions)
    for kind, _, _ in reversed(line):
        if kind == "mention":
            at -= 1
            shaken = unsure and mentions[at].rank < Rank.FINAL
            denied = State.DENIED if untrue else State.SAID
            changed[at] = changed[at] or governs or denied or (State.DOUBTED if shaken else denied)
            unsure = untrue = False
        elif kind in {"break", "aside"}:
            governs = State.SAID
        governs = _GOVERN_BACK.get(kind, governs)
        unsure = unsure or kind == "unsure"
        untrue = untrue or kind == "untrue"
    return changed

"""Where a text speaks of a task's categories, by code or by name, and how plainly it does."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from secondsight.datasets.tasks import Task, plain_name
from secondsight.inference import cue_words
from secondsight.inference.meaning import Mention, Rank, Sentence, State, judged

CONTEXT = 80
"""So many characters before a category are looked at for a cue."""

_NOT_BEFORE = r"(?<![\w.+\-/%$€£~^<>≈±])(?<!\d,)"
_NOT_AFTER = (
    r"(?!\w|[/^~+]|[.,:]\d|-\w| ?(?:[±%‰°$€£]|[x\u00d7\u00b7] ?\d)| (?:(?:out )?of|in) (?:a )?\d"
    r"| ?(?:per ?cent|prozent|pour ?cent|por ?cento?|percento))"
)
_FEATURE = (
    r"(?! (?:arms?|structures?|patterns?|features?|cores?|bulges?|nucle\w{1,4}|cent(?:er|re)s?)\b)"
)
_OTHER_DWARFS = r"(?<!white )(?<!brown )(?<!red )"
_ENDS = re.compile(r"[\"')]{0,2}(?:[.,;!]|$)")
_COUNTED = re.compile(
    r"\b(?:image|figure|fig\.|panel|galaxy|object|source|step|picture|part|point|table|section"
    r"|page|ngc|line|row|question|task|test|sample) #?$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]")
_NUMERAL = re.compile(r" ?(?:[,&/;+-]|and|or|und|et|to)? ?(?:I{1,3}|IV|[1-3])(?![\w.])")
_OPENS = re.compile(r"(?:[,;]| -| \(| (?:because|since|as)\b) ?(?![\d(])")


class Finder:
    """Find the categories of one task in plain prose."""

    def __init__(self, task: Task) -> None:
        self.spelt = task.spelt
        self._heads = _heads(task)
        # A name that is the code too, such as "no", counts only where a code would.
        codes_spelt = set(map(plain_name, task.codes))
        every = (name for each in task.categories for name in (each.name, *each.aliases))
        names = [name for name in every if plain_name(name) not in codes_spelt]
        self.names = _alternatives(names)
        self._beside = re.compile(rf"[\W_]{{0,4}}?({self.names.pattern})", re.IGNORECASE)
        codes = "|".join(map(re.escape, sorted(task.codes, key=len, reverse=True)))
        self.code = rf"(?P<code>{codes})(?:\.0+)?"
        self._codes = re.compile(_NOT_BEFORE + self.code + _NOT_AFTER, re.IGNORECASE)
        self._another = re.compile(rf"{cue_words.JOINED_BY}(?:{codes}|\d{{1,3}})(?!\w| ?%|[.,]\d)")

    def sentences(self, text: str) -> list[Sentence]:
        """Return the sentences of `text`, each with how it means the categories in it."""
        spans = list(_sentence_spans(text))
        starts = [start for start, _ in spans]
        held: list[list[Mention]] = [[] for _ in spans]
        for mention in sorted(self._mentions(text), key=lambda mention: mention.start):
            held[bisect_right(starts, mention.start) - 1].append(mention)
        return [
            judged(start, text[start:end], mentions)
            for (start, end), mentions in zip(spans, held, strict=True)
        ]

    def _mentions(self, text: str) -> Iterator[Mention]:
        names = list(self.names.finditer(text))
        starts = [name.start() for name in names]
        raised: dict[int, Rank] = {}
        for match in self._codes.finditer(text):
            inside = bisect_right(starts, match.start()) - 1
            if inside >= 0 and match.start() < names[inside].end():
                continue
            code, name_start = self._coded(text, match)
            if code is not None:
                raised[name_start] = max(raised.get(name_start, code.rank), code.rank)
                yield code
        for name in names:
            yield self._named(text, name, raised.get(name.start(), Rank.NAME))

    def _named(self, text: str, match: re.Match[str], rank: Rank) -> Mention:
        """Return a name as a mention of the rank of the code that it belongs to."""
        before = text[max(match.start() - CONTEXT, 0) : match.start()]
        state = State.SUPPOSED if _is_of(before) else State.SAID
        if self._in_a_list(before, text, match):
            state = State.DOUBTED
        framed = bool(cue_words.FRAMED.search(before))
        label = self.spelt[plain_name(match[0])]
        return Mention(label, match.start(), match.end(), rank, state, framed)

    def _coded(self, text: str, match: re.Match[str]) -> tuple[Mention | None, int]:
        """Return a code as a mention, and where the name that belongs to it starts (or -1)."""
        before = text[max(match.start() - CONTEXT, 0) : match.start()]
        after = text[match.end() : match.end() + CONTEXT]
        beside = self._beside.match(text, match.end())
        rank = _rank(before, after, match["code"], beside is not None)
        label = self.spelt[plain_name(match["code"])]
        if match["code"] != label and (rank is Rank.LOOSE or not _ENDS.match(after)):
            return None, -1
        if rank is Rank.LOOSE:
            if _is_count(after) or _is_enumerated(text, match) or _COUNTED.search(before):
                return None, -1
            if beside and beside.start(1) - match.end() > 1:
                rank = Rank.CODE
        joined = self._another.match(after) or cue_words.OR_AFTER.match(after)
        doubted = joined or cue_words.OR_BEFORE.search(before)
        state = State.DOUBTED if doubted else State.SAID
        framed = rank >= Rank.CODE and bool(cue_words.FRAMED.search(before))
        code = Mention(label, match.start(), match.end(), rank, state, framed)
        return code, beside.start(1) if beside and rank > Rank.LOOSE else -1

    def _in_a_list(self, before: str, text: str, match: re.Match[str]) -> bool:
        after = text[match.end() : match.end() + 12]
        if match[0][-1] in "I123" and _NUMERAL.match(after):
            return True
        if cue_words.OR_AFTER.match(after) or cue_words.OR_BEFORE.search(before):
            return True
        head = re.search(r"([\w-]{1,20}) ?(?:,|&|\band\b) ?$", before)
        codes = self._heads.get(head[1].lower().split("-")[0]) if head else None
        return codes is not None and self.spelt[plain_name(match[0])] not in codes


def _rank(before: str, after: str, code: str, named: bool) -> Rank:
    counts = _is_count(after) and not named
    if cue_words.IS_CHOSEN.match(after):
        return Rank.ANSWER
    if not _WORD.search(before):
        return Rank.CODE if _stands_alone(before, after) else Rank.LOOSE
    if cue_words.FINAL.search(before) and not counts:
        return Rank.FINAL
    if cue_words.ANSWER.search(before) and not counts:
        return Rank.ANSWER
    if cue_words.CATEGORY.search(before) and not (counts and code == "A"):
        return Rank.CODE
    return Rank.CODE if _stands_alone(before, after) else Rank.LOOSE


def _stands_alone(before: str, after: str) -> bool:
    """Whether a code without a cue is given all the same, as in "1: faint" or "It is 1."."""
    if cue_words.IT_IS.search(before) and _ENDS.match(after):
        return True
    if re.match(r" ?[:=] ?[A-Za-z]", after) and not before[-2:-1].isalpha():
        return True
    return not before and bool(_OPENS.match(after))


def _is_count(after: str) -> bool:
    return bool(cue_words.GOES_ON.match(after))


def _is_enumerated(text: str, match: re.Match[str]) -> bool:
    """Whether the number of a point ("1. Look at") is what seems to be a code."""
    mark, code = text[match.end() : match.end() + 1], match["code"]
    return mark in {".", ")"} and code.isdigit() and text[match.end() + 1 : match.end() + 2] == " "


def _is_of(before: str) -> bool:
    """Whether a name is only what something else belongs to: "a hallmark of a merger"."""
    of = cue_words.OF.search(before)
    return of is not None and (of[1] or "").lower() not in cue_words.SHOWN


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in cue_words.SENTENCE_END.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


def _heads(task: Task) -> dict[str, set[str]]:
    """Return the first words of names of several words, each with the codes it may stand for."""
    heads: dict[str, set[str]] = {}
    for category in task.categories:
        for name in filter(_is_long, (category.name, *category.aliases)):
            heads.setdefault(re.split("[- ]", name)[0].lower(), set()).add(category.code)
    return heads


def _is_long(name: str) -> bool:
    return " " in name or "-" in name


def _alternatives(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for whole names, the longest first: "unbarred spiral" is no "spiral"."""
    longest_first = sorted(names, key=len, reverse=True)
    words = "|".join(
        r"[- ]".join(map(re.escape, re.split(r"[-\s]+", name)))
        + ("" if _is_long(name) else _FEATURE)
        for name in longest_first
    )
    return re.compile(rf"(?<![\w-]){_OTHER_DWARFS}(?:{words or '(?!)'})(?![\w-])", re.IGNORECASE)

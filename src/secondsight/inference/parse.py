"""From a model's text to a category: tolerant of wording, strict about guessing.

An answer counts only if the text names exactly one category. A text that names none or several,
or that denies or doubts the one it names, is unparseable, and one that declines is a refusal; both
stay in every table as what they are.

Reasoning between tags goes first (`normalise`). Then, in order: the field of a JSON object
(`json_answer`); a bare code or name as the first or the last line; a code behind a cue ("category
1", "Antwort: 1") or with its name ("G: irregular"); and last a name somewhere in a finished
sentence (`mentions`). It counts if the words around it do not deny or doubt it (`meaning`, by the
words in `cue_words`) and nothing else in the text gainsays it (`decide`). A sentence that was cut
off while still describing has not answered.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from secondsight.datasets.tasks import Task, plain_name
from secondsight.inference import cue_words, json_answer, normalise
from secondsight.inference.decide import chosen, stated, upheld
from secondsight.inference.json_answer import CONFIDENCE_FIELDS, LABEL_FIELDS, Fields
from secondsight.inference.meaning import Rank, Sentence
from secondsight.inference.mentions import Finder

__all__ = ["CONFIDENCE_FIELDS", "LABEL_FIELDS"]

ANSWERED, REFUSED, UNPARSEABLE, EMPTY = "answered", "refused", "unparseable", "empty"
CUT_OFF, NOT_ANSWERED = "cut off", "not answered"
"""Empty, for its greatest length was used up before it began; refused by the endpoint for good."""
OUTCOMES = (ANSWERED, REFUSED, UNPARSEABLE, EMPTY, CUT_OFF, NOT_ANSWERED)
SHORT = 6
"""A text of so many words needs no full stop to be taken as finished."""

_WITH_CONFIDENCE = re.compile(
    r"(.{1,60}?) ?(?:[,;(]| -| with) ?(?:confidence:? ?)?"
    r"(high|medium|low|\d{1,3} ?%|0?\.\d{1,6})(?: confidence)?[). ]{0,4}",
    re.IGNORECASE,
)
"""A category and nothing but the confidence in it: "1, High"."""
_CONFIDENCE = re.compile(r"\bconfidence(?: is| level)?:? (high|medium|low)\b", re.IGNORECASE)
_OPEN, _CLOSE = r"[\s\"'(\[{#:;=]*", r"(?: です)?[\s\"')\]}.:;,!]*"
_ARTICLE = re.compile(r"[\"'(]{0,2}a \w", re.IGNORECASE)
_LIST = re.compile(r"(?:the |my )?(?:options|choices|categories|classes|labels)\b", re.IGNORECASE)
"""How a line begins that lists what there is to choose from."""
_CUE = re.compile(
    rf"{_OPEN}(?:(?:the|my|final|die|la|最终) ?){{0,2}}"
    r"(?:answer|choice|antwort|réponse|respuesta|risposta|resposta|答案|回答|答え)"
    r"(?: (?:is|ist|est|es|è|é|是|は))?[ :=\"'(]{1,4}",
    re.IGNORECASE,
)
LINE = 200
"""A line of more characters is no bare category."""


@dataclass(frozen=True)
class Answer:
    """What a text was taken to say."""

    label: str | None  # the category's code; None unless `outcome` is ``"answered"``
    outcome: str  # one of `OUTCOMES`
    confidence: str | None = None  # stated in a JSON field or beside the category, in lower case


class Parser:
    """Parse the texts that answer one task."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._finder = Finder(task)
        code, name = self._finder.code, self._finder.names.pattern
        both = rf"{code}[\W_]{{1,4}}(?P<name>{name})", rf"(?P<name>{name})[\W_]{{1,4}}{code}"
        self._bare = [re.compile(f"{_OPEN}{form}{_CLOSE}", re.IGNORECASE) for form in (code, *both)]
        self.parse = lru_cache(maxsize=4096)(self._parse)

    def _parse(self, text: str | None) -> Answer:
        """Return what `text` says; one that names no single category is never guessed at."""
        raw = normalise.shortened(normalise.without_reasoning(text or ""))
        plain = normalise.plain(raw)
        objects = json_answer.objects(raw)
        if not objects and plain != raw:
            objects, raw = json_answer.objects(plain), plain
        if objects:
            return self._parse_objects(objects, raw)
        return self._parse_prose(normalise.prose(plain))

    def _parse_objects(self, objects: list[json_answer.Found], text: str) -> Answer:
        """Return what JSON objects say, and what the prose around them leaves of that."""
        pieces, confidence, start = [], None, 0
        for fields, begin, end in objects:
            answer = self._parse_fields(fields)
            confidence = confidence or answer.confidence
            if answer.label is None and fields.labels() != []:
                return Answer(None, answer.outcome, confidence)
            pieces += [
                text[start:begin],
                f" Final answer: {answer.label}. " if answer.label else " ",
            ]
            start = end
        around = normalise.prose(normalise.plain("".join([*pieces, text[start:]])))
        answer = self._parse_prose(around) if around else Answer(None, UNPARSEABLE)
        return Answer(answer.label, answer.outcome, confidence or answer.confidence)

    def _parse_fields(self, fields: Fields) -> Answer:
        labels = fields.labels()
        values = None if labels is None else list(json_answer.values(labels))
        answers = {self._parse_value(value) for value in values or [None]}
        answer = answers.pop() if len(answers) == 1 else Answer(None, UNPARSEABLE)
        return Answer(answer.label, answer.outcome, fields.confidence() or answer.confidence)

    def _parse_value(self, value: str | None) -> Answer:
        text = normalise.prose(normalise.plain(value or ""))
        return self._parse_prose(text) if text else Answer(None, UNPARSEABLE)

    def _parse_prose(self, text: str) -> Answer:
        if not text:
            return Answer(None, EMPTY)
        first, last = self._bare_ends(text.split("\n"))
        sentences = self._finder.sentences(text)
        if first or last:
            return self._confirmed(first, last, text, sentences)
        least = Rank.NAME if _is_finished(text) else Rank.CODE
        label = chosen(sentences, least)
        if label is not None:
            return Answer(label, ANSWERED, _confidence(text))
        refused = not stated(sentences, least) and cue_words.REFUSAL.search(text)
        return Answer(None, REFUSED if refused else UNPARSEABLE)

    def _confirmed(
        self, first: Answer | None, last: Answer | None, text: str, sentences: list[Sentence]
    ) -> Answer:
        """Return the category on the first or the last line, unless the rest gainsays it."""
        bare = last or first
        labels = {line.label for line in (first, last) if line}
        if last and not first:
            labels |= {mention.label for mention in stated(sentences, Rank.ANSWER)}
        if bare is None or bare.label is None or len(labels) > 1:
            return Answer(None, UNPARSEABLE)
        if not last and not upheld(sentences, bare.label, text.find("\n")):
            return Answer(None, UNPARSEABLE)
        return bare if bare.confidence else Answer(bare.label, ANSWERED, _confidence(text))

    def _bare_ends(self, lines: list[str]) -> tuple[Answer | None, Answer | None]:
        """Return the bare categories on the first and the last line of a text.

        A line is none where it opens or closes a list of what there is to choose from.
        """
        first, last = self._bare_line(lines[0]), self._bare_line(lines[-1])
        if _LIST.match(lines[0]) and not _CUE.match(lines[-1]):
            return None, None
        if len(lines) < 3 or not last:
            return first, last
        if _CUE.match(lines[-1]):
            return (None if self._in_a_list(first, lines[1]) else first), last
        return first, (None if self._in_a_list(last, lines[-2]) else last)

    def _in_a_list(self, bare: Answer | None, neighbour: str) -> bool:
        beside = self._bare_line(neighbour)
        return bool(bare and beside) and bare != beside

    def _bare_line(self, line: str) -> Answer | None:
        """Return the category that is all a line says, with its confidence if that stands there."""
        if len(line) > LINE:
            return None
        label = self._bare_label(line)
        if label is not None:
            return Answer(label, ANSWERED) if label else Answer(None, UNPARSEABLE)
        sure = _WITH_CONFIDENCE.fullmatch(line)
        label = self._bare_label(sure[1]) if sure else None
        if sure is None or not label:
            return None
        return Answer(label, ANSWERED, sure[2].lower() if sure[2].isalpha() else None)

    def _bare_label(self, line: str) -> str | None:
        """Return the code that a line gives; empty where its name is another category's."""
        cue = _CUE.match(line)
        rest = line[cue.end() :] if cue else line
        rest = rest[1:-1] if rest[:1] == "<" and rest[-1:] == ">" else rest
        if rest[-1:] in {"'", '"'} and rest.count(rest[-1]) == 1:
            return None  # an angle: 1" is an arcsecond
        spelt = self._finder.spelt
        for form in self._bare:
            bare = form.fullmatch(rest)
            if bare:
                labels = {spelt[plain_name(word)] for word in bare.groupdict().values()}
                if len(labels) == 1:
                    return labels.pop()
                return None if _ARTICLE.match(rest) else ""
        name = plain_name(rest)
        return None if name.upper() in self.task.codes else spelt.get(name)


def _confidence(text: str) -> str | None:
    stated = _CONFIDENCE.search(text)
    return stated[1].lower() if stated else None


def _is_finished(text: str) -> bool:
    return text.rstrip(" \"'*)]")[-1:] in {".", "!", "?"} or len(text.split()) <= SHORT

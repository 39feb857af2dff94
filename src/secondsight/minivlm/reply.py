"""From probabilities to the text of an answer.

A category is drawn from the model's probabilities, then written down as the question asks. All
randomness is in the draw: once the category is drawn, the rest of the text is certain.

The confidence word is made from the drawn category's probability p, at temperature 1. Of three
words the highest stands for p >= 0.9, the middle one for p >= 0.7, the lowest for less. Any other
number of words shares the range from 1/k (k categories) to 1 in equal parts.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from secondsight.dtypes import Floats
from secondsight.minivlm.question import CATEGORY, CONFIDENCE, Question

Finish = Literal["stop", "length"]

SURE = (0.9, 0.7)
"""From which probability the highest of three words is said, and from which the middle one."""

NEVER = -9999.0
"""The log-probability that stands for zero, as in OpenAI's replies."""

TOKEN = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")


@dataclass(frozen=True)
class Token:
    """A piece of an answer's text; `drawn` where it is the category."""

    text: str
    drawn: bool = False


@dataclass(frozen=True)
class Form:
    """How an answer is written: what stands in it for each category, and the whole of it.

    `write` takes a category's index and its probability.
    """

    labels: tuple[str, ...]
    write: Callable[[int, float], tuple[Token, ...]]


@dataclass(frozen=True)
class Reply:
    """One finished answer; `index` is the drawn category, None where there is none to draw."""

    tokens: tuple[Token, ...]
    finish: Finish
    index: int | None = None

    @property
    def text(self) -> str:
        """The answer as one string."""
        return "".join(token.text for token in self.tokens)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Split `text` into words and marks, each with the white space before it."""
    return tuple(map(Token, TOKEN.findall(text)))


def weights(probabilities: Floats, temperature: float = 1.0, top_p: float = 1.0) -> Floats:
    """Return the probabilities to draw with.

    Temperature comes first, then only the most probable categories that together reach `top_p`
    stay. Temperature 0 leaves the most probable alone, the first one if several are.
    """
    if temperature == 0 or top_p == 0:
        only = np.zeros(len(probabilities))
        only[np.argmax(probabilities)] = 1.0
        return only
    with np.errstate(divide="ignore", over="ignore"):
        logs = np.log(probabilities)
        scaled = np.exp((logs - logs.max()) / temperature)
    scaled /= scaled.sum()
    order = np.argsort(-scaled, kind="stable")
    before = np.cumsum(scaled[order]) - scaled[order]
    scaled[order[before >= top_p]] = 0.0
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)


def draw(weighted: Floats, rng: np.random.Generator) -> int:
    """Return the index of one category, drawn with these weights."""
    sums = np.cumsum(weighted)
    drawn = int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))
    return min(drawn, int(np.flatnonzero(weighted)[-1]))  # rounding may reach past the last


def confidence_word(probability: float, words: Sequence[str], categories: int) -> str:
    """Return the word for a category's probability; `words` begin with the highest."""
    if len(words) == len(SURE) + 1:
        return words[sum(probability < least for least in SURE)]
    chance = 1 / max(categories, 2)
    part = (1 - probability) / (1 - chance) * len(words)
    return words[min(max(int(part), 0), len(words) - 1)]


def plain_form(question: Question) -> Form:
    """Return the form of a plain text: as it is asked, a confidence after a comma if not."""
    labels, words = tuple(option.code for option in question.options), question.confidence
    form = question.form
    if words and CONFIDENCE not in form:
        form += f", {CONFIDENCE}"

    def write(index: int, probability: float) -> tuple[Token, ...]:
        word = confidence_word(probability, words, len(labels)) if words else ""
        before, after = form.replace(CONFIDENCE, word).split(CATEGORY)
        return (*tokens_of(before), Token(labels[index], drawn=True), *tokens_of(after))

    return Form(labels, write)


def json_form(
    values: Sequence[object],
    category: str,
    others: Mapping[str, Callable[[float], object]],
    order: Sequence[str],
) -> Form:
    """Return the form of a JSON object, whose fields are written in this order.

    The field `category` says one of `values` for each category; what `others` say is given the
    drawn category's probability.
    """
    labels = tuple(map(_inside, values))

    def write(index: int, probability: float) -> tuple[Token, ...]:
        tokens = [Token("{")]
        for number, name in enumerate(order):
            tokens += tokens_of((", " if number else "") + f"{_json(name)}: ")
            if values and name == category:
                quote = tokens_of('"' if isinstance(values[index], str) else "")
                tokens += [*quote, Token(labels[index], drawn=True), *quote]
            else:
                tokens += tokens_of(_json(others[name](probability)))
        return (*tokens, Token("}"))

    return Form(labels, write)


def form_of(question: Question) -> Form:
    """Return the form that the question asks for: plain text, or JSON with its fields."""
    if not question.fields:
        return plain_form(question)
    category, *rest = question.fields
    words, count = question.confidence, len(question.options)
    others: dict[str, Callable[[float], object]] = {}
    if rest and words:
        others[rest[0]] = lambda probability: confidence_word(probability, words, count)
    codes = [option.code for option in question.options]
    return json_form(codes, category, others, [category, *others])


def reply(
    form: Form,
    probabilities: Floats,
    weighted: Floats,
    rng: np.random.Generator,
    *,
    most: int | None = None,
    stops: Sequence[str] = (),
) -> Reply:
    """Draw a category and return the answer, cut where it must be."""
    index = draw(weighted, rng)
    return cut(form.write(index, float(probabilities[index])), most=most, stops=stops, index=index)


def cut(
    tokens: tuple[Token, ...],
    *,
    most: int | None = None,
    stops: Sequence[str] = (),
    index: int | None = None,
) -> Reply:
    """Return these tokens as an answer: at most `most` of them, and nothing from a stop on."""
    kept = tokens if most is None else tokens[:most]
    text = "".join(token.text for token in kept)
    ends = [at for at in (text.find(stop) for stop in stops) if at >= 0]
    if ends:
        return Reply(_until(kept, min(ends)), "stop", index)
    return Reply(kept, "length" if len(kept) < len(tokens) else "stop", index)


def logprobs(
    answer: Reply, labels: Sequence[str], probabilities: Floats, top: int
) -> list[dict[str, Any]]:
    """Return the tokens with their log-probabilities, in OpenAI's form.

    The category's token carries the model's own probability, at temperature 1, and the `top` most
    probable categories beside it; every other token is certain.
    """
    ranked = np.argsort(-probabilities, kind="stable")[: top if labels else 0]
    categories = [_logprob(labels[rank], float(probabilities[rank])) for rank in ranked]
    listed = []
    for token in answer.tokens:
        drawn = token.drawn and answer.index is not None
        probability = float(probabilities[answer.index]) if drawn else 1.0
        told = _logprob(token.text, probability)
        beside = categories if drawn else [told] if top else []
        listed.append({**told, "top_logprobs": beside})
    return listed


def _logprob(text: str, probability: float) -> dict[str, Any]:
    value = math.log(probability) if probability > 0 else NEVER
    return {"token": text, "logprob": value, "bytes": list(text.encode())}


def _until(tokens: tuple[Token, ...], end: int) -> tuple[Token, ...]:
    """Return the tokens of the first `end` characters."""
    kept: list[Token] = []
    for token in tokens:
        part = token.text[:end]
        if part:
            kept.append(Token(part, token.drawn))
        end -= len(part)
    return tuple(kept)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _inside(value: object) -> str:
    """Return a value as JSON, without the quotes around a text."""
    return _json(value)[1:-1] if isinstance(value, str) else _json(value)

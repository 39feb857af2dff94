"""From the body of a request to the body of a chat completion.

Several threads answer side by side. They share the model and the memory of its judgements.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import orjson

from secondsight.dtypes import Floats, Pixels
from secondsight.errors import SecondSightError
from secondsight.minivlm.memory import Memory
from secondsight.minivlm.question import CATEGORY, Question
from secondsight.minivlm.reading.read import read_question
from secondsight.minivlm.reading.tidy import tidy
from secondsight.minivlm.reading.yes_no import yes_or_no_alone
from secondsight.minivlm.reply import (
    Form,
    Reply,
    cut,
    form_of,
    json_form,
    reply,
    tokens_of,
    weights,
)
from secondsight.minivlm.server.conversation import Conversation
from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.exchange import CERTAIN, completion, read_body
from secondsight.minivlm.server.requests import Asked, Body
from secondsight.minivlm.server.schema import form_of_schema

REMEMBERED = 8192
"""How many judgements are kept, so that a question put again costs nothing."""
MOST_READ = 256
"""How many texts' questions are kept: most are asked of picture after picture."""
MOST_CATEGORIES = 100
NOTHING = (
    "The messages show no image and name no categories to choose from: there is nothing to answer."
)


class Model(Protocol):
    """An image-text model; the server calls it from several threads."""

    @property
    def name(self) -> str:
        """The name that a client asks for."""

    def probabilities(self, pixels: Sequence[Pixels], question: Question) -> Floats:
        """Return one probability for each of the question's options; they sum to 1."""

    def describe(self, pixels: Sequence[Pixels]) -> str:
        """Return a sentence or two about what the images show."""


class Chat:
    """Answers requests about images with a model."""

    def __init__(self, model: Model) -> None:
        self.model, self.name = model, model.name
        self._judged = Memory[Any](REMEMBERED)

    def answer(self, body: Body) -> Body:
        """Return the chat completion for a request's body.

        Raises Refused if the request can't be answered; the error says why.
        """
        asked, conversation = read_body(body)
        question = _question(conversation, asked.form)
        try:
            form, probabilities = self._judge(question, conversation, asked)
        except SecondSightError as error:
            raise Refused(f"{error}.", param="messages", code="invalid_value") from None
        replies = _draw(form, probabilities, asked, body)
        return completion(self.name, replies, (asked, conversation), form.labels, probabilities)

    def _judge(
        self, question: Question, conversation: Conversation, asked: Asked
    ) -> tuple[Form, Floats]:
        """Return the answer's form, and how probable each category is."""

        def describe() -> str:
            if not conversation.pictures:
                raise Refused(NOTHING, param="messages", code="invalid_value")
            return str(self._remembered(conversation, None, self.model.describe))

        if asked.by_schema is not None:
            form = form_of_schema(asked.by_schema, question, describe)
        else:
            form = form_of(question) if question.options else _free(describe(), asked)
        if not question.options:
            return form, CERTAIN
        judge = self.model.probabilities
        return form, self._remembered(conversation, question, lambda seen: judge(seen, question))

    def _remembered(
        self,
        conversation: Conversation,
        question: Question | None,
        judge: Callable[[list[Pixels]], Any],
    ) -> Any:
        """Return what the model says of these images, asking it only if it is not known yet."""
        asked = repr(([picture.sha256 for picture in conversation.pictures], question))
        key = hashlib.sha256(asked.encode()).digest()
        pictures = conversation.pictures
        return self._judged.get(key, lambda: judge([picture.pixels() for picture in pictures]))


def _question(conversation: Conversation, response_format: Body | None) -> Question:
    """Return what is asked; earlier messages are read too if the last names no categories.

    Yes and no are the categories of an image only if there are no others.
    """
    question = _read(conversation.question, response_format)
    if not question.options and conversation.whole != conversation.question:
        earlier = _read(conversation.whole, response_format)
        question = replace(
            earlier,
            passage=question.passage or earlier.passage,
            confidence=question.confidence or earlier.confidence,
            fields=question.fields or earlier.fields,
            form=earlier.form if question.form == CATEGORY else question.form,
        )
    if not question.options and response_format is None and conversation.pictures:
        question = replace(question, options=yes_or_no_alone(tidy(conversation.question)))
    count = len(question.options)
    if count > MOST_CATEGORIES:
        raise wrong("messages", f"found {count} categories: {MOST_CATEGORIES} are the most")
    return question


def _read(text: str, response_format: Body | None) -> Question:
    return read_question(text, response_format) if response_format else _read_text(text)


@lru_cache(maxsize=MOST_READ)
def _read_text(text: str) -> Question:
    return read_question(text)


def _free(text: str, asked: Asked) -> Form:
    """Return the form of an answer in free words."""
    if asked.as_json:
        return json_form([], "", {"description": lambda _: text}, ["description"])
    return Form((), lambda *_: tokens_of(text))


def _draw(form: Form, probabilities: Floats, asked: Asked, body: Body) -> list[Reply]:
    """Return as many answers as are asked for."""
    if not form.labels:
        return [cut(form.write(0, 1.0), most=asked.most, stops=asked.stop)] * asked.n
    rng = _generator(asked, body)
    weighted = weights(probabilities, asked.temperature, asked.top_p)
    return [
        reply(form, probabilities, weighted, rng, most=asked.most, stops=asked.stop)
        for _ in range(asked.n)
    ]


def _generator(asked: Asked, body: Body) -> np.random.Generator:
    """Return the source of chance: of the seed and the whole request, or fresh without a seed."""
    if asked.seed is None:
        return np.random.default_rng()
    plain = {name: body[name] for name in body if name not in {"stream", "stream_options"}}
    try:
        written = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # what was read may be deeper than what can be written
        raise Refused("The body's values are nested too deeply.", code="invalid_value") from None
    return np.random.default_rng(int.from_bytes(hashlib.sha256(written).digest(), "big"))

"""From the body of a request to the body of a chat completion.

Everything here runs in one thread at a time: the model and the memory of its judgements are used
by that thread alone.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import orjson

from secondsight.dtypes import Floats
from secondsight.errors import SecondSightError
from secondsight.minivlm.question import Question
from secondsight.minivlm.reading.read import read_question
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
from secondsight.minivlm.server.model import Model
from secondsight.minivlm.server.requests import Asked, Body
from secondsight.minivlm.server.schema import form_of_schema

REMEMBERED = 8192
"""How many judgements are kept, so that a question put again costs nothing."""

MOST_CATEGORIES = 100


class Chat:
    """Answers requests about images with a model.

    Parameters
    ----------
    model : Model
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._judged: OrderedDict[bytes, Any] = OrderedDict()

    @property
    def name(self) -> str:
        """The name that a client asks for."""
        return self.model.name

    def answer(self, body: Body) -> Body:
        """Return the chat completion for a request's body.

        Raises
        ------
        Refused
            If the request can't be answered; the error says why.
        """
        asked, said = read_body(body)
        question = _question(said, asked.form)
        try:
            form, probabilities = self._judge(question, said, asked)
        except SecondSightError as error:
            raise Refused(f"{error}.", param="messages", code="invalid_value") from None
        replies = _draw(form, probabilities, asked, body)
        return completion(self.name, replies, said, asked, form.labels, probabilities)

    def _judge(self, question: Question, said: Conversation, asked: Asked) -> tuple[Form, Floats]:
        """Return the answer's form, and how probable each category is."""
        if asked.by_schema is not None:
            form = form_of_schema(asked.by_schema, question, lambda: self._described(said))
        elif question.options:
            form = form_of(question)
        else:
            text = self._described(said)
            form = _free(text, as_json=asked.as_json)
        if not question.options:
            return form, CERTAIN
        return form, self._remembered(said, question, lambda: self._probabilities(said, question))

    def _probabilities(self, said: Conversation, question: Question) -> Floats:
        return self.model.probabilities([one.pixels() for one in said.pictures], question)

    def _described(self, said: Conversation) -> str:
        if not said.pictures:
            raise Refused(
                "The messages show no image and name no categories to choose from: there is "
                "nothing to answer.",
                param="messages",
                code="invalid_value",
            )
        return str(
            self._remembered(
                said, None, lambda: self.model.describe([one.pixels() for one in said.pictures])
            )
        )

    def _remembered(
        self, said: Conversation, question: Question | None, judge: Callable[[], Any]
    ) -> Any:
        """Return what the model says of these images, asking it only if it is not known yet."""
        told = repr(([one.sha256 for one in said.pictures], question))
        key = hashlib.sha256(told.encode()).digest()
        if key not in self._judged:
            self._judged[key] = judge()
            if len(self._judged) > REMEMBERED:
                self._judged.popitem(last=False)
        self._judged.move_to_end(key)
        return self._judged[key]


def _question(said: Conversation, response_format: Body | None) -> Question:
    """Return what is asked; earlier messages are read too if the last names no categories."""
    question = read_question(said.question, response_format)
    if not question.options and said.whole != said.question:
        earlier = read_question(said.whole, response_format)
        question = replace(
            earlier,
            passage=question.passage or earlier.passage,
            confidence=question.confidence or earlier.confidence,
            fields=question.fields or earlier.fields,
        )
    if len(question.options) > MOST_CATEGORIES:
        found = f"found {len(question.options)} categories: {MOST_CATEGORIES} are the most"
        raise wrong("messages", found)
    return question


def _free(text: str, *, as_json: bool) -> Form:
    """Return the form of an answer in free words."""
    if as_json:
        return json_form([], "", {"description": lambda _: text}, ["description"])
    return Form((), lambda *_: tokens_of(text))


def _draw(form: Form, probabilities: Floats, asked: Asked, body: Body) -> list[Reply]:
    """Return as many answers as are asked for."""
    if not form.labels:
        written = cut(form.write(0, 1.0), most=asked.most, stops=asked.stop)
        return [written] * asked.n
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

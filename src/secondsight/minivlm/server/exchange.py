"""What every model of the server does alike: reads a body, puts a completion together, sends it.

Tokens are counted by a simple rule, as the models have none of a large model's kind: each word and
each mark of a text is one, and so is the category in an answer, however many words it has. An image
is one for each started square of 32 x 32 pixels, and never more than 1,024.
"""

import hashlib
import time
import uuid
from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import orjson

from secondsight.dtypes import Floats
from secondsight.minivlm.reply import Reply, logprobs, tokens_of
from secondsight.minivlm.server.conversation import Conversation, read_messages
from secondsight.minivlm.server.errors import wrong
from secondsight.minivlm.server.requests import Asked, Body, read_request

CERTAIN = np.ones(1)
"""The probabilities where nothing is drawn."""
SQUARE, MOST_OF_AN_IMAGE = 32, 1024


def read_body(body: Body) -> tuple[Asked, Conversation]:
    """Return how a request is to be answered, and what it says.

    Raises Refused if a parameter or a message is not right.
    """
    asked = read_request(body)
    conversation = read_messages(asked.messages)
    if asked.as_json and not any("json" in text.lower() for text in conversation.texts):
        raise wrong("messages", "'json_object' needs the word 'json' in some message")
    return asked, conversation


def completion(
    model: str,
    replies: Sequence[Reply],
    request: tuple[Asked, Conversation],
    labels: Sequence[str] = (),
    probabilities: Floats = CERTAIN,
) -> Body:
    """Return the body of a chat completion.

    Parameters
    ----------
    model : str
        Who answers.
    replies : sequence of Reply
        The answers.
    request
        As `read_body` gives it.
    labels, probabilities
        What could have been drawn, and how probable each was; for the log-probabilities.
    """
    asked, conversation = request
    choices = []
    for index, reply in enumerate(replies):
        listed = None
        if asked.logprobs:
            content = logprobs(reply, labels, probabilities, asked.top_logprobs)
            listed = {"content": content, "refusal": None}
        message = {"role": "assistant", "content": reply.text, "refusal": None}
        choices.append(
            {"index": index, "message": message, "logprobs": listed, "finish_reason": reply.finish}
        )
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": "fp_" + hashlib.sha256(model.encode()).hexdigest()[:10],
        "choices": choices,
        "usage": _usage(conversation, sum(len(reply.tokens) for reply in replies)),
    }


def _usage(conversation: Conversation, written: int) -> Body:
    text = sum(len(tokens_of(text)) for text in conversation.texts)
    images = sum(
        min(ceil(width / SQUARE) * ceil(height / SQUARE), MOST_OF_AN_IMAGE)
        for width, height in conversation.sizes
    )
    return {
        "prompt_tokens": text + images,
        "completion_tokens": written,
        "total_tokens": text + images + written,
        "prompt_tokens_details": {"cached_tokens": 0, "image_tokens": images, "text_tokens": text},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def events(completion: Body, *, usage: bool) -> Iterator[bytes]:
    """Yield a completion as server-sent events: role, words, end, and the usage if wanted."""
    kept = ("id", "created", "model", "system_fingerprint")
    common = {name: completion[name] for name in kept} | {"object": "chat.completion.chunk"}
    common |= {"usage": None} if usage else {}
    chunks = [chunk for choice in completion["choices"] for chunk in _chunks(choice)]
    sent = [{**common, "choices": [chunk]} for chunk in chunks]
    if usage:
        sent.append({**common, "choices": [], "usage": completion["usage"]})
    for event in sent:
        yield b"data: " + orjson.dumps(event) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _chunks(choice: Body) -> Iterator[Body]:
    def chunk(delta: Body, logprobs: object = None, finish: str | None = None) -> Body:
        common = {"index": choice["index"], "delta": delta}
        return {**common, "logprobs": logprobs, "finish_reason": finish}

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    if choice["logprobs"] is None:
        for token in tokens_of(choice["message"]["content"]):
            yield chunk({"content": token.text})
    else:
        for token in choice["logprobs"]["content"]:
            yield chunk({"content": token["token"]}, {"content": [token], "refusal": None})
    yield chunk({}, finish=choice["finish_reason"])

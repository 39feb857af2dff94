"""What every model of the server does alike: reads a body and puts a completion together."""

import hashlib
import time
import uuid
from collections.abc import Sequence

import numpy as np

from secondsight.dtypes import Floats
from secondsight.minivlm.reply import Reply, logprobs
from secondsight.minivlm.server import tokens
from secondsight.minivlm.server.conversation import Conversation, read_messages
from secondsight.minivlm.server.errors import wrong
from secondsight.minivlm.server.requests import Asked, Body, read_request

CERTAIN = np.ones(1)
"""The probabilities where nothing is drawn."""


def read_body(body: Body) -> tuple[Asked, Conversation]:
    """Return how a request is to be answered, and what it says.

    Raises
    ------
    Refused
        If a parameter or a message is not right.
    """
    asked = read_request(body)
    said = read_messages(asked.messages)
    if asked.as_json and not any("json" in text.lower() for text in said.texts):
        raise wrong("messages", "'json_object' needs the word 'json' in some message")
    return asked, said


def completion(
    model: str,
    replies: Sequence[Reply],
    said: Conversation,
    asked: Asked,
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
    said, asked
        The request, as `read_body` gives it.
    labels, probabilities
        What could have been drawn, and how probable each was; for the log-probabilities.
    """
    choices = []
    for index, one in enumerate(replies):
        listed = None
        if asked.logprobs:
            content = logprobs(one, labels, probabilities, asked.top_logprobs)
            listed = {"content": content, "refusal": None}
        message = {"role": "assistant", "content": one.text, "refusal": None}
        choices.append(
            {"index": index, "message": message, "logprobs": listed, "finish_reason": one.finish}
        )
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": "fp_" + hashlib.sha256(model.encode()).hexdigest()[:10],
        "choices": choices,
        "usage": _usage(said, sum(len(one.tokens) for one in replies)),
    }


def _usage(said: Conversation, written: int) -> Body:
    text, images = tokens.of_texts(said.texts), tokens.of_images(said.sizes)
    return {
        "prompt_tokens": text + images,
        "completion_tokens": written,
        "total_tokens": text + images + written,
        "prompt_tokens_details": {"cached_tokens": 0, "image_tokens": images, "text_tokens": text},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }

"""What an endpoint sent: kept as it came, and read whatever it holds.

A body may hold what JSON does not allow but endpoints send: `-Infinity`, half a surrogate pair,
bytes that are no UTF-8. It is read all the same, for it is paid for.
"""

import json
import re
from functools import partial
from typing import Any, NamedTuple

import orjson

from secondsight.inference.parse import CUT_OFF, NOT_ANSWERED, REFUSED, UNPARSEABLE, Answer

DECLINED = Answer(None, REFUSED)
UNREADABLE = Answer(None, UNPARSEABLE)
CUT = Answer(None, CUT_OFF)
REJECTED = Answer(None, NOT_ANSWERED)
NOT_ANSWERED_MARK = '{"object":"secondsight.not_answered"'
"""How the body begins that stands for an answer that will never come."""
LARGEST_COUNT = 2**63 - 1


class Reply(NamedTuple):
    """What a chat completion says; what has another type than it should is missing."""

    text: str | None = None
    finish_reason: str | None = None
    model: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    judged: Answer | None = UNREADABLE  # what it is whatever its text says, such as a refusal
    reason: str | None = None  # why it was not answered
    tokens: Any = ()  # the answer's tokens with their log-probabilities, as they came


def verbatim(content: bytes) -> str:
    r"""Return a body as text; a byte that is no UTF-8 is written as a JSON escape, `\\udcXX`."""
    text = content.decode("utf-8", errors="surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda byte: f"\\u{ord(byte[0]):04x}", text)


def loads(body: str) -> Any:
    """Return what a body holds; half a surrogate pair becomes U+FFFD.

    Raises ValueError if it is no JSON at all.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _loads_odd(body)


def _loads_odd(body: str) -> Any:
    try:
        text = json.dumps(json.loads(body.removeprefix("\ufeff")), ensure_ascii=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def is_paid(body: str) -> bool:
    """Whether a body is a chat completion, however odd: it has choices, or states its usage.

    What is no whole JSON is taken by the names of these fields.
    """
    try:
        reply = loads(body)
    except ValueError:
        return '"choices"' in body or '"usage"' in body
    return isinstance(reply, dict) and bool(reply.get("choices") or reply.get("usage"))


def not_answered(status: int, content: str, reason: str) -> str:
    """Return the body that stands for an answer that will never come.

    It holds the HTTP `status` with which the endpoint refused the request for good, what it sent,
    as it came, and the `reason`: that in one line, without the key.
    """
    said = {"status": status, "reason": reason, "body": content}
    return f"{NOT_ANSWERED_MARK},{orjson.dumps(said).decode()[1:]}"


def is_not_answered(body: str) -> bool:
    """Whether a body stands for an answer that will never come."""
    return body.startswith(NOT_ANSWERED_MARK)


def read_reply(body: str) -> Reply:
    """Return what a chat completion says; what is none is unreadable, and never an error."""
    try:
        try:
            reply = orjson.loads(body)
        except orjson.JSONDecodeError:
            reply = _loads_odd(body)
        choice = reply["choices"][0]
        message = choice["message"]
        content, refusal = message.get("content"), message.get("refusal")
        reason, tokens = choice.get("finish_reason"), choice.get("logprobs")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return _rejected(body) if is_not_answered(body) else Reply()
    usage, model = reply.get("usage"), reply.get("model")
    if type(usage) is not dict:
        usage = {}
    sent, got = usage.get("prompt_tokens"), usage.get("completion_tokens")
    judged = None
    # Most replies are as they should be: a call for each field would take longer than the decoding.
    if refusal is not None or reason == "content_filter":
        judged = DECLINED
    if type(content) is not str and content is not None:
        content = _joined(content)
        judged = judged or (UNREADABLE if content is None else None)
    if reason == "length" and not content:
        judged = judged or CUT
    return _made(
        (
            content or (refusal if type(refusal) is str else None),
            reason if type(reason) is str else None,
            model if type(model) is str else None,
            sent if type(sent) is int and -LARGEST_COUNT <= sent <= LARGEST_COUNT else 0,
            got if type(got) is int and -LARGEST_COUNT <= got <= LARGEST_COUNT else 0,
            judged,
            None,
            (tokens.get("content") or ()) if type(tokens) is dict else (),
        )
    )


def _rejected(body: str) -> Reply:
    return Reply(judged=REJECTED, reason=str(loads(body).get("reason")))


_made = partial(tuple.__new__, Reply)


def text_of(body: str) -> str:
    """Return the text that a response holds: a chat completion's, or the text itself."""
    reply = read_reply(body)
    return body if reply.judged is UNREADABLE else reply.text or ""


def _joined(content: object) -> str | None:
    """Return the text of a content that comes in parts; None if there is none."""
    if not isinstance(content, list):
        return None
    texts = [part.get("text") if isinstance(part, dict) else part for part in content]
    whole = [text for text in texts if isinstance(text, str)]
    return "".join(whole) if whole else None

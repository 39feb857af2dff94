"""From recorded responses to a table of answers."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd
import pyarrow as pa

from secondsight.datasets.tasks import Task
from secondsight.errors import RecordingError
from secondsight.inference.parse import REFUSED, Answer, Parser

DECLINED = Answer(None, REFUSED)
STRINGS = 4096
"""How many bodies are Python strings at a time."""


def answer_table(
    found: pa.Table,
    *,
    categories: Task,
    image_ids: Sequence[str],
    repeats: Sequence[int],
    labels: npt.NDArray[Any],
) -> pd.DataFrame:
    """Parse response bodies into one row a request.

    Parameters
    ----------
    found : Table
        `response` (chat completion bodies) and `recorded_at`, one row a request.
    categories : Task
        What an answer may say.
    image_ids, repeats, labels : sequences
        What each row is about, all of the table's length.

    Raises
    ------
    RecordingError
        If a body is no chat completion.
    """
    parse, codes = Parser(categories).parse, frozenset(categories.codes)
    bodies = [_read(body) for body in _strings(found["response"])]
    texts = [body[0] for body in bodies]
    answers = [DECLINED if body[5] else parse(body[0]) for body in bodies]
    return pd.DataFrame(
        {
            "image_id": image_ids,
            "repeat": np.asarray(repeats, dtype=np.int32),
            "label": labels,
            "answer": [answer.label for answer in answers],
            "outcome": pd.Categorical([answer.outcome for answer in answers]),
            "confidence": [answer.confidence for answer in answers],
            "probability": [
                _probability(body[6], answer.label, codes)
                for body, answer in zip(bodies, answers, strict=True)
            ],
            "text": texts,
            "finish_reason": pd.Categorical([body[1] for body in bodies]),
            "model": pd.Categorical([body[2] for body in bodies]),
            "prompt_tokens": np.array([body[3] for body in bodies], dtype=np.int64),
            "completion_tokens": np.array([body[4] for body in bodies], dtype=np.int64),
            "recorded_at": found["recorded_at"].to_pandas(),
        }
    )


def text_table(found: pa.Table, texts: Sequence[str]) -> pd.DataFrame:
    """Return what response bodies say, unparsed, one row a text that was asked about.

    Parameters
    ----------
    found : Table
        `response` (chat completion bodies) and `recorded_at`, one row a request.
    texts : sequence of str
        What each row is about.

    Raises
    ------
    RecordingError
        If a body is no chat completion.
    """
    bodies = [_read(body) for body in _strings(found["response"])]
    return pd.DataFrame(
        {
            "text_in": pd.Series(list(texts), dtype="str"),
            "text": pd.Series([body[0] for body in bodies], dtype="object"),
            "refused": np.array([body[5] for body in bodies], dtype=bool),
            "finish_reason": pd.Categorical([body[1] for body in bodies]),
            "model": pd.Categorical([body[2] for body in bodies]),
            "recorded_at": found["recorded_at"].to_pandas(),
        }
    )


def _strings(column: pa.ChunkedArray) -> Iterator[str]:
    """Yield a column's strings; only some at a time are Python's, for bodies take much memory."""
    for chunk in column.chunks:
        for start in range(0, len(chunk), STRINGS):
            yield from chunk.slice(start, STRINGS).to_pylist()


def _read(body: str) -> tuple[str | None, str | None, str | None, int, int, bool, list[Any]]:
    """Return text, finish reason, model, tokens in and out, if it declined, and its tokens."""
    try:
        reply = orjson.loads(body)
        choice = reply["choices"][0]
        message = choice["message"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        raise RecordingError(f"a recorded body is no chat completion: {body[:60]!r}") from None
    usage = reply.get("usage") or {}
    refusal, reason = message.get("refusal"), choice.get("finish_reason")
    tokens = choice.get("logprobs")
    return (
        message.get("content") or refusal,
        reason,
        reply.get("model"),
        usage.get("prompt_tokens") or 0,
        usage.get("completion_tokens") or 0,
        refusal is not None or reason == "content_filter",
        (tokens.get("content") or []) if isinstance(tokens, dict) else [],
    )


def _probability(tokens: list[Any], label: str | None, codes: frozenset[str]) -> float:
    """Return how probable the answer was among all categories, by the token that names it.

    The token is the first that is the answer's code. NaN if there is none, or the endpoint gave no
    probabilities; what fell below the listed tokens counts as nothing.
    """
    try:
        place = next((one for one in tokens if one["token"].strip() == label), None)
        if place is None:
            return math.nan
        # By the token as it is: "1" and " 1" both say 1, and the drawn one may not be listed.
        beside = place.get("top_logprobs") or []
        listed = {one["token"]: one["logprob"] for one in [*beside, place]}
        weights = dict.fromkeys(sorted(codes), 0.0)
        for token, logprob in listed.items():
            if token.strip() in codes:
                weights[token.strip()] += math.exp(logprob)
        return weights[str(label)] / sum(weights.values())
    except (AttributeError, KeyError, OverflowError, TypeError, ZeroDivisionError):
        return math.nan  # not in the form that OpenAI gives them

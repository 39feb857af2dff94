"""From recorded responses to a table of answers."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from secondsight.datasets.tasks import Task
from secondsight.inference.body import DECLINED, REJECTED, Reply, read_reply
from secondsight.inference.parse import Answer, Parser

STRINGS = 4096
"""How many bodies are Python strings at a time."""


def answer_table(
    responses: pa.Table,
    *,
    categories: Task,
    image_ids: Sequence[str],
    repeats: Sequence[int],
    labels: npt.NDArray[Any],
) -> pd.DataFrame:
    """Parse response bodies into one row a request.

    A body that is no chat completion is an unparseable answer. Each distinct text is parsed once.
    The table has `response` (chat completion bodies) and `recorded_at`; what each of its rows is
    about say `image_ids`, `repeats` and `labels`, all as long.
    """
    parse, codes = Parser(categories).parse, frozenset(categories.codes)
    known: dict[tuple[Any, ...], int] = {}
    places: list[int] = []
    probabilities = np.full(responses.num_rows, math.nan)
    for row, body in enumerate(_strings(responses["response"])):
        reply = read_reply(body)
        places.append(known.setdefault(reply[:-1], len(known)))
        if reply.tokens:
            answer = reply.judged or parse(reply.text)
            probabilities[row] = _probability(reply.tokens, answer.label, codes)
    each = _distinct(known, parse).take(np.array(places, dtype=np.intp)).reset_index(drop=True)
    each.insert(0, "image_id", image_ids)
    each.insert(1, "repeat", np.asarray(repeats, dtype=np.int32))
    each.insert(2, "label", labels)
    each.insert(6, "probability", probabilities)
    each["recorded_at"] = responses["recorded_at"].to_pandas()
    return each


def _distinct(
    known: Iterable[tuple[Any, ...]], parse: Callable[[str | None], Answer]
) -> pd.DataFrame:
    """Return one row for each distinct reply: there are far fewer of them than requests."""
    replies = [Reply(*fields) for fields in known]
    answers = [reply.judged or parse(reply.text) for reply in replies]
    return pd.DataFrame(
        {
            "answer": [answer.label for answer in answers],
            "outcome": pd.Categorical([answer.outcome for answer in answers]),
            "confidence": [answer.confidence for answer in answers],
            "text": [reply.text for reply in replies],
            "finish_reason": pd.Categorical([reply.finish_reason for reply in replies]),
            "model": pd.Categorical([reply.model for reply in replies]),
            "prompt_tokens": np.array([reply.prompt_tokens for reply in replies], dtype=np.int64),
            "completion_tokens": np.array(
                [reply.completion_tokens for reply in replies], dtype=np.int64
            ),
            "reason": pd.Series([reply.reason for reply in replies], dtype="object"),
        }
    )


def text_table(responses: pa.Table, texts: Sequence[str]) -> pd.DataFrame:
    """Return what response bodies say, unparsed, one row a text that was asked about.

    `responses` has the columns `response` (chat completion bodies) and `recorded_at`.
    """
    replies = [read_reply(body) for body in _strings(responses["response"])]
    return pd.DataFrame(
        {
            "text_in": pd.Series(list(texts), dtype="str"),
            "text": pd.Series([reply.text for reply in replies], dtype="object"),
            "refused": np.array(
                [reply.judged in (DECLINED, REJECTED) for reply in replies], dtype=bool
            ),
            "finish_reason": pd.Categorical([reply.finish_reason for reply in replies]),
            "model": pd.Categorical([reply.model for reply in replies]),
            "recorded_at": responses["recorded_at"].to_pandas(),
        }
    )


def _strings(column: pa.ChunkedArray) -> Iterator[str]:
    """Yield a column's strings; only some at a time are Python's, for bodies take much memory."""
    for chunk in column.chunks:
        for start in range(0, len(chunk), STRINGS):
            yield from chunk.slice(start, STRINGS).to_pylist()


def _probability(tokens: list[Any], label: str | None, codes: frozenset[str]) -> float:
    """Return how probable the answer was among all categories, by the token that names it.

    The token is the first that is the answer's code. NaN if there is none, or the endpoint gave no
    probabilities; what fell below the listed tokens counts as nothing.
    """
    try:
        place = next((token for token in tokens if token["token"].strip() == label), None)
        if place is None:
            return math.nan
        # By the token as it is: "1" and " 1" both say 1, and the drawn one may not be listed.
        beside = place.get("top_logprobs") or []
        listed = {token["token"]: token["logprob"] for token in [*beside, place]}
        weights = dict.fromkeys(sorted(codes), 0.0)
        for token, logprob in listed.items():
            if token.strip() in codes:
                weights[token.strip()] += math.exp(logprob)
        return weights[str(label)] / sum(weights.values())
    except (AttributeError, KeyError, OverflowError, TypeError, ZeroDivisionError):
        return math.nan  # not in the form that OpenAI gives them

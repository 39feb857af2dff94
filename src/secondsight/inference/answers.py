"""From recorded responses to a table of answers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from secondsight.datasets.tasks import Task
from secondsight.inference.body import DECLINED, read_reply
from secondsight.inference.parse import Answer, Parser

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

    Notes
    -----
    A body that is no chat completion is an unparseable answer. Each distinct text is parsed once.
    """
    read = _Read(Parser(categories), frozenset(categories.codes))
    for body in _strings(found["response"]):
        read.add(body)
    each = read.distinct().take(np.array(read.places, dtype=np.intp)).reset_index(drop=True)
    return pd.DataFrame(
        {
            "image_id": image_ids,
            "repeat": np.asarray(repeats, dtype=np.int32),
            "label": labels,
            "answer": each["answer"],
            "outcome": each["outcome"],
            "confidence": each["confidence"],
            "probability": read.probabilities,
            "text": each["text"],
            "finish_reason": pd.Categorical(read.reasons),
            "model": pd.Categorical(read.models),
            "prompt_tokens": np.array(read.tokens_in, dtype=np.int64),
            "completion_tokens": np.array(read.tokens_out, dtype=np.int64),
            "recorded_at": found["recorded_at"].to_pandas(),
        }
    )


@dataclass
class _Read:
    """What bodies say, in columns: a row of its own each would keep the garbage collector busy."""

    parser: Parser
    codes: frozenset[str]
    texts: list[str | None] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    known: dict[object, int] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    reasons: list[str | None] = field(default_factory=list)
    models: list[str | None] = field(default_factory=list)
    tokens_in: list[int] = field(default_factory=list)
    tokens_out: list[int] = field(default_factory=list)

    def add(self, body: str) -> None:
        """Read one more body; a text is parsed the first time that it comes."""
        text, reason, model, tokens_in, tokens_out, judged, tokens = read_reply(body)
        what = text if judged is None else (text, judged)
        place = self.known.get(what)
        if place is None:
            place = self.known[what] = len(self.texts)
            self.texts.append(text)
            self.answers.append(judged or self.parser.parse(text))
        self.places.append(place)
        label = self.answers[place].label
        self.probabilities.append(_probability(tokens, label, self.codes) if tokens else math.nan)
        self.reasons.append(reason)
        self.models.append(model)
        self.tokens_in.append(tokens_in)
        self.tokens_out.append(tokens_out)

    def distinct(self) -> pd.DataFrame:
        """Return one row a distinct answer; `places` says which of them each body gave."""
        return pd.DataFrame(
            {
                "text": self.texts,
                "answer": [answer.label for answer in self.answers],
                "outcome": pd.Categorical([answer.outcome for answer in self.answers]),
                "confidence": [answer.confidence for answer in self.answers],
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
    """
    replies = [read_reply(body) for body in _strings(found["response"])]
    return pd.DataFrame(
        {
            "text_in": pd.Series(list(texts), dtype="str"),
            "text": pd.Series([reply.text for reply in replies], dtype="object"),
            "refused": np.array([reply.judged == DECLINED for reply in replies], dtype=bool),
            "finish_reason": pd.Categorical([reply.finish_reason for reply in replies]),
            "model": pd.Categorical([reply.model for reply in replies]),
            "recorded_at": found["recorded_at"].to_pandas(),
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

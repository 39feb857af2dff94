import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import split

from conftest import tiny_png
from endpoint import EndpointServer, Reply, completion
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import TASKS
from secondsight.inference.answers import answer_table
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.prompt import Prompt

NEVER = -9999.0


def listed(token: str, **probabilities: float) -> dict[str, Any]:
    """Return a token as OpenAI lists it; `_` stands for a space in the names beside it."""
    beside = [
        {"token": name.replace("_", " "), "logprob": math.log(value) if value else NEVER}
        for name, value in probabilities.items()
    ]
    own = next((one["logprob"] for one in beside if one["token"] == token), NEVER)
    return {"token": token, "logprob": own, "bytes": list(token.encode()), "top_logprobs": beside}


def body(logprobs: Any, text: str | None = "1, High", **said: Any) -> str:
    """Return a chat completion with these log-probabilities."""
    reply = json.loads(completion(text, **said))
    reply["choices"][0]["logprobs"] = logprobs
    return json.dumps(reply)


def parsed(*bodies: str, task: str = "dwarf") -> pd.DataFrame:
    """Return the table of these responses."""
    when = pa.array([datetime(2026, 1, 2, tzinfo=UTC)] * len(bodies), pa.timestamp("ms", tz="UTC"))
    return answer_table(
        pa.table({"response": pa.array(list(bodies), pa.string()), "recorded_at": when}),
        categories=TASKS[task],
        image_ids=[f"img-{place:03d}" for place in range(len(bodies))],
        repeats=[0] * len(bodies),
        labels=pd.Series(["1"] * len(bodies)).to_numpy(),
    )


def probability(*tokens: Any, text: str | None = "1, High", **said: Any) -> float:
    """Return the probability of an answer that came with these tokens."""
    (row,) = parsed(body({"content": list(tokens)}, text, **said)).to_dict("records")
    return float(row["probability"])


def test_the_answer_is_weighed_against_all_categories() -> None:
    token = listed("1", **{"1": 0.6, "0": 0.3, "High": 0.06, "2": 0.04})
    assert probability(token) == pytest.approx(2 / 3)
    assert probability(token, text="0, High") != probability(token)
    galaxies = listed("2", **{"0": 0.1, "1": 0.2, "2": 0.4, "3": 0.1, "9": 0.2})
    (row,) = parsed(body({"content": [galaxies]}, "2"), task="morphology").to_dict("records")
    assert row["answer"] == "2"
    assert row["probability"] == pytest.approx(0.5)


def test_a_token_with_a_space_before_it_says_the_same() -> None:
    both = {"_1": 0.5, "1": 0.2, "_0": 0.2, "0": 0.1}
    assert probability(listed(" 1", **both)) == pytest.approx(0.7)
    turned = dict(reversed(both.items()))
    assert probability(listed("1", **turned)) == pytest.approx(0.7)
    assert probability(listed(" 0", **both), text="0, Low") == pytest.approx(0.3)


def test_the_token_may_stand_anywhere_and_the_first_counts() -> None:
    before = [listed("Category", Category=1.0), listed(" ", _=1.0)]
    first = listed("1", **{"1": 0.8, "0": 0.2})
    later = listed("1", **{"1": 0.1, "0": 0.9})
    after = [listed(",", **{",": 1.0}), listed(" High", _High=0.4)]
    text = "Category 1"
    assert probability(*before, first, *after, later, text=text) == pytest.approx(0.8)
    assert probability(listed("0", **{"0": 0.9, "1": 0.1}), later) == pytest.approx(0.1)


def test_a_drawn_token_that_is_not_listed_has_its_own_probability() -> None:
    token = listed("1", **{"0": 0.9, "x": 0.09}) | {"logprob": math.log(0.01)}
    assert probability(token) == pytest.approx(0.01 / 0.91)


def test_without_tokens_beside_it_the_answer_is_all_there_is() -> None:
    token = {"token": "1", "logprob": math.log(0.3)}
    for beside in ({}, {"top_logprobs": None}, {"top_logprobs": []}):
        assert probability(token | beside) == 1.0


def test_what_can_not_be_has_no_weight() -> None:
    assert probability(listed("1", **{"1": 0.4, "0": 0})) == 1.0
    assert probability(listed("1", **{"1": 0, "0": 0.4})) == 0.0
    assert math.isnan(probability(listed("1", **{"1": 0, "0": 0})))


@pytest.mark.parametrize("text", ["not a dwarf", '{"category": "1"}'])
def test_without_a_token_that_is_the_code_there_is_no_probability(text: str) -> None:
    tokens = [listed(part, **{part: 1.0}) for part in ("not", "dwarf", '"1"')]
    (row,) = parsed(body({"content": tokens}, text)).to_dict("records")
    assert row["outcome"] == "answered"
    assert math.isnan(row["probability"])


def test_what_is_no_answer_has_no_probability() -> None:
    token = listed("1", **{"1": 0.6, "0": 0.4})
    assert math.isnan(probability(token, text=None, refusal="no"))
    assert math.isnan(probability(token, text="1", finish_reason="content_filter"))
    assert math.isnan(probability(token, text="who knows"))
    assert math.isnan(probability(token, text=None))


def test_every_row_has_its_own() -> None:
    tokens = [listed("1", **{"1": p, "0": 1 - p}) for p in (0.9, 0.6)]
    bodies = [body({"content": [token]}) for token in tokens]
    table = parsed(bodies[0], completion("0, Low").decode(), bodies[1])
    assert table["answer"].tolist() == ["1", "0", "1"]
    assert table["probability"].dtype == float
    assert table["probability"].tolist() == pytest.approx([0.9, math.nan, 0.6], nan_ok=True)
    assert parsed()["probability"].empty


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        {},
        {"content": None},
        {"content": []},
        {"tokens": ["1"], "token_logprobs": [-0.1]},
        [],
        "none",
        7,
        {"content": {"token": "1"}},
        {"content": 3},
        {"content": "1"},
        {"content": [None]},
        {"content": ["1"]},
        {"content": [{"logprob": -0.1}]},
        {"content": [{"token": None, "logprob": -0.1}]},
        {"content": [{"token": "1"}]},
        {"content": [{"token": "1", "logprob": None}]},
        {"content": [{"token": "1", "logprob": "-0.1"}]},
        {"content": [{"token": "1", "logprob": 1e6}]},
        {"content": [{"token": "1", "logprob": -0.1, "top_logprobs": [{"token": "1"}]}]},
        {"content": [{"token": "1", "logprob": -0.1, "top_logprobs": [None]}]},
        {"content": [{"token": "1", "logprob": -0.1, "top_logprobs": 5}]},
        {"content": [{"token": "1", "logprob": -1, "top_logprobs": [{"token": [], "logprob": 0}]}]},
    ],
)
def test_what_is_no_list_of_tokens_leaves_the_answer_as_it_is(logprobs: Any) -> None:
    (row,) = parsed(body(logprobs)).to_dict("records")
    assert (row["answer"], row["outcome"], row["confidence"]) == ("1", "answered", "high")
    assert math.isnan(row["probability"])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["1", " 1", "0", "x"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["token", "logprob", "top_logprobs", "content"]), inner),
    max_leaves=20,
)  # fmt: skip


@given(anything)
def test_no_log_probabilities_stop_a_table(found: Any) -> None:
    for logprobs in (found, {"content": found}, {"content": [found]}):
        (row,) = parsed(body(logprobs)).to_dict("records")
        assert row["answer"] == "1"
        assert math.isnan(row["probability"]) or 0 <= row["probability"] <= 1


@given(
    st.dictionaries(
        st.sampled_from(["0", "1", " 0", " 1", "1 ", "x", ""]), st.floats(-40, 0), min_size=1
    ),
    st.sampled_from(["1", " 1"]),
    st.floats(-40, 0),
)
def test_the_probabilities_of_both_answers_add_up(
    beside: dict[str, float], token: str, own: float
) -> None:
    beside = beside | {token: own}
    tokens = [{"token": name, "logprob": value} for name, value in beside.items()]
    found = []
    for code in "10":
        drawn = next((one for one in tokens if one["token"].strip() == code), None)
        if drawn is not None:
            found.append(probability({**drawn, "top_logprobs": tokens}, text=f"{code}, Low"))
    weight = {
        code: sum(math.exp(value) for name, value in beside.items() if name.strip() == code)
        for code in "01"
    }
    assert found[0] == pytest.approx(weight["1"] / (weight["0"] + weight["1"]))
    assert sum(found) == pytest.approx(1)


@pytest.mark.parametrize("odd", ["", "[]", "{}", '{"choices": []}', '{"choices": [3]}', "[" * 9999])
def test_what_is_no_completion_is_unparseable(odd: str) -> None:
    (row,) = parsed(odd).to_dict("records")
    assert row["outcome"] == "unparseable"
    assert pd.isna(row["answer"])
    assert pd.isna(row["text"])
    assert row["prompt_tokens"] == 0


def reply(content: Any = "1", **said: Any) -> str:
    """Return a completion in which some things are of another kind."""
    message = {"content": content} | said.pop("message", {})
    choice = {"message": message, "finish_reason": "stop"} | said.pop("choice", {})
    usage = {"prompt_tokens": 7, "completion_tokens": 8}
    return json.dumps({"model": "m", "usage": usage, "choices": [choice]} | said)


ODD: dict[str, tuple[str, dict[str, Any]]] = {
    "parts": (reply([{"type": "text", "text": "1, "}, {"text": "High"}]), {"text": "1, High"}),
    "parts that say nothing": (reply([{"type": "image"}]), {"outcome": "unparseable"}),
    "a number": (reply(1), {"outcome": "unparseable"}),
    "a refusal that is none": (reply(None, message={"refusal": True}), {"outcome": "refused"}),
    "a reason": (reply(choice={"finish_reason": {"why": []}}), {"finish_reason": np.nan}),
    "a model": (reply(model=["m"]), {"model": np.nan}),
    "tokens": (reply(usage={"prompt_tokens": "7", "completion_tokens": 1.5}), {"prompt_tokens": 0}),
    "many tokens": (reply(usage={"prompt_tokens": 10**30}), {"prompt_tokens": 0}),
    "a flag": (reply(usage={"completion_tokens": True}), {"completion_tokens": 0}),
    "usage": (reply(usage="much"), {"completion_tokens": 0}),
    "infinity": (reply(usage={"prompt_tokens": -math.inf}), {"prompt_tokens": 0}),
    "half a pair": (
        reply("1. \ud83d"),
        {"answer": None, "text": "1. \ufffd", "outcome": "unparseable"},
    ),
    "a pair": (reply("1", id="\udc00", model="\U0001f52d"), {"model": "\U0001f52d"}),
    "a mark before it": ("\ufeff" + reply(), {"text": "1"}),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_paid_reply_is_read_however_odd(kind: str) -> None:
    body, expected = ODD[kind]
    (row,) = parsed(body).to_dict("records")
    known = {"answer": "1", "outcome": "answered", "finish_reason": "stop", "model": "m"}
    if expected.get("outcome", "answered") != "answered":
        known = known | {"answer": np.nan}
    for name, value in (known | expected).items():
        assert row[name] == value or (pd.isna(row[name]) and pd.isna(value)), name


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
)
ANY = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "refusal", "usage", "text", "logprobs"]
            ),
            inner,
        )
    ),
    max_leaves=9,
)


@given(content=ANY, refusal=ANY, reason=ANY, usage=ANY, model=ANY, tokens=ANY)
def test_no_reply_is_an_error(**said: Any) -> None:
    message = {"content": said["content"], "refusal": said["refusal"]}
    choice = {"message": message, "finish_reason": said["reason"]}
    choice["logprobs"] = {"content": said["tokens"]}
    whole = {"choices": [choice], "usage": said["usage"], "model": said["model"]}
    table = parsed(json.dumps(whole), json.dumps(said["content"]), reply())
    assert len(table) == 3
    assert table["answer"].tolist()[2] == "1"
    pa.Table.from_pandas(table)


def test_the_door_asks_for_probabilities_and_finds_them_again(
    dataset: Dataset,
    prompt: Prompt,
    endpoint: Endpoint,
    endpoint_server: EndpointServer,
    recordings: Path,
) -> None:
    content = body({"content": [listed("1", **{"1": 0.9, "0": 0.1})]}, "1").encode()
    endpoint_server.default = lambda asked: Reply(body=content)
    said = {"logprobs": 5, "endpoint": endpoint, "folder": recordings, "progress": False}
    found = ask(dataset, prompt, "sky-1", *split(said | {"mode": "new_episodes"}))
    assert found["probability"].tolist() == pytest.approx([0.9] * 5)
    for asked in endpoint_server.requests:
        assert (asked.body["logprobs"], asked.body["top_logprobs"]) == (True, 5)
        assert asked.png in [tiny_png(number) for number in range(5)]
    pd.testing.assert_frame_equal(ask(dataset, prompt, "sky-1", *split(said)), found)


def test_a_model_that_reasons_is_not_asked_for_what_it_refuses(
    dataset: Dataset,
    prompt: Prompt,
    endpoint: Endpoint,
    endpoint_server: EndpointServer,
    recordings: Path,
) -> None:
    said = {"logprobs": 5, "endpoint": endpoint, "folder": recordings, "progress": False}
    found = ask(dataset, prompt, "gpt-5-mini", *split(said | {"mode": "new_episodes"}))
    assert found["answer"].tolist() == ["1"] * 5
    assert found["probability"].isna().all()
    for asked in endpoint_server.requests:
        assert not asked.body.keys() & {"logprobs", "top_logprobs"}

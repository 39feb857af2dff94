"""What a run may spend, and that every image ends in a row whatever the endpoint sends."""

import json
import random
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from conftest import make_folder
from endpoint import EndpointServer, Reply, answer, broken_off, completion, failure, slow
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import load_folder
from secondsight.datasets.tasks import LSBG
from secondsight.errors import EndpointError
from secondsight.inference.answers import answer_table
from secondsight.inference.ask import ask, make_plan
from secondsight.inference.body import is_paid, verbatim
from secondsight.inference.budget import Budget
from secondsight.inference.client import Endpoint
from secondsight.inference.cost import most, quote, size_of, tokens_in
from secondsight.inference.options import Options
from secondsight.inference.parse import OUTCOMES
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.recorder import Recorder

MODEL = "gpt-5-mini"


def bill(sent: int, got: int, text: str | None = "1", reason: str = "stop") -> Reply:
    """Return an answer with these tokens on its bill."""
    body = json.loads(completion(text, finish_reason=reason))
    body["usage"] = {"prompt_tokens": sent, "completion_tokens": got}
    return Reply(body=json.dumps(body).encode())


@pytest.fixture
def many(tmp_path: Path) -> Dataset:
    return load_folder(make_folder(tmp_path / "many", 40))


@pytest.fixture
def recorder(endpoint_server: EndpointServer, recordings: Path) -> Recorder:
    endpoint = Endpoint(endpoint_server.base_url, concurrency=8, retries=0)
    return Recorder("new_episodes", endpoint, recordings, progress=False)


def spent_of(sent: int, got: int) -> float:
    """Return the bill of one request."""
    return (sent * 0.25 + got * 2.0) / 1e6


@pytest.mark.parametrize("got", [5, 60, 100])
def test_the_ceiling_is_never_passed_whatever_is_under_way(
    many: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer, got: int
) -> None:
    options = Options(max_tokens=100)
    request = make_plan(many, prompt, MODEL, options).ask(0).request
    sent = tokens_in(request, (4, 4))
    delays = random.Random(0)
    endpoint_server.default = lambda asked: replace(
        bill(sent, got), delay=delays.choice([0, 0.01, 0.03])
    )
    worst = most(request, (4, 4))
    budget = Budget(10 * spent_of(sent, got) + 1.5 * worst)
    with pytest.raises(EndpointError, match=r"stopped before the ceiling .* same command goes on"):
        ask(many, prompt, MODEL, options, replace(recorder, budget=budget))
    billed_there = len(endpoint_server.requests) * spent_of(sent, got)
    assert budget.spent == pytest.approx(billed_there)
    assert budget.usd - worst < billed_there <= budget.usd
    assert budget.reserved == pytest.approx(0)
    before = len(endpoint_server.requests)
    ask(many, prompt, MODEL, options, replace(recorder, budget=Budget(1.0)))
    assert len(endpoint_server.requests) == len(many) > before


def test_a_ceiling_below_one_request_asks_nothing(
    many: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    with pytest.raises(EndpointError, match="0 of 40 requests are recorded"):
        ask(many, prompt, MODEL, recorder=replace(recorder, budget=Budget(1e-9)))
    assert endpoint_server.requests == []


@pytest.mark.parametrize("lost", [broken_off(), slow(3600)], ids=["broken off", "too late"])
def test_what_may_have_been_billed_counts_as_its_worst(
    dataset: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer, lost: Any
) -> None:
    endpoint_server.default = lambda asked: lost
    endpoint = Endpoint(endpoint_server.base_url, concurrency=1, retries=1, timeout=0.3)
    budget = Budget()
    plan = make_plan(dataset.head(1), prompt, MODEL)
    with pytest.raises(EndpointError, match="got no response"):
        ask(
            dataset.head(1), prompt, MODEL,
            recorder=replace(recorder, endpoint=endpoint, budget=budget),
        )  # fmt: skip
    assert budget.spent == pytest.approx(2 * most(plan.ask(0).request, (4, 4)))


def test_a_failure_that_no_one_bills_costs_nothing(
    dataset: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    endpoint_server.default = lambda asked: failure(500)
    budget = Budget()
    with pytest.raises(EndpointError):
        ask(dataset, prompt, MODEL, recorder=replace(recorder, budget=budget))
    assert (budget.spent, budget.reserved) == (0, pytest.approx(0))


TOKENS = {"dwarf-1": 244 + 67, "lsbg-1-names": 45 + 50}
"""How many OpenAI's `o200k_base` makes of a prompt and of its schema."""


@pytest.mark.parametrize("name", ["dwarf-1", "lsbg-1-names"])
@pytest.mark.parametrize(
    ("model", "image"), [("gpt-4o", 255), ("gpt-4o-mini", 8_500), ("gpt-5-mini", 2), ("gpt-5", 210)]
)
def test_the_quote_is_within_five_percent_of_the_bill(
    many: Dataset,
    recorder: Recorder,
    endpoint_server: EndpointServer,
    model: str,
    image: int,
    name: str,
) -> None:
    """The endpoint bills by the providers' rules and by the real tokenizer's counts."""
    images, reasoned = many.head(5), 300 if model.startswith("gpt-5") else 0
    endpoint_server.default = lambda asked: bill(
        image + TOKENS[name] + 8, 9 + reasoned, '{"category":"1"}'
    )
    budget = Budget()
    plan = make_plan(images, load_prompt(name), model)
    about = quote(plan.request, [size_of(plan.png(0))], len(images))
    table = ask(images, name, model, recorder=replace(recorder, budget=budget))
    assert about.tokens_in == pytest.approx(int(table["prompt_tokens"].sum()), rel=0.05)
    usd = about.usd()
    assert usd is not None
    assert usd.low < budget.spent * 1.05
    assert budget.spent < usd.high * 1.05


def test_empty_answers_that_are_billed_stop_the_run_and_are_shown_as_cut_off(
    many: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    endpoint_server.default = lambda asked: bill(100, 16, None, "length")
    one = replace(recorder, endpoint=replace(recorder.endpoint, concurrency=1))
    with pytest.raises(
        EndpointError, match=r"about 3 images in a row are empty.*raise --max-tokens"
    ):
        ask(many, prompt, MODEL, Options(max_tokens=16), one)
    assert len(endpoint_server.requests) == 3
    endpoint_server.default = lambda asked: answer('{"category": "1"}')
    table = ask(many, prompt, MODEL, Options(max_tokens=16), recorder)
    assert table["outcome"].value_counts()["cut off"] == 3
    assert len(endpoint_server.requests) == 40
    ask(many, prompt, MODEL, Options(max_tokens=64), recorder)
    assert len(endpoint_server.requests) == 80


REFUSALS = [
    failure(400, "Invalid image.", code="invalid_image"),
    failure(400, "Rejected by our safety system.", code="content_policy_violation"),
    failure(413, "too large"),
    failure(422, "not processable"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["image", "policy", "413", "422"])
def test_an_image_that_is_refused_for_good_becomes_a_row_and_is_not_asked_again(
    dataset: Dataset,
    prompt: Prompt,
    recorder: Recorder,
    endpoint_server: EndpointServer,
    refusal: Reply,
) -> None:
    bad = dataset.table["image_sha256"][2]
    endpoint_server.default = lambda asked: refusal if asked.image_sha256 == bad else answer("1")
    table = ask(dataset, prompt, "sky-1", recorder=recorder)
    assert table["outcome"].tolist() == ["answered"] * 2 + ["not answered"] + ["answered"] * 2
    said = json.loads(refusal.body)["error"]["message"]
    assert table["reason"][2] == f"the endpoint answered {refusal.status}: {said}"
    assert table["reason"].notna().sum() == 1
    assert (
        table[["answer", "text"]].isna().all(axis=1).tolist() == [False, False, True] + [False] * 2
    )
    pd.testing.assert_frame_equal(
        ask(dataset, prompt, "sky-1", recorder=Recorder(folder=recorder.folder)), table
    )
    ask(dataset, prompt, "sky-1", recorder=recorder)
    assert set(endpoint_server.times_asked().values()) == {1}
    endpoint_server.default = lambda asked: answer("1")
    again = ask(dataset, prompt, "sky-1", recorder=replace(recorder, retry=True))
    assert set(again["outcome"]) == {"answered"}
    assert endpoint_server.times_asked()[bad] == 2


def test_what_is_refused_of_every_request_becomes_no_row(
    many: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    endpoint_server.default = lambda asked: failure(400, "I take no images")
    with pytest.raises(EndpointError, match=r"in a row failed: .* I take no images"):
        ask(many, prompt, "sky-1", recorder=recorder)
    assert list(recorder.folder.glob("*.jsonl")) == []


def test_a_parameter_that_nothing_takes_stops_at_once(
    many: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    endpoint_server.default = lambda asked: failure(400, "no such effort", code="unsupported_value")
    with pytest.raises(EndpointError, match="answered 400: no such effort"):
        ask(many, prompt, "sky-1", Options(effort="xhigh"), recorder)
    assert len(endpoint_server.requests) <= 8
    assert list(recorder.folder.glob("*.jsonl")) == []


ODDITIES: list[Any] = [None, 7, -1, 1e300, True, "", "1", "x" * 99, [], {}, [None], {"a": [1]}]


def malformed(seed: int) -> bytes:
    """Return a reply with one to four of its fields turned into something else, or cut."""
    chance = random.Random(seed)
    body = json.loads(completion(chance.choice(["1", "Category 0", "maybe 1 or 0", None])))
    for _ in range(chance.randint(1, 4)):
        choice = body["choices"][0] if isinstance(body.get("choices"), list) else {}
        message = choice.get("message") if isinstance(choice, dict) else None
        holders = [holder for holder in (body, choice, message, body.get("usage")) if holder]
        holder = chance.choice([holder for holder in holders if isinstance(holder, dict)] or [{}])
        names = [name for name in holder if not (holder is body and name in {"choices", "usage"})]
        if names:
            holder[chance.choice(names)] = deepcopy(chance.choice(ODDITIES))
    content = json.dumps(body).encode()
    return content[: -chance.randint(1, 30)] if chance.random() < 0.1 else content


def test_a_malformed_reply_ends_in_a_row(
    many: Dataset, prompt: Prompt, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    numbers = iter(range(100))
    endpoint_server.default = lambda asked: Reply(body=malformed(next(numbers)))
    table = ask(many.head(20), prompt, MODEL, Options(repeats=5), recorder)
    assert len(table) == len(endpoint_server.requests) == 100
    check_rows(table)


def test_a_thousand_malformed_replies_each_end_in_a_row() -> None:
    bodies = [verbatim(malformed(seed)) for seed in range(1000)]
    assert all(map(is_paid, bodies))
    times = [datetime(2026, 1, 1, tzinfo=UTC)] * len(bodies)
    table = answer_table(
        pa.table({"response": bodies, "recorded_at": times}),
        categories=LSBG,
        image_ids=list(map(str, range(1000))),
        repeats=[0] * 1000,
        labels=np.full(1000, None),
    )
    assert len(table) == 1000
    check_rows(table)


def check_rows(table: pd.DataFrame) -> None:
    """Each row has an outcome, and an answer if and only if it is answered."""
    assert set(table["outcome"]) <= set(OUTCOMES)
    assert (table["answer"].notna() == (table["outcome"] == "answered")).all()
    assert set(table["answer"].dropna()) <= {"0", "1"}
    assert table["outcome"].value_counts()["unparseable"] > 0

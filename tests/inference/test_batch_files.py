"""What goes into a batch's files and what is read in them, without any endpoint."""

import io
import json
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.made import request
from secondsight.errors import EndpointError
from secondsight.inference.batch_chunks import Bounds, line_of, write_chunk
from secondsight.inference.batch_intake import Intake, Wanted
from secondsight.inference.batch_results import Result, custom_ids, results
from secondsight.inference.batch_state import Chunk
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import Journal, aside, read_journal
from secondsight.inference.workers import Ask, Run

COMPLETION = {"choices": [{"message": {"content": "1"}}], "usage": {"prompt_tokens": 5}}


def ask(number: int, png: bytes = b"") -> Ask:
    asked = request(repeat=number)
    return Ask(asked.key, f"img-{number}", asked, lambda: png)


def result_line(key: str, status: int = 200, body: Any = COMPLETION, error: Any = None) -> bytes:
    response = {"status_code": status, "request_id": "1", "body": body}
    return json.dumps({"custom_id": key, "response": response, "error": error}).encode() + b"\n"


def read(*lines: bytes) -> list[Result]:
    return list(results(io.BytesIO(b"".join(lines))))


@given(
    sizes=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    requests=st.integers(1, 5),
    size=st.integers(1500, 3000),
)
def test_chunks_keep_within_bounds_and_lose_nothing(
    sizes: list[int], requests: int, size: int
) -> None:
    asks = {str(number): ask(number, bytes(length)) for number, length in enumerate(sizes)}
    queue, keys = deque(asks), []
    while queue:
        file = io.BytesIO()
        chunk = write_chunk(queue, asks.__getitem__, file, Bounds(requests, size, lambda *_: True))
        assert 0 < len(chunk) <= requests
        assert len(file.getvalue()) <= size
        file.seek(0)
        assert list(custom_ids(file)) == [asks[key].key.hex() for key in chunk]
        keys += chunk
    assert keys == list(asks)


def test_a_chunk_ends_where_the_money_ends() -> None:
    asks = {str(number): ask(number) for number in range(5)}
    room = iter([True, True, False])
    queue = deque(asks)
    bounds = Bounds(50, 10_000, lambda *_: next(room))
    assert write_chunk(queue, asks.__getitem__, io.BytesIO(), bounds) == ["0", "1"]
    assert list(queue) == ["2", "3", "4"]


def test_a_request_larger_than_a_batch_is_named() -> None:
    bounds = Bounds(50, 1000, lambda *_: True)
    with pytest.raises(EndpointError, match=r"'img-0' takes [\d,]+ bytes, more than the 1,000"):
        write_chunk(deque("0"), lambda _: ask(0, bytes(900)), io.BytesIO(), bounds)


def test_an_image_stands_in_its_line_in_base64() -> None:
    line = json.loads(line_of(ask(0, b"abc"), b"abc"))
    assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
    assert line["custom_id"] == ask(0).key.hex()
    parts = line["body"]["messages"][0]["content"]
    assert parts[1]["image_url"]["url"] == "data:image/png;base64,YWJj"


def test_whatever_stands_in_a_line_is_read() -> None:
    odd = b'{"custom_id": "k", "response": {"status_code": 200, "body": {"logprob": -Infinity}}}\n'
    expired = {"custom_id": "e", "response": None, "error": {"code": "batch_expired"}}
    good, unlike_json, late, bad, *torn = read(
        result_line("a"),
        odd,
        json.dumps(expired).encode() + b"\n",
        result_line("b", 400, {"error": {"message": "no", "code": "c"}}),
        b'{"custom_id": "t", "resp\n',
        b"\n",
        b"[]\n",
    )
    assert (good.key, good.status, json.loads(good.body)) == ("a", 200, COMPLETION)
    assert (unlike_json.key, unlike_json.body) == ("k", b'{"logprob": -Infinity}')
    assert (late.status, late.error) == (0, {"code": "batch_expired"})
    assert (bad.status, bad.error) == (400, {"message": "no", "code": "c"})
    assert [(result.key, result.status) for result in torn] == [("", 0)] * 2


@pytest.fixture
def taken(endpoint: Endpoint, recordings: Path) -> Any:
    """What takes in lines about three requests, and the journal that it keeps them in."""
    asks = {each.key.hex(): each for each in map(ask, range(3))}
    places = {key: place for place, key in enumerate(asks)}
    wanted = Wanted("name", places, set(asks), ask)
    with Journal(recordings / "name.jsonl") as journal:
        yield Intake(wanted, Run(iter(()), endpoint.client(), journal), 2), list(asks), journal


def test_an_answer_is_kept_once(taken: Any) -> None:
    intake, keys, journal = taken
    intake.take(read(result_line(keys[1]), result_line(keys[1]), result_line("ff" * 32)))
    assert intake.left(Chunk("c", keys), ask_again=True) == [keys[0], keys[2]]
    (kept,) = read_journal(journal.path).to_pylist()
    assert (kept["key"].hex(), json.loads(kept["response"])) == (keys[1], COMPLETION)


def test_what_may_pass_is_asked_again_only_so_often(taken: Any) -> None:
    intake, keys, _ = taken
    for _ in range(2):
        intake.take(read(result_line(keys[0], 429), result_line(keys[1], 500)))
        assert intake.left(Chunk("c", keys[:2]), ask_again=True) == keys[:2]
    intake.take(read(result_line(keys[0], 429, {"error": {"message": "slow"}})))
    assert intake.left(Chunk("c", keys[:1]), ask_again=True) == []
    assert dict(intake.live.outcome.failures) == {"the endpoint answered 429: slow": 1}


def test_what_is_refused_for_good_becomes_a_row(taken: Any) -> None:
    intake, keys, journal = taken
    intake.take(read(result_line(keys[0], 400, {"error": {"message": "forbidden"}})))
    assert intake.left(Chunk("c", keys), ask_again=True) == keys[1:]
    (row,) = read_journal(journal.path).to_pylist()
    assert row["response"].startswith('{"object":"secondsight.not_answered"')
    assert "forbidden" in row["response"]


def test_a_mistake_in_every_request_is_no_row(taken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondsight.inference.batch_intake.PATIENCE", 3)
    intake, keys, journal = taken
    intake.take(read(*(result_line(key, 400, {"error": {"message": "no"}}) for key in keys)))
    assert intake.left(Chunk("c", keys), ask_again=True) == []
    assert intake.hopeless == "all 3 requests of a batch failed: the endpoint answered 400: no"
    assert read_journal(journal.path).num_rows == 0


def test_what_may_be_the_answer_in_an_unreadable_line_is_not_paid_again(taken: Any) -> None:
    intake, keys, journal = taken
    intake.take(read(result_line(keys[0]), result_line(keys[1])[:-20] + b"\n"))
    assert intake.left(Chunk("c", keys[:2]), ask_again=True) == []
    assert intake.live.outcome.failures.total() == 1
    assert keys[1].encode() in aside(journal.path).read_bytes()

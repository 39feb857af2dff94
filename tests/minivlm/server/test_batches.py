import asyncio
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openai
import pytest

import minivlm.fake_model
from minivlm.fake_model import FakeModel
from minivlm.server.conftest import (
    ask,
    client_of,
    ended,
    image,
    line,
    lines_of,
    results,
    start,
    until,
)
from secondsight.minivlm.server import batch_input, batches
from secondsight.minivlm.server.errors import ServerError
from secondsight.minivlm.server.running import running

SLOW = 0.02


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[openai.OpenAI]:
    """A client of a server that takes its time over each new question."""
    with running(FakeModel(SLOW), tmp_path / "kept") as url, client_of(url) as client:
        yield client


def test_a_batch_from_file_to_results(client: openai.OpenAI) -> None:
    asks = [line(number) for number in (0, 128, 255, 3, 4, 5, 6)]
    asks.append(line(9, body={"model": "fake-1", "messages": ask(image()), "n": 0}))
    asks.append(line(10, body={"model": "fake-1", "messages": ask(image()), "stream": True}))
    batch = start(client, lines_of(asks) + b"\n")
    assert (batch.status, batch.object, batch.completion_window) == ("validating", "batch", "24h")
    assert batch.expires_at == batch.created_at + 86_400
    batch = until(client, batch.id, ended)
    assert (batch.status, batch.model) == ("completed", "fake-1")
    assert batch.request_counts.model_dump() == {"total": 9, "completed": 7, "failed": 2}
    assert batch.in_progress_at <= batch.finalizing_at <= batch.completed_at

    good = results(client, batch.output_file_id)
    order = [result["custom_id"] for result in good]
    assert sorted(order) == sorted(one["custom_id"] for one in asks[:7])
    assert order != [one["custom_id"] for one in asks[:7]]
    said = {one["custom_id"]: one["response"]["body"]["choices"][0]["message"]["content"]
            for one in good}  # fmt: skip
    assert [said[f"ask-{number}"] for number in (0, 128, 255)] == ["0", "1", "2"]
    assert all(one["error"] is None and one["response"]["status_code"] == 200 for one in good)
    used = sum(one["response"]["body"]["usage"]["total_tokens"] for one in good)
    assert batch.usage.total_tokens == used

    bad = {one["custom_id"]: one for one in results(client, batch.error_file_id)}
    assert set(bad) == {"ask-9", "ask-10"}
    assert bad["ask-9"]["response"]["status_code"] == 400
    assert bad["ask-9"]["response"]["body"]["error"]["param"] == "n"
    output = client.files.retrieve(batch.output_file_id)
    assert output.purpose == "batch_output"
    assert output.id in {file.id for file in client.files.list(purpose="batch_output")}


def test_the_async_client(url: str) -> None:
    async def run() -> Any:
        async with openai.AsyncOpenAI(
            base_url=url, api_key=FakeModel.name, max_retries=0
        ) as client:
            content = lines_of([line(1), line(2)])
            file = await client.files.create(file=("a.jsonl", content), purpose="batch")
            batch = await client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h",
                metadata={"for": "a test"},
            )  # fmt: skip
            while not ended(batch):
                await asyncio.sleep(0.01)
                batch = await client.batches.retrieve(batch.id)
            content = (await client.files.content(batch.output_file_id)).content
            listed = [one.id async for one in client.batches.list(limit=1)]
            return batch, content, listed

    batch, content, listed = asyncio.run(run())
    assert (batch.status, batch.error_file_id) == ("completed", None)
    assert batch.metadata == {"for": "a test"}
    assert len(content.splitlines()) == 2
    assert listed[0] == batch.id
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(("lines", "codes"), [
    ([line(1), b"{", line(1)], [("invalid_json_line", 2), ("duplicate_custom_id", 3)]),
    ([line(1, url="/v1/embeddings")], [("invalid_url", 1)]),
    ([line(1), line(2, method="GET")], [("invalid_method", 2)]),
    ([line(1), line(2, body={"model": "x"}), line(3)], [("mismatched_model", 2)]),
    ([line(1, body={"model": "x"})], [("model_not_found", 1)]),
    ([line(1, body=[])], [("invalid_body", 1)]),
    ([line(1, custom_id=5)], [("invalid_custom_id", 1)]),
    ([line(1, priority=5)], [("unknown_parameter", 1)]),
    ([b"[]"], [("invalid_request", 1)]),
    ([b"  "], [("empty_file", None)]),
])  # fmt: skip
def test_files_that_fail(client: openai.OpenAI, lines: list[Any], codes: list[Any]) -> None:
    content = b"\n".join(
        one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines
    )
    batch = until(client, start(client, content).id, ended)
    assert (batch.status, batch.output_file_id) == ("failed", None)
    assert batch.failed_at
    assert [(error.code, error.line) for error in batch.errors.data] == codes
    assert all(error.message for error in batch.errors.data)


def test_too_many_lines(client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_input, "MOST_LINES", 3)
    good = start(client, lines_of([line(number) for number in range(3)]))
    bad = start(client, lines_of([line(number) for number in range(4)]))
    assert until(client, good.id, ended).status == "completed"
    assert until(client, bad.id, ended).errors.data[0].code == "too_many_requests"


def test_batches_that_are_refused_at_once(client: openai.OpenAI) -> None:
    file = client.files.create(file=lines_of([line(1)]), purpose="batch")
    good = {"input_file_id": file.id, "endpoint": "/v1/chat/completions",
            "completion_window": "24h"}  # fmt: skip
    for wrong in (
        {"endpoint": "/v1/embeddings"},
        {"completion_window": "1h"},
        {"metadata": {"a": 1}},
        {"output_expires_after": {"anchor": "created_at", "seconds": 3600}},
        {"input_file_id": 7},
    ):
        with pytest.raises(openai.BadRequestError) as error:
            client.batches.create(**(good | wrong))
        assert error.value.param.partition(".")[0] == next(iter(wrong))
    with pytest.raises(openai.NotFoundError):
        client.batches.create(**(good | {"input_file_id": "file-none"}))
    for gone in (client.batches.retrieve, client.batches.cancel):
        with pytest.raises(openai.NotFoundError):
            gone("batch_none")
    batch = until(client, client.batches.create(**good).id, ended)
    with pytest.raises(openai.BadRequestError, match="completed"):
        client.batches.cancel(batch.id)
    with pytest.raises(openai.BadRequestError, match="purpose"):
        client.batches.create(**(good | {"input_file_id": batch.output_file_id}))


def test_too_many_batches_are_refused(slow: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_UNENDED", 2)
    made = [start(slow, lines_of([line(n) for n in range(99)])) for _ in range(2)]
    with pytest.raises(openai.RateLimitError, match="2 batches have not ended"):
        start(slow, lines_of([line(1)]))
    for batch in made:
        slow.batches.cancel(batch.id)
        until(slow, batch.id, ended)
    assert start(slow, lines_of([line(1)])).status == "validating"


def test_a_cancelled_batch_keeps_what_is_done(slow: openai.OpenAI) -> None:
    batch = start(slow, lines_of([line(number) for number in range(250)]))
    with pytest.raises(openai.BadRequestError, match="still read"):
        slow.files.delete(batch.input_file_id)
    until(slow, batch.id, lambda batch: batch.request_counts.completed > 1)
    assert slow.batches.cancel(batch.id).status in {"cancelling", "cancelled"}
    batch = until(slow, batch.id, ended)
    assert batch.status == "cancelled"
    assert batch.cancelling_at <= batch.cancelled_at
    done = results(slow, batch.output_file_id)
    assert len(done) == batch.request_counts.completed
    assert 1 < len(done) < 250
    assert batch.error_file_id is None
    assert slow.files.delete(batch.input_file_id).deleted


def test_what_is_too_late_expires() -> None:
    asks = [line(number) for number in range(250)]
    with running(FakeModel(SLOW), batch_seconds=1) as url, client_of(url) as client:
        batch = until(client, start(client, lines_of(asks)).id, ended)
        assert batch.status == "expired"
        assert batch.expired_at
        good, late = results(client, batch.output_file_id), results(client, batch.error_file_id)
    assert {one["error"]["code"] for one in late} == {"batch_expired"}
    assert all(one["response"] is None for one in late)
    assert sorted(one["custom_id"] for one in good + late) == sorted(a["custom_id"] for a in asks)
    assert batch.request_counts.failed == len(late)


def test_a_batch_leaves_room_for_a_chat(slow: openai.OpenAI) -> None:
    batches = [start(slow, lines_of([line(number) for number in range(250)])) for _ in range(3)]
    until(slow, batches[0].id, lambda batch: batch.request_counts.completed > 0)
    for shade in (1, 2, 3):
        slow.chat.completions.create(model="fake-1", messages=ask(image(shade, size=(9, 9))))
    counts = [slow.batches.retrieve(batch.id).request_counts for batch in batches]
    assert sum(count.completed for count in counts) < 500
    for batch in batches:
        slow.batches.cancel(batch.id)


def test_a_stopped_server_goes_on_where_it_was(tmp_path: Path) -> None:
    asks = [line(number) for number in range(30)]
    with running(FakeModel(SLOW), tmp_path) as url, client_of(url) as client:
        batch = start(client, lines_of(asks))
        until(client, batch.id, lambda batch: batch.request_counts.completed > 2)
        with pytest.raises(ServerError, match="another server"), running(FakeModel(), tmp_path):
            pass
    fresh = FakeModel()
    with running(fresh, tmp_path) as url, client_of(url) as client:
        batch = until(client, batch.id, ended)
        assert batch.status == "completed"
        found = [one["custom_id"] for one in results(client, batch.output_file_id)]
    assert sorted(found) == sorted(one["custom_id"] for one in asks)
    assert fresh.calls < 28


def _program(folder: Path, seconds: float) -> tuple[subprocess.Popen[str], str]:
    program = minivlm.fake_model.__file__
    server = subprocess.Popen([sys.executable, program, str(folder), str(seconds)],
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
    return server, server.stdout.readline().strip()


def test_a_killed_server_answers_each_request_once(tmp_path: Path) -> None:
    asks = [line(number) for number in range(60)]
    server, url = _program(tmp_path, SLOW)
    with client_of(url) as client:
        batch = start(client, lines_of(asks))
        until(client, batch.id, lambda batch: batch.request_counts.completed > 5)
        server.kill()
        server.wait()
        server.stdout.close()
    with closing(sqlite3.connect(tmp_path / "server.sqlite")) as base:
        rows = base.execute("SELECT line FROM results ORDER BY number").fetchall()
    before = [json.loads(row) for (row,) in rows]
    assert 5 < len(before) < 60

    with running(FakeModel(), tmp_path) as url, client_of(url) as client:
        batch = until(client, batch.id, ended)
        found = results(client, batch.output_file_id)
        assert batch.request_counts.completed == 60
    assert Counter(one["custom_id"] for one in found) == {one["custom_id"]: 1 for one in asks}
    assert found[: len(before)] == before

    with running(FakeModel(), tmp_path) as url, client_of(url) as client:
        assert client.batches.retrieve(batch.id) == batch
        assert results(client, batch.output_file_id) == found


def test_a_damaged_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "server.sqlite").write_text("{" * 5000)
    with pytest.raises(ServerError, match="is damaged"), running(FakeModel(), tmp_path):
        pass


def test_a_file_in_the_way_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("")
    with (
        pytest.raises(ServerError, match="cannot make"),
        running(FakeModel(), tmp_path / "here"),
    ):
        pass

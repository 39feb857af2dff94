import asyncio
import gc
import gzip
import re
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from made import request

from conftest import tiny_png
from endpoint import EndpointServer, Reply, answer, broken_off, completion, failure, slow
from secondsight.datasets.dataset import sha256
from secondsight.errors import DataError, EndpointError, ParameterError
from secondsight.inference import client
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import Journal, aside, read_journal, verify_journal
from secondsight.inference.request import Image, Message, Request, Sampling, Text
from secondsight.inference.workers import PATIENCE, Ask, Outcome, body, put_all


def asks(count: int, asked: Request | None = None) -> list[Ask]:
    made = []
    for number in range(count):
        png = tiny_png(number)
        about = (asked or request()).about(sha256(png))
        made.append(Ask(about.key, f"img-{number}", about, lambda png=png: png))  # type: ignore[misc]
    return made


def put(todo: Iterable[Ask], endpoint: Endpoint, path: Path, *, progress: bool = False) -> Outcome:
    todo = list(todo)
    with Journal(path) as journal:
        return put_all(todo, len(todo), endpoint, journal, progress=progress)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.jsonl"


def bodies(path: Path) -> list[str]:
    found: list[str] = read_journal(path)["response"].to_pylist()
    return found


@pytest.mark.parametrize("progress", [False, True])
def test_every_request_is_put_once_and_its_response_kept_verbatim(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path, progress: bool
) -> None:
    odd = b' {"choices": [{"message": {"content": "\xc3\x89 \xf0\x9f\x94\xad"}}], "x": 1.50}\n'
    endpoint_server.default = lambda asked: Reply(body=odd)
    todo = asks(10)
    outcome = put(todo, endpoint, path, progress=progress)
    assert outcome == Outcome(recorded=10)
    assert bodies(path) == [odd.decode()] * 10
    assert set(endpoint_server.times_asked().values()) == {1}
    found = read_journal(path)
    assert set(found["key"].to_pylist()) == {one.key for one in todo}
    assert set(found["image_id"].to_pylist()) == {one.image_id for one in todo}


def test_the_image_arrives_byte_for_byte(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    put(asks(1), endpoint, path)
    (asked,) = endpoint_server.requests
    assert asked.png == tiny_png(0)
    assert asked.body["messages"][0]["content"][0] == {"type": "text", "text": "What is it?"}


def test_what_is_said_is_sent_and_nothing_else(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    wanted = {"type": "json_object"}
    sampling = Sampling(temperature=0.0, seed=7, max_completion_tokens=5, logprobs=True)
    put(asks(1, request(sampling=sampling, response_format=wanted)), endpoint, path)
    put(asks(1, request(model="plain")), endpoint, path)
    first, second = (asked.body for asked in endpoint_server.requests)
    assert first.pop("messages") == second.pop("messages")
    assert first == {
        "model": "sky-1",
        "temperature": 0.0,
        "seed": 7,
        "max_completion_tokens": 5,
        "logprobs": True,
        "response_format": wanted,
    }
    assert second == {"model": "plain"}


def test_the_detail_of_an_image_and_the_roles_are_sent() -> None:
    said = body(
        Request(
            model="m",
            messages=(
                Message(role="system", content=(Text(text="be brief"),)),
                Message(role="user", content=(Image(sha256="0" * 64, detail="low"),)),
            ),
        ),
        b"png",
    )
    assert [message["role"] for message in said["messages"]] == ["system", "user"]
    assert said["messages"][1]["content"][0]["image_url"]["detail"] == "low"


def test_the_key_comes_from_the_environment(
    endpoint_server: EndpointServer,
    endpoint: Endpoint,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")
    put(asks(1), endpoint, path)
    assert endpoint_server.requests[0].headers["authorization"] == "Bearer from-the-environment"
    assert "from-the-environment" not in path.read_text()


@pytest.mark.parametrize("url", [None, "http://192.0.2.1/v1", "https://localhost.example.org/v1"])
def test_an_endpoint_elsewhere_needs_a_key(url: str | None) -> None:
    with pytest.raises(EndpointError, match="OPENAI_API_KEY"):
        Endpoint(url).client()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_an_endpoint_on_this_machine_needs_none(host: str) -> None:
    assert Endpoint(f"http://{host}:8000/v1").client().api_key == "none"  # pragma: allowlist secret


def test_the_address_may_come_from_the_environment(
    endpoint_server: EndpointServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint_server.base_url)
    assert put(asks(1), Endpoint(retries=0), path).recorded == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_a_passing_failure_is_tried_again(
    endpoint_server: EndpointServer, path: Path, status: int
) -> None:
    endpoint_server.script = [failure(status), failure(status)]
    outcome = put(asks(1), Endpoint(endpoint_server.base_url, retries=2), path)
    assert outcome == Outcome(recorded=1)
    assert len(endpoint_server.requests) == 3
    assert len(bodies(path)) == 1


def test_a_wait_of_nought_seconds_is_taken(endpoint_server: EndpointServer, path: Path) -> None:
    endpoint_server.script = [Reply(429, b"{}", {"Retry-After": "0"})]
    assert put(asks(1), Endpoint(endpoint_server.base_url, retries=1), path).recorded == 1


def test_the_wait_that_the_endpoint_asks_for_is_kept(
    endpoint_server: EndpointServer, path: Path
) -> None:
    endpoint_server.script = [failure(429, wait_ms=300)]
    started = time.monotonic()
    put(asks(1), Endpoint(endpoint_server.base_url, retries=1), path)
    assert time.monotonic() - started >= 0.3


def test_a_failure_that_stays_is_counted_and_the_rest_goes_on(
    endpoint_server: EndpointServer, path: Path
) -> None:
    bad = sha256(tiny_png(2))
    endpoint_server.default = lambda asked: (
        failure(500, "out of order") if asked.image_sha256 == bad else answer()
    )
    outcome = put(asks(5), Endpoint(endpoint_server.base_url, retries=1), path)
    assert outcome.recorded == 4
    assert outcome.failures == {"the endpoint answered 500: out of order": 1}
    assert endpoint_server.times_asked()[bad] == 2
    assert "img-2" not in read_journal(path)["image_id"].to_pylist()


def test_an_endpoint_that_always_fails_is_given_up(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    endpoint_server.default = lambda asked: failure(500, "down")
    with pytest.raises(EndpointError, match=r"requests in a row failed: .* 500: down"):
        put(asks(60), endpoint, path)
    assert PATIENCE <= len(endpoint_server.requests) < PATIENCE + 2 * endpoint.concurrency


def test_now_and_then_a_failure_is_no_reason_to_give_up(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    good = {sha256(tiny_png(number)) for number in range(0, 60, 6)}
    endpoint_server.default = lambda asked: answer() if asked.image_sha256 in good else failure(500)
    outcome = put(asks(60), endpoint, path)
    assert outcome.recorded == 10
    assert sum(outcome.failures.values()) == 50


@pytest.mark.parametrize(
    "refusal",
    [
        failure(401, "Incorrect API key"),
        failure(403, "not for you"),
        failure(404, "no such model"),
        failure(429, "You exceeded your quota", code="insufficient_quota"),
    ],
    ids=["401", "403", "404", "quota"],
)
def test_what_no_request_can_mend_stops_the_run(
    endpoint_server: EndpointServer, path: Path, refusal: Reply
) -> None:
    endpoint_server.default = lambda asked: refusal
    endpoint = Endpoint(endpoint_server.base_url, concurrency=1, retries=0)
    said = orjson.loads(refusal.body)["error"]["message"]
    with pytest.raises(EndpointError, match=f"answered {refusal.status}: {said}"):
        put(asks(5), endpoint, path)
    assert len(endpoint_server.requests) == 1
    assert not path.exists()


def test_a_bad_request_is_not_tried_again(endpoint_server: EndpointServer, path: Path) -> None:
    endpoint_server.script = [failure(400, "image too small")]
    outcome = put(asks(2), Endpoint(endpoint_server.base_url, concurrency=1), path)
    assert outcome.refused == {"the endpoint answered 400: image too small": 1}
    assert (outcome.recorded, outcome.failures) == (1, {})
    assert len(endpoint_server.requests) == 2


def test_a_time_out_is_counted(endpoint_server: EndpointServer, path: Path) -> None:
    endpoint_server.default = lambda asked: slow(3600)
    endpoint = Endpoint(endpoint_server.base_url, concurrency=1, timeout=0.2, retries=0)
    outcome = put(asks(2), endpoint, path)
    assert outcome.failures == {"the endpoint did not answer in time": 2}
    assert outcome.recorded == 0


def test_a_time_out_is_tried_again(endpoint_server: EndpointServer, path: Path) -> None:
    endpoint_server.default = lambda asked: slow(3600)
    endpoint = Endpoint(endpoint_server.base_url, timeout=0.2, retries=1)
    assert put(asks(1), endpoint, path).recorded == 0
    assert len(endpoint_server.requests) == 2


def test_a_body_that_breaks_off_is_no_response(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    endpoint_server.script = [broken_off()]
    outcome = put(asks(3), endpoint, path)
    assert set(outcome.failures.values()) == {1}
    assert re.fullmatch(r"no connection to 127\.0\.0\.1:\d+, or it broke off", *outcome.failures)
    assert outcome.recorded == len(bodies(path)) == 2


def test_an_answer_cut_off_by_its_length_is_kept_as_it_is(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    endpoint_server.script = [answer("It is a", finish_reason="length")]
    assert put(asks(1), endpoint, path).recorded == 1
    assert orjson.loads(bodies(path)[0])["choices"][0]["finish_reason"] == "length"


MALFORMED: dict[str, bytes] = {
    "a page": b"<html><body>Bad gateway</body></html>",
    "nothing": b"",
    "no choices": b'{"object":"chat.completion"}',
    "empty choices": b'{"choices":[]}',
    "an error": b'{"error":{"message":"out of order"}}',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_reply_that_is_no_completion_is_a_failure(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path, kind: str
) -> None:
    endpoint_server.script = [Reply(body=MALFORMED[kind])]
    outcome = put(asks(2), endpoint, path)
    assert outcome.recorded == len(bodies(path)) == 1
    ((said, count),) = outcome.failures.items()
    assert said.startswith("the reply is no chat completion")
    assert count == 1
    assert "\n" not in said
    assert read_journal(aside(path))["response"].to_pylist() == [MALFORMED[kind].decode()]
    assert verify_journal(aside(path)) == []


def test_a_page_may_call_itself_one(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    endpoint_server.script = [
        Reply(body=MALFORMED["a page"], headers={"Content-Type": "text/html"})
    ]
    assert sum(put(asks(1), endpoint, path).failures.values()) == 1


def test_pages_for_answers_stop_the_run_and_fill_no_recording(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    endpoint_server.default = lambda asked: Reply(body=MALFORMED["a page"])
    with pytest.raises(EndpointError, match="requests in a row failed: the reply is no chat"):
        put(asks(60), endpoint, path)
    assert not path.exists()
    assert len(endpoint_server.requests) < PATIENCE + 2 * endpoint.concurrency


ODD: dict[str, bytes] = {
    "minus infinity": b'{"choices":[{"message":{"content":"1"},"logprobs":-Infinity}]}',
    "half a pair": b'{"choices":[{"message":{"content":"1 \\ud83d"}}]}',
    "a byte that is no UTF-8": b'{"choices":[{"message":{"content":"1 \xff"}}]}',
    "parts": b'{"choices":[{"message":{"content":[{"type":"text","text":"1"}]}}]}',
    "no message": b'{"choices":[{}]}',
    "a message that is none": b'{"choices":[{"message":"1"}]}',
    "content of another kind": b'{"choices":[{"message":{"content":7}}]}',
    "refusal of another kind": b'{"choices":[{"message":{"refusal":true}}]}',
    "usage of another kind": b'{"choices":[{"message":{"content":"1"}}],"usage":"much"}',
    "no choice, but a bill": b'{"choices":[],"usage":{"prompt_tokens":9}}',
    "a mark before it": b"\xef\xbb\xbf" + completion(),
    "a half": completion()[:-9],
    "a bill and no choices": b'{"object":"chat.completion","usage":{"prompt_tokens":9}}',
}


@pytest.mark.parametrize("kind", ODD)
def test_a_paid_reply_is_kept_however_odd(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path, kind: str
) -> None:
    endpoint_server.default = lambda asked: Reply(body=ODD[kind])
    assert put(asks(2), endpoint, path) == Outcome(recorded=2)
    assert verify_journal(path) == []
    (kept,) = set(bodies(path))
    assert kept == ODD[kind].replace(b"\xff", b"\\udcff").decode()


def elsewhere(status: int, url: str) -> Reply:
    return Reply(status, b"", {"Location": url})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_told_and_not_followed(
    endpoint_server: EndpointServer, path: Path, status: int
) -> None:
    with EndpointServer() as other:
        endpoint_server.default = lambda asked: elsewhere(status, other.base_url)
        with pytest.raises(
            EndpointError, match=f"answered {status}: it points to {other.base_url}"
        ):
            put(asks(3), Endpoint(endpoint_server.base_url, concurrency=1, retries=0), path)
        assert other.requests == []
    assert len(endpoint_server.requests) == 1
    assert not path.exists()


@pytest.mark.parametrize("status", [201, 202, 204, 206])
def test_another_kind_of_success_is_no_answer(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path, status: int
) -> None:
    endpoint_server.default = lambda asked: Reply(status, b"" if status == 204 else completion())
    outcome = put(asks(1), endpoint, path)
    assert outcome.failures == {f"the endpoint answered {status}, which is no answer": 1}


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_no_proxy_stands_between_this_machine_and_itself(
    endpoint_server: EndpointServer,
    endpoint: Endpoint,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    with EndpointServer() as proxy:
        monkeypatch.setenv(name, proxy.base_url.removesuffix("/v1"))
        assert put(asks(1), endpoint, path).recorded == 1
        assert proxy.requests == []


def test_an_endpoint_elsewhere_is_reached_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert Endpoint("https://example.org/v1").client().line.trust_env
    assert not Endpoint("http://127.0.0.2/v1").client().line.trust_env


KEY = "from-the-environment"


@pytest.mark.parametrize("host", ["192.0.2.1:8000", "example.org", "localhost.example.org"])
def test_a_key_does_not_leave_this_machine_unencrypted(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(EndpointError, match="over plain http for all to read: name an https"):
        Endpoint(f"http://{host}/v1").client()
    Endpoint(f"https://{host}/v1").client()


def test_a_key_that_is_repeated_is_blacked_out(
    endpoint_server: EndpointServer,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    endpoint = Endpoint(endpoint_server.base_url, concurrency=1, retries=0)
    endpoint_server.script = [
        answer(f"your key is {KEY}"),
        failure(400, "x" * 190 + KEY),
        Reply(body=KEY.encode()),
    ]
    outcome = put(asks(3), endpoint, path)
    assert "your key is [key]" in bodies(path)[0]
    told = "".join(outcome.failures)
    assert KEY not in told + path.read_text() + aside(path).read_text()
    assert "-the-" not in told
    endpoint_server.script = [elsewhere(302, f"https://example.org/{KEY}")]
    with pytest.raises(EndpointError, match=r"example\.org/\[key\]"):
        put(asks(1), endpoint, path)


def test_a_word_that_stands_for_a_key_may_occur_in_answers(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    endpoint_server.default = lambda asked: answer("none")
    put(asks(1), endpoint, path)
    assert bodies(path) == [completion("none").decode()]


def test_what_a_terminal_obeys_is_not_told(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    endpoint_server.script = [failure(400, "\x1b[31mred\x1b]0;title\x07 \x9b2J\u202eno\rx")]
    outcome = put(asks(1), endpoint, path)
    assert outcome.refused == {"the endpoint answered 400: red 2Jno": 1}


def test_a_reply_that_drips_meets_the_deadline(endpoint_server: EndpointServer, path: Path) -> None:
    endpoint_server.default = lambda asked: replace(answer(), drip=0.05)
    endpoint = Endpoint(endpoint_server.base_url, timeout=0.3, retries=0)
    outcome = put(asks(1), endpoint, path)
    assert outcome.failures == {"the endpoint did not answer in time": 1}


def test_a_reply_without_end_meets_a_limit(
    endpoint_server: EndpointServer,
    endpoint: Endpoint,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "LARGEST", 10_000)
    endpoint_server.script = [answer("x" * 10_001)]
    outcome = put(asks(2), replace(endpoint, retries=3), path)
    assert outcome.failures == {"a reply is larger than 10,000 bytes": 1}
    assert outcome.recorded == 1
    assert len(endpoint_server.requests) == 2


def test_a_packed_reply_is_unpacked(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    packed = Reply(body=gzip.compress(completion()), headers={"Content-Encoding": "gzip"})
    endpoint_server.default = lambda asked: packed
    put(asks(1), endpoint, path)
    assert bodies(path) == [completion().decode()]


@pytest.mark.parametrize(
    "wrong", [{"concurrency": 0}, {"concurrency": -1}, {"retries": -1}, {"timeout": 0.0}]
)
def test_a_number_that_makes_no_sense_is_one_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(wrong))} must be"):
        Endpoint(**wrong)


def test_nobody_there_is_one_line(path: Path) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port = plug.getsockname()[1]
    outcome = put(asks(2), Endpoint(f"http://127.0.0.1:{port}/v1", retries=0), path)
    assert set(outcome.failures.values()) == {2}
    assert re.fullmatch(r"no connection to 127\.0\.0\.1:\d+, or it broke off", *outcome.failures)


def test_a_run_at_a_wrong_port_ends_at_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{plug.getsockname()[1]}/v1"
        with pytest.raises(
            EndpointError, match=r"no connection to .* running there\? check --base"
        ):
            put(asks(40), Endpoint(url, retries=10**6), path)
    gc.collect()
    assert "never retrieved" not in caplog.text


def test_a_server_that_goes_later_is_no_wrong_port(path: Path) -> None:
    first, *others = asks(5)

    def leaving(server: EndpointServer) -> Iterator[Ask]:
        with server:
            yield first
        yield from others

    server = EndpointServer()
    server.default = lambda asked: replace(answer(), headers={"Connection": "close"})
    endpoint = Endpoint(server.base_url, concurrency=1, retries=0)
    with Journal(path) as journal:
        outcome = put_all(leaving(server), 5, endpoint, journal, progress=False)
    assert (outcome.recorded, outcome.failures.total()) == (1, 4)


def test_no_more_requests_are_under_way_than_allowed(
    endpoint_server: EndpointServer, path: Path
) -> None:
    endpoint_server.default = lambda asked: slow(0.05)
    endpoint = Endpoint(endpoint_server.base_url, concurrency=2)
    started = time.monotonic()
    put(asks(8), endpoint, path)
    assert time.monotonic() - started >= 4 * 0.05


def test_requests_are_under_way_together(endpoint_server: EndpointServer, path: Path) -> None:
    endpoint_server.default = lambda asked: slow(3600)
    endpoint = Endpoint(endpoint_server.base_url, concurrency=8)
    asking = Thread(target=put, args=(asks(8), endpoint, path))
    asking.start()
    while len(endpoint_server.requests) < 8:
        asking.join(0.01)
        assert asking.is_alive(), "one was answered before all were asked"
    endpoint_server.closing.set()
    asking.join()
    assert len(bodies(path)) == 8


def test_an_image_that_cannot_be_read_stops_the_run(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    def gone() -> bytes:
        raise DataError("img-x.png is missing")

    one = asks(1)[0]
    with pytest.raises(DataError, match=r"img-x\.png is missing"):
        put([Ask(one.key, "img-x", one.request, gone)], endpoint, path)
    assert endpoint_server.requests == []


def test_a_running_event_loop_is_no_obstacle(
    endpoint_server: EndpointServer, endpoint: Endpoint, path: Path
) -> None:
    async def in_a_notebook() -> Outcome:
        return put(asks(3), endpoint, path)

    assert asyncio.run(in_a_notebook()).recorded == 3


def test_an_address_without_a_scheme_is_told_so() -> None:
    with pytest.raises(EndpointError, match="must begin with http:// or https://"):
        Endpoint("127.0.0.1:8000/v1").client()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"detail": "Server is pinned to 'x'"}, "Server is pinned to 'x'"),
        ({"error": "the worker has died"}, "the worker has died"),
        ({"error": {"message": "too long"}}, "too long"),
        ({"message": "no such field"}, "no such field"),
    ],
)
def test_what_other_servers_say_of_an_error_is_told(
    endpoint_server: EndpointServer,
    endpoint: Endpoint,
    path: Path,
    sent: dict[str, object],
    told: str,
) -> None:
    endpoint_server.script = [Reply(400, orjson.dumps(sent))]
    outcome = put(asks(1), endpoint, path)
    assert outcome.refused == {f"the endpoint answered 400: {told}": 1}


def test_an_endpoint_is_named_by_its_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for url, host in (
        (None, "api.openai.com"),
        ("https://some" + "one:some" + "thing@api.example.org:8443/v1?key=x", "api.example.org"),
        ("http://127.0.0.1:8000/v1", "this machine"),
        ("http://localhost/v1", "this machine"),
    ):
        assert Endpoint(url).host == host
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.example.org/v1")
    assert Endpoint().host == "api.example.org"

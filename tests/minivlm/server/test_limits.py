"""What a client sends can't stop the server, nor make it take long or much memory."""

import io
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import openai
import pytest
import requests
from PIL import Image

from minivlm.fake_model import FakeModel
from minivlm.server.conftest import ask, client_of, image, shown
from minivlm.server.test_chat import schema
from minivlm.server.test_images import claims_to_be
from secondsight.minivlm.server import connections
from secondsight.minivlm.server.app import LARGE, MOST_LARGE
from secondsight.minivlm.server.running import running
from stress.fuzz_server import fuzz

Complete = Any


def by_schema(whole: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": whole}}


def an_object(**properties: Any) -> dict[str, Any]:
    return by_schema({"type": "object", "properties": properties, "required": list(properties)})


def part(**said: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [said]}]


URL = shown(image())[0]["image_url"]["url"]
SHAPES = [
    ({"messages": [{"role": ["user"], "content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": {}, "content": "x"}]}, "messages[0].role"),
    ({"messages": part(type=["text"], text="x")}, "messages[0].content[0].type"),
    ({"messages": part(type={}, text="x")}, "messages[0].content[0].type"),
    *[
        (
            {"messages": part(type="image_url", image_url={"url": URL, "detail": detail})},
            "messages[0].content[0].image_url.detail",
        )
        for detail in ([], {})
    ],
    ({"response_format": an_object(a={"type": 5})}, "response_format.json_schema.schema"),
    (
        {"response_format": an_object(a={"enum": ["x"]}, confidence={"type": "number",
                                                                     "minimum": "low"})},
        "response_format.json_schema.schema",
    ),
    (
        {"response_format": by_schema({"type": "object", "properties": {"a": {}},
                                       "required": [["a"]]})},
        "response_format.json_schema.schema",
    ),
    (
        {"response_format": an_object(a={"enum": ["x"]},
                                      confidence={"type": "integer", "maximum": []})},
        "response_format.json_schema.schema",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "param"), SHAPES)
def test_a_wrong_shape_is_refused(complete: Complete, said: Any, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        complete(image(), **said)
    assert error.value.param == param


def unfolding(depth: int) -> dict[str, Any]:
    """A schema whose references to one another unfold to 5 ** depth parts."""
    defs = {
        f"d{n}": {"properties": {key: {"$ref": f"#/$defs/d{n + 1}"} for key in "abcde"}}
        for n in range(depth)
    }
    whole = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": defs}
    return by_schema(whole | {"$defs": defs | {f"d{depth}": {"type": "string"}}})


@pytest.mark.parametrize("form", [
    an_object(category={"enum": [f"value {n}" for n in range(2000)]}),
    an_object(category={"enum": ["x" * 30_000, "y"]}),
    an_object(**{f"f{n}": {"type": "string"} for n in range(2000)}),
    unfolding(5),
])  # fmt: skip
def test_a_schema_that_is_too_large_is_refused(complete: Complete, form: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="too large") as error:
        complete(image(), text="What is it?", response_format=form)
    assert error.value.code == "invalid_json_schema"


@pytest.mark.parametrize("bounds", [
    {"minimum": 1e308, "maximum": -1e308}, {"minimum": -1.7e308, "maximum": 1.7e308},
    {"minimum": 0.2, "maximum": 0.8, "type": "integer"}, {"minimum": 5},
])  # fmt: skip
def test_bounds_that_no_confidence_is_within_are_refused(complete: Complete, bounds: Any) -> None:
    form = an_object(category={"enum": ["a", "b"]}, confidence={"type": "number"} | bounds)
    with pytest.raises(openai.BadRequestError) as error:
        complete(image(), text="What is it?", response_format=form)
    assert error.value.code == "invalid_json_schema"


def test_what_is_answered_obeys_the_whole_schema(complete: Complete) -> None:
    form = schema(
        category={"oneOf": [{"enum": ["a", "b"]}, {"const": "a"}]}, why={"type": "string"}
    )
    with pytest.raises(openai.BadRequestError, match="no value for 'a'"):
        complete(image(), text="What is it?", response_format=form)


def test_a_prompt_that_is_too_long_is_refused(complete: Complete) -> None:
    with pytest.raises(openai.BadRequestError, match="3,600,000 characters") as error:
        complete(image(), text="1: a\n" * 720_000)
    assert error.value.code == "context_length_exceeded"


def test_too_many_categories_are_refused(complete: Complete) -> None:
    with pytest.raises(openai.BadRequestError, match="300 categories"):
        complete(image(), text="\n".join(f"{n}. w{n}" for n in range(300)))


HALF = (
    'task: Answer with the name.\ncodes:\n  1: {name: "a\\uD800", look: x}\n  2: {name: b, look: y}'
)


def test_half_a_letter_in_yaml_does_no_harm(complete: Complete) -> None:
    assert complete(image(), text=HALF).choices


def test_an_answer_has_an_end(complete: Complete) -> None:
    form = an_object(category={"enum": ["a", "b"]}, note={"const": "! " * 4000})
    said = complete(image(), response_format=form, text="What?", n=128, logprobs=True)
    assert said.choices[0].finish_reason == "length"
    assert said.usage.completion_tokens == 32_768


def test_values_in_one_another_do_no_harm(complete: Complete) -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"a": deep}
    assert complete(image(), extra_body={"metadata": deep}).choices
    with pytest.raises(openai.BadRequestError, match="nested too deeply"):
        complete(image(), extra_body={"metadata": deep}, seed=1)


def test_a_body_of_too_many_values_is_refused(url: str) -> None:
    content = b'{"metadata": [' + b"[]," * 200_000 + b"0]}"
    reply = requests.post(
        f"{url}/chat/completions", content, headers={"Content-Type": "application/json"}, timeout=60
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "request_too_large")


def test_images_too_large_together_are_refused(complete: Complete) -> None:
    with pytest.raises(openai.BadRequestError, match="32,000,000 pixels together"):
        complete(claims_to_be(4000, 4000), claims_to_be(4000, 4000))


def test_a_jpeg_of_very_many_scans_is_refused(complete: Complete) -> None:
    file = io.BytesIO()
    Image.new("L", (64, 64)).save(file, "JPEG", progressive=True)
    scan = file.getvalue().rpartition(b"\xff\xda")[2].removesuffix(b"\xff\xd9")
    with pytest.raises(openai.BadRequestError, match="more than 32 scans"):
        complete(file.getvalue()[:-2] + (b"\xff\xda" + scan) * 40 + b"\xff\xd9")


def test_a_name_of_half_letters_does_no_harm(url: str) -> None:
    begin = "--x\r\nContent-Disposition: form-data; name="
    form = (
        f'{begin}"purpose"\r\n\r\nbatch\r\n{begin}"file"; filename="\\ud800"\r\n\r\n{{}}\r\n--x--'
    )
    kind = "multipart/form-data; boundary=x; charset=unicode_escape"
    reply = requests.post(f"{url}/files", form, headers={"Content-Type": kind}, timeout=9)
    assert reply.json()["filename"] == "?"
    assert requests.get(f"{url}/files", timeout=9).ok


def test_an_error_repeats_little_of_what_was_sent(complete: Complete) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        complete(image(), model="m" * 10_000)
    assert len(error.value.response.content) < 2_000


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A server with little patience."""
    monkeypatch.setattr(connections, "PATIENCE", 0.3)
    with running(FakeModel()) as url:
        host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
        yield host, int(port)


HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n"


@pytest.mark.parametrize(
    "sent", [b"", b"GET", HEAD, HEAD + b"Content-Type: application/json\r\n\r\n{"]
)
def test_who_says_no_more_is_hung_up_on(address: tuple[str, int], sent: bytes) -> None:
    idle = [socket.create_connection(address, timeout=30) for _ in range(20)]
    for line in idle:
        line.sendall(sent)
    for line in idle:
        with line:
            assert _ended(line)


def _ended(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def test_the_oldest_idle_connection_makes_room(
    url: str, client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST", 20)
    host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
    idle = [socket.create_connection((host, int(port)), timeout=30) for _ in range(40)]
    assert client.models.list().data
    assert all(_ended(line) for line in idle[:10])
    for line in idle:
        line.close()


def test_a_slow_answer_is_waited_for(address: tuple[str, int], monkeypatch: Any) -> None:
    slow = FakeModel(1.0).probabilities
    monkeypatch.setattr(FakeModel, "probabilities", lambda _, *given: slow(*given))
    with client_of(f"http://{address[0]}:{address[1]}/v1") as client:
        assert client.chat.completions.create(model="fake-1", messages=ask(image(9))).choices


def together(url: str, contents: list[bytes]) -> list[str]:
    """Ask about images at the same time, each once, and return the answers."""
    with client_of(url) as client, ThreadPoolExecutor(len(contents)) as pool:
        create = client.chat.completions.create
        asked = [pool.submit(create, model="fake-1", messages=ask(one)) for one in contents]
        return [str(each.result().choices[0].message.content) for each in asked]


def test_a_large_request_may_wait_for_its_turn(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 1.0)
    go, alone = threading.Event(), FakeModel.probabilities

    def held(model: FakeModel, *given: Any) -> Any:
        go.wait(timeout=60)
        return alone(model, *given)

    monkeypatch.setattr(FakeModel, "probabilities", held)
    noise = np.random.default_rng(0).integers(0, 256, (2 * MOST_LARGE, 300, 300, 3), np.uint8)
    contents = []
    for pixels in noise:
        Image.fromarray(pixels).save(file := io.BytesIO(), "PNG", compress_level=0)
        contents.append(file.getvalue())
    assert min(map(len, contents)) > LARGE
    threading.Timer(2 * connections.PATIENCE, go.set).start()
    assert len(together(url, contents)) == 2 * MOST_LARGE


def test_two_requests_are_answered_side_by_side(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)
    alone = FakeModel.probabilities

    def met(model: FakeModel, *given: Any) -> Any:
        both.wait(timeout=60)
        return alone(model, *given)

    monkeypatch.setattr(FakeModel, "probabilities", met)
    assert len(together(url, [image(1), image(2)])) == 2


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_who_goes_before_the_end_leaves_no_line_in_the_log(url: str, client: openai.OpenAI) -> None:
    host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
    kept = Kept()
    logging.getLogger("uvicorn.error").addHandler(kept)
    for path in ["chat/completions", "files", "batches"] * 3:
        with socket.create_connection((host, int(port))) as line:
            head = f"POST /v1/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n"
            kind = "application/json" if path != "files" else "multipart/form-data; boundary=x"
            line.sendall(f"{head}Content-Type: {kind}\r\n\r\n{{".encode())
        assert client.models.list().data
    logging.getLogger("uvicorn.error").removeHandler(kept)
    assert not kept.records


def test_senseless_requests_do_no_harm() -> None:
    assert fuzz(seed=3, first=0, count=25, seconds=60, real=False) == []

import json
import socket
from collections.abc import Iterator
from typing import Any

import openai
import pytest
import requests

from minivlm.fake_model import BrokenModel
from minivlm.server.conftest import ask, client_of, image
from secondsight.minivlm.server import body
from secondsight.minivlm.server.running import running

CHAT = "/chat/completions"
JSON = {"Content-Type": "application/json"}


def error(reply: requests.Response) -> dict[str, Any]:
    found = reply.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return found


def test_unknown_paths_and_methods(url: str) -> None:
    lost = requests.get(f"{url}/embeddings", timeout=3600)
    assert (lost.status_code, error(lost)["message"]) == (404, "Invalid URL (GET /v1/embeddings).")
    wrong = requests.put(f"{url}/models", timeout=3600)
    assert (wrong.status_code, error(wrong)["type"]) == (405, "invalid_request_error")
    assert "GET" in wrong.headers["Allow"]


@pytest.mark.parametrize(("content", "said"), [
    (b"{", "could not parse"), (b"[]", "JSON object"), (b"\xff", "could not parse"), (b"", "parse"),
])  # fmt: skip
def test_bodies_that_are_no_json_object(url: str, content: bytes, said: str) -> None:
    reply = requests.post(url + CHAT, data=content, headers=JSON, timeout=3600)
    assert reply.status_code == 400
    assert said in error(reply)["message"]
    assert error(reply)["code"] == "invalid_json"


def test_a_body_of_another_type_is_refused(url: str) -> None:
    reply = requests.post(
        url + CHAT, data=b"{}", headers={"Content-Type": "text/plain"}, timeout=3600
    )
    assert reply.status_code == 400
    assert "application/json" in error(reply)["message"]


def test_a_missing_model(url: str) -> None:
    reply = requests.post(url + CHAT, json={"messages": []}, timeout=3600)
    assert (reply.status_code, error(reply)["param"]) == (400, "model")


def test_bodies_that_are_too_large(client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGEST_JSON", 100_000)
    monkeypatch.setattr(body, "LARGEST_UPLOAD", 100_000)
    with pytest.raises(openai.APIStatusError) as large:
        client.chat.completions.create(model="fake-1", messages=ask(text="x" * 900_000))
    assert (large.value.status_code, large.value.code) == (413, "request_too_large")
    for size in (100_001, 900_000):
        with pytest.raises(openai.APIStatusError) as large:
            client.files.create(file=("a.jsonl", b"x" * size), purpose="batch")
        assert large.value.status_code == 413
    assert client.files.create(file=("a.jsonl", b"x" * 100_000), purpose="batch").bytes == 100_000


@pytest.mark.parametrize("content", [b"", b"--x\r\n", b"--x--\r\n", b"nonsense"])
def test_uploads_that_are_no_form(url: str, content: bytes) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
        reply = requests.post(
            f"{url}/files", data=content, headers={"Content-Type": kind}, timeout=3600
        )
        assert reply.status_code == 400
        assert error(reply)["message"]


def test_uploads_for_other_purposes(client: openai.OpenAI, url: str) -> None:
    with pytest.raises(openai.BadRequestError, match="purpose"):
        client.files.create(file=b"x", purpose="vision")
    with pytest.raises(openai.BadRequestError, match="expires_after"):
        client.files.create(
            file=b"x", purpose="batch", expires_after={"anchor": "created_at", "seconds": 3600}
        )
    reply = requests.post(f"{url}/files", files={"purpose": (None, "batch")}, timeout=3600)
    assert (reply.status_code, error(reply)["param"]) == (400, "file")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[x"])
def test_a_strange_host_is_refused(url: str, host: str) -> None:
    reply = requests.get(f"{url}/models", headers={"Host": host}, timeout=3600)
    assert (reply.status_code, error(reply)["code"]) == (421, "unknown_host")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST"])
def test_names_of_the_loopback_are_known(url: str, host: str) -> None:
    reply = requests.get(f"{url}/models", headers={"Host": host}, timeout=3600)
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.lower().startswith("access-control")]


def test_a_page_elsewhere_is_refused(url: str) -> None:
    for origin in ("https://evil.example", "null"):
        reply = requests.get(f"{url}/models", headers={"Origin": origin}, timeout=3600)
        assert (reply.status_code, error(reply)["code"]) == (403, "foreign_origin")
    own = url.removesuffix("/v1")
    assert requests.get(f"{url}/models", headers={"Origin": own}, timeout=3600).status_code == 200


@pytest.fixture(scope="module")
def broken() -> Iterator[openai.OpenAI]:
    with running(BrokenModel()) as url, client_of(url) as client:
        yield client


def test_a_fault_of_the_servers_own(broken: openai.OpenAI) -> None:
    with pytest.raises(openai.InternalServerError) as fault:
        broken.chat.completions.create(model="fake-1", messages=ask(image()))
    assert fault.value.type == "server_error"
    assert "something of" not in fault.value.message
    assert broken.models.list().data


def test_half_a_request_does_no_harm(url: str, client: openai.OpenAI) -> None:
    host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
    for path in ("chat/completions", "files"):
        with socket.create_connection((host, int(port))) as line:
            head = f"POST /v1/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n"
            line.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n{")
    assert client.models.list().data


def test_file_round_trip(client: openai.OpenAI) -> None:
    content = b'{"a": 1}\n' * 500_000
    file = client.files.create(file=("../asks.jsonl", content), purpose="batch")
    assert (file.object, file.bytes, file.purpose) == ("file", len(content), "batch")
    assert client.files.retrieve(file.id) == file
    assert client.files.content(file.id).content == content
    assert client.files.delete(file.id).deleted
    for gone in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            gone(file.id)
    assert json.loads(file.model_dump_json())["filename"].endswith("asks.jsonl")


def test_lists_come_a_page_at_a_time(client: openai.OpenAI) -> None:
    made = [client.files.create(file=b"{}", purpose="batch").id for _ in range(5)]
    first = client.files.list(limit=2)
    assert ([file.id for file in first.data], first.has_more) == (made[:-3:-1], True)
    assert [file.id for file in client.files.list(limit=2)][:5] == made[::-1]
    assert [file.id for file in client.files.list(order="asc")][-5:] == made
    for wrong in ({"limit": 0}, {"limit": 10_001}, {"order": "up"}, {"after": "file-x"}):
        with pytest.raises(openai.BadRequestError):
            client.files.list(**wrong)

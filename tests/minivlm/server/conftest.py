"""The server with a model that knows nothing, over real HTTP."""

import base64
import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import openai
import pytest
from PIL import Image

from minivlm.fake_model import FakeModel
from secondsight.minivlm.server.running import running

PROMPT = (
    "Look at this image and decide which category it shows.\n\n"
    "Category 0 (round): smooth and circular.\n\n"
    "Category 1 (cigar): smooth and elongated.\n\n"
    "Category 2 (spiral): a disc with arms.\n\n"
    "Answer with the number of the category and nothing else."
)
FIRST, MIDDLE, LAST = 0, 128, 255
"""Shades of images that favour the first, the middle and the last of three categories."""


def image(shade: int = FIRST, kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    file = io.BytesIO()
    Image.new("L", size, shade).save(file, kind)
    return file.getvalue()


def uri(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64," + base64.b64encode(content).decode()


def shown(*contents: bytes) -> list[dict[str, Any]]:
    return [{"type": "image_url", "image_url": {"url": uri(content)}} for content in contents]


def ask(*contents: bytes, text: str = PROMPT) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "text", "text": text}, *shown(*contents)]}]


def client_of(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key=FakeModel.name, max_retries=0, timeout=3600)


def lines_of(requests: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(request).encode() + b"\n" for request in requests)


def line(number: int, **said: Any) -> dict[str, Any]:
    body = {"model": "fake-1", "messages": ask(image(number % 256)), "temperature": 0}
    url = "/v1/chat/completions"
    return {"custom_id": f"ask-{number}", "method": "POST", "url": url, "body": body} | said


def start(client: openai.OpenAI, content: bytes) -> Any:
    file = client.files.create(file=("asks.jsonl", content), purpose="batch")
    return client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )


def until(client: openai.OpenAI, batch_id: str, good: Callable[[Any], bool]) -> Any:
    for _ in range(360_000):
        batch = client.batches.retrieve(batch_id)
        if good(batch):
            return batch
        time.sleep(0.01)
    raise AssertionError(f"the batch stayed {batch.status}")


def ended(batch: Any) -> bool:
    return batch.status in {"completed", "failed", "expired", "cancelled"}


def results(client: openai.OpenAI, file_id: str | None) -> list[dict[str, Any]]:
    content = client.files.content(file_id).content if file_id else b""
    return [json.loads(line) for line in content.splitlines()]


@pytest.fixture(scope="session")
def _served() -> Iterator[tuple[FakeModel, str]]:
    model = FakeModel()
    with running(model) as url:
        yield model, url


@pytest.fixture
def model(_served: tuple[FakeModel, str]) -> FakeModel:
    return _served[0]


@pytest.fixture
def url(_served: tuple[FakeModel, str]) -> str:
    return _served[1]


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with client_of(url) as client:
        yield client


@pytest.fixture
def complete(client: openai.OpenAI) -> Callable[..., Any]:
    def complete(*contents: bytes, text: str = PROMPT, **said: Any) -> Any:
        asked = {"model": "fake-1", "messages": ask(*contents, text=text)} | said
        return client.chat.completions.create(**asked)

    return complete


@pytest.fixture
def noise() -> bytes:
    """An image that no other test shows."""
    pixels = np.random.default_rng().integers(0, 256, (16, 16, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()

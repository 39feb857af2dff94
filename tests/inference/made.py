"""Requests and rows made by hand, for the tests of this folder."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from endpoint import completion
from secondsight.inference.options import Options
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import Sidecar
from secondsight.inference.request import IMAGE, Image, Message, Request, Sampling, Template, Text
from secondsight.inference.schema import ROWS

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)

SIDECAR = Sidecar(
    title="A test",
    about="Answers that nobody gave.",
    origin="recorded here, simulated sky",
    dataset="tiny",
    source="made by hand",
    licence="CC0",
    lookup="request",
    response_form="chat.completion",
    models=[],
)


def request(text: str = "What is it?", model: str = "sky-1", **said: Any) -> Request:
    """Return a request about the image `IMAGE`."""
    message = Message(role="user", content=(Text(text=text), Image(sha256=IMAGE)))
    return Request(model=model, messages=(message,), **said)


def split(said: dict[str, Any]) -> tuple[Options, Recorder]:
    """Return options and a recorder of what a test says by their fields' names."""
    names = {field.name for field in fields(Options)}
    options = {name: value for name, value in said.items() if name in names}
    return Options(**options), Recorder(**{name: said[name] for name in said.keys() - names})


def image(number: int) -> str:
    """Return the SHA-256 of an image that there isn't."""
    return f"{number:064x}"


def rows(
    asked: Request | None = None, count: int = 5, answer: str = "1", day: int = 0, start: int = 0
) -> pa.Table:
    """Return rows in which every image got the same answer."""
    template = Template(asked or request(sampling=Sampling(temperature=0.0)))
    numbers = range(start, start + count)
    return pa.Table.from_pylist(
        [
            {
                "key": template.key(image(number), 0),
                "image_id": f"img-{number:03d}",
                "repeat": 0,
                "request": template.canonical(image(number), 0).decode(),
                "response": completion(answer).decode(),
                "recorded_at": START + timedelta(days=day, seconds=number),
            }
            for number in numbers
        ],
        schema=ROWS,
    )

"""The program as a person runs it, and small recordings for it."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest

from endpoint import completion
from secondsight.cli import main
from secondsight.inference.recording import Sidecar, write_recording
from secondsight.inference.request import IMAGE, Image, Message, Request, Template, Text
from secondsight.inference.schema import ROWS


class Said(NamedTuple):
    """How the program ended, and what it printed where."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]
Record = Callable[..., Path]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process."""

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["secondsight", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        code = end.value.code
        return Said(code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.fixture
def record(recordings: Path) -> Record:
    """Write a recording of these answers, one an image."""

    def record(name: str, *answers: str, model: str = "sky-1", about: str = "Made up.") -> Path:
        message = Message(role="user", content=(Text(text="What is it?"), Image(sha256=IMAGE)))
        template = Template(Request(model=model, messages=(message,)))
        images = [f"{number:064x}" for number in range(len(answers))]
        rows = [
            {
                "key": template.key(image, 0),
                "image_id": f"img-{number:03d}",
                "repeat": 0,
                "request": template.canonical(image, 0).decode(),
                "response": completion(answer).decode(),
                "recorded_at": datetime(2026, 1, 2, tzinfo=UTC),
            }
            for number, (image, answer) in enumerate(zip(images, answers, strict=True))
        ]
        sidecar = Sidecar(
            title=f"The recording {name}", about=about, origin="recorded here, simulated sky",
            dataset="tiny", source="made by hand", licence="CC0", lookup="request",
            response_form="chat.completion", models=[],
        )  # fmt: skip
        path = recordings / f"{name}.parquet"
        write_recording(path, pa.Table.from_pylist(rows, schema=ROWS), sidecar)
        return path

    return record

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made import SIDECAR, split

from endpoint import Asked, EndpointServer, answer, failure
from secondsight.errors import EndpointError, MissingResponses, ParameterError
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import read_journal
from secondsight.inference.publish import publish
from secondsight.inference.recording import verify
from secondsight.inference.request import Request
from secondsight.inference.texts import ask_texts

TEXTS = ["A bar and two arms.", "A smooth glow.", "A bar and two arms."]
NAMED = "captions.shorten-1.sky-1"
FORM = {"type": "json_object"}


@dataclass(frozen=True)
class Shorten:
    """A page that is no file."""

    name: str = "shorten-1"
    schema_asked: dict[str, Any] | None = None

    def about_text(self, text: str) -> str:
        return f"Say it in a word: {text}"


class Door:
    """Asking about texts, with everything filled in but what a test is about."""

    def __init__(self, server: EndpointServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.said: dict[str, str | None] = {TEXTS[0]: "Spiral.", TEXTS[1]: "Elliptical."}
        server.default = self.reply

    def reply(self, asked: Asked) -> Any:
        assert not asked.has_image
        return answer(self.said[asked.text.partition(": ")[2]])

    def __call__(self, texts: list[str] = TEXTS, **said: Any) -> pd.DataFrame:
        model, page = said.pop("model", "sky-1"), Shorten(schema_asked=said.pop("form", None))
        endpoint = Endpoint(self.server.base_url, concurrency=1, timeout=3600.0, retries=0)
        given = {"folder": self.folder, "progress": False, "endpoint": endpoint}
        return ask_texts("captions", texts, page, model, *split(given | said))

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [asked.body for asked in self.server.requests]


@pytest.fixture
def door(endpoint_server: EndpointServer, recordings: Path) -> Door:
    return Door(endpoint_server, recordings)


def test_replies_stand_in_the_order_of_the_texts(door: Door) -> None:
    said = door(mode="new_episodes")
    assert said.columns.tolist() == [
        "text_in", "text", "refused", "finish_reason", "model", "recorded_at",
    ]  # fmt: skip
    assert said["text_in"].tolist() == TEXTS
    assert said["text"].tolist() == ["Spiral.", "Elliptical.", "Spiral."]
    assert set(said["finish_reason"]) == {"stop"}
    assert set(said["model"]) == {"told-by-the-endpoint"}
    assert not said["refused"].any()
    assert said["recorded_at"].notna().all()
    assert len(door.bodies) == 2


def test_what_is_recorded_is_not_asked_again(door: Door) -> None:
    said = door(mode="new_episodes")
    pd.testing.assert_frame_equal(door(endpoint=Endpoint("http://127.0.0.1:9/v1")), said)
    pd.testing.assert_frame_equal(door(mode="new_episodes"), said)
    assert len(door.bodies) == 2
    door.said[TEXTS[0]] = "Barred."
    assert door(mode="all")["text"].tolist() == ["Barred.", "Elliptical.", "Barred."]
    assert len(door.bodies) == 4


def test_the_request_is_what_was_said_and_no_more(door: Door) -> None:
    door(TEXTS[:1], mode="new_episodes", max_tokens=5, form=FORM, structured=True)
    text = {"type": "text", "text": f"Say it in a word: {TEXTS[0]}"}
    assert door.bodies == [
        {
            "model": "sky-1",
            "messages": [{"role": "user", "content": [text]}],
            "temperature": 0,
            "max_tokens": 5,
            "response_format": FORM,
        }
    ]


@pytest.mark.parametrize(
    ("model", "structured", "asked"),
    [("sky-1", None, False), ("gpt-4o", None, True), ("gpt-4o", False, False)],
)
def test_a_form_is_asked_for_where_the_model_takes_it(
    door: Door, model: str, structured: bool | None, asked: bool
) -> None:
    door(mode="new_episodes", model=model, form=FORM, structured=structured)
    assert {"response_format" in body for body in door.bodies} == {asked}


def test_a_model_that_takes_no_temperature_is_sent_none(door: Door) -> None:
    door(mode="new_episodes", model="gpt-5-mini")
    assert all("temperature" not in body for body in door.bodies)


def test_it_is_recorded_by_key_and_published_like_any_other(door: Door) -> None:
    said = door(mode="new_episodes")
    path = door.folder / f"{NAMED}.parquet"
    rows = read_journal(path.with_suffix(".jsonl")).to_pylist()
    hashes = {hashlib.sha256(text.encode()).hexdigest() for text in TEXTS}
    assert {row["image_id"] for row in rows} == hashes
    assert all(Request.model_validate_json(row["request"]).key == row["key"] for row in rows)
    publish(path, SIDECAR)
    assert verify(path) == []
    pd.testing.assert_frame_equal(door(), said)


def test_a_refusal_and_an_empty_reply_are_told_apart(door: Door) -> None:
    door.server.script = [answer(None, refusal="I won't."), answer(None)]
    said = door(TEXTS[:2], mode="new_episodes")
    assert said["refused"].tolist() == [True, False]
    assert said["text"].tolist() == ["I won't.", None]


def test_what_is_missing_is_named_with_the_command(door: Door) -> None:
    with pytest.raises(MissingResponses, match="2 of 2 responses") as caught:
        door()
    command = "ask_texts('captions', ..., page='shorten-1', model='sky-1', "
    command += 'recorder=Recorder("new_episodes"))'
    assert command in str(caught.value)
    with pytest.raises(MissingResponses, match="to record them: make it so"):
        door(command="make it so")
    with pytest.raises(ParameterError, match="no record mode 'some'"):
        door(mode="some")
    assert door.bodies == []


def test_a_failure_leaves_the_others_recorded(door: Door) -> None:
    door.server.script = [failure(500, "out of order")]
    with pytest.raises(EndpointError, match=r"1 of 2 requests got no response .*1 are recorded"):
        door(mode="new_episodes")
    assert len(door(mode="new_episodes")) == 3
    assert len(door.bodies) == 3


@pytest.mark.parametrize("record", ["none", "new_episodes", "all"])
def test_no_texts_give_an_empty_table(door: Door, record: str) -> None:
    said = door([], mode=record)
    assert len(said) == 0
    assert said.columns[0] == "text_in"
    assert door.bodies == []

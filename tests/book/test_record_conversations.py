from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from minivlm.fake_model import FakeModel
from secondsight.book.another_model import plan_for
from secondsight.book.record import describe_conversation, record_conversations
from secondsight.inference.client import Endpoint
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import read_rows, read_sidecar, verify
from secondsight.inference.recording_plan import read_plan
from secondsight.minivlm.server.running import running
from secondsight.minivlm.turns import WRITER
from secondsight.training.llava.conversations import conversations, load_conversation_prompt

CAPTIONS = ["A glow. It is 9 billion years old.", "Two arms.", "Two arms."]


@pytest.fixture(scope="module")
def writer() -> Iterator[Endpoint]:
    with running(FakeModel()) as url:
        yield Endpoint(url, concurrency=2, timeout=3600.0, retries=0)


def test_what_is_planned_exists() -> None:
    planned = read_plan().conversation
    assert [one.prompt for one in planned] == ["conversation-1", "conversation-1-free"]
    assert {one.model for one in planned} == {WRITER}
    assert all(load_conversation_prompt(one.prompt).about for one in planned)


def test_another_model_or_other_images_bring_no_conversations() -> None:
    assert plan_for().conversation == read_plan().conversation
    assert plan_for("sky-1").conversation == plan_for(dataset="lsbg-real").conversation == ()


def test_both_are_recorded_published_and_replayed(writer: Endpoint, recordings: Path) -> None:
    recorder = Recorder("new_episodes", writer, recordings, progress=False)
    done = list(record_conversations(read_plan(), recorder, CAPTIONS))
    assert [each.responses for each in done] == [2, 2]
    made = [each.path for each in done]
    names = [f"conversations.{prompt}.{WRITER}.parquet"
             for prompt in ("conversation-1", "conversation-1-free")]  # fmt: skip
    assert [path.name for path in made] == names
    assert sorted(path.name for path in recordings.glob("*.parquet")) == sorted(names)
    for path in made:
        assert verify(path) == []
        assert read_rows(path).num_rows == 2
        assert read_sidecar(path).models == [WRITER]
        assert read_sidecar(path).origin == "recorded here, simulated sky"
        assert "no language model" in read_sidecar(path).about
    assert conversations(CAPTIONS, recorder=Recorder(folder=recordings)).unread == 0
    unused = replace(recorder, endpoint=Endpoint("http://127.0.0.1:9/v1"))
    again = list(record_conversations(read_plan(), unused, CAPTIONS))
    assert [(each.path, each.responses) for each in again] == [(path, 0) for path in made]


def test_a_language_model_is_not_called_rules() -> None:
    planned = read_plan().conversation[0].model_copy(update={"model": "gpt-4o"})
    assert describe_conversation(planned).about.startswith("gpt-4o, asked over HTTP")
    assert describe_conversation(planned).title.endswith(": written by gpt-4o")


def test_no_plan_needs_no_captions(recordings: Path) -> None:
    plan = read_plan().model_copy(update={"conversation": ()})
    assert list(record_conversations(plan, Recorder(folder=recordings))) == []

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from endpoint import EndpointServer, answer
from minivlm.fake_model import FakeModel
from secondsight.descriptions.beyond import mentions
from secondsight.errors import MissingResponses, ParameterError, RecordingError
from secondsight.inference.client import Endpoint
from secondsight.inference.recorder import Recorder
from secondsight.minivlm.server.running import running
from secondsight.minivlm.turns import WRITER
from secondsight.training.llava.captioned_pictures import pairs
from secondsight.training.llava.conversations import (
    SCHEMA,
    Turn,
    conversations,
    read_turns,
    recorded,
)

CAPTIONS = [
    "Two blue arms trail off a straight bar. It lies 61 million light-years away.",
    "A smooth, round glow. Three faint stars are beside it.",
    "Hubble took this in 2004.",
]
GOOD = '{"turns": [{"question": "What is it?", "answer": "A bar."}]}'
READ = (Turn("What is it?", "A bar."),)


@pytest.fixture(scope="module")
def writer() -> Iterator[Endpoint]:
    with running(FakeModel()) as url:
        yield Endpoint(url, concurrency=2, timeout=3600.0, retries=0)


def answers(written: Any) -> list[list[str]]:
    return [[turn.answer for turn in turns] for turns in written.turns]


def test_captions_become_conversations_and_replay(writer: Endpoint, recordings: Path) -> None:
    recorder = Recorder("new_episodes", writer, recordings, progress=False)
    written = conversations(CAPTIONS, recorder=recorder)
    assert (len(written.turns), written.unread) == (3, 0)
    first, second, third = answers(written)
    assert first[0] == "Two blue arms trail off a straight bar."
    assert second[0] == CAPTIONS[1]
    assert len(third) == 1
    assert not any(mentions(said) for turns in answers(written) for said in turns)
    assert conversations(CAPTIONS, recorder=Recorder(folder=recordings)) == written
    backwards = conversations(CAPTIONS[::-1], recorder=Recorder(folder=recordings))
    assert backwards.turns == written.turns[::-1]


def test_the_control_says_what_the_caption_says(writer: Endpoint, recordings: Path) -> None:
    recorder = Recorder("new_episodes", writer, recordings, progress=False)
    written = conversations(CAPTIONS, "conversation-1-free", recorder=recorder)
    assert [turns[0] for turns in answers(written)] == CAPTIONS
    assert [len(turns) for turns in written.turns] == [2, 2, 2]
    grounded = conversations(CAPTIONS, recorder=recorder)
    assert grounded.turns[0][0].question == written.turns[0][0].question
    names = {path.name for path in recordings.glob("*.jsonl")}
    assert names == {f"conversations.conversation-1{end}.{WRITER}.jsonl" for end in ("", "-free")}


def test_replies_that_cannot_be_read_are_counted(
    endpoint_server: EndpointServer, endpoint: Endpoint, recordings: Path
) -> None:
    replies = {
        "good": answer(GOOD),
        "fenced": answer(f"```json\n{GOOD}\n```"),
        "refused": answer(None, refusal="No."),
        "filtered": answer(GOOD, finish_reason="content_filter"),
        "empty": answer(None),
        "cut": answer(GOOD[:30], finish_reason="length"),
        "chatty": answer(f"Here it is: {GOOD}"),
    }
    endpoint_server.default = lambda asked: replies[asked.text.split()[-1]]
    written = conversations(
        list(replies),
        model="gpt-4o",
        recorder=Recorder("new_episodes", endpoint, recordings, progress=False),
    )
    assert written.turns == (READ, READ, (), (), (), (), ())
    assert written.unread == 5
    assert {str(one.body["response_format"]) for one in endpoint_server.requests} == {str(SCHEMA)}


def test_what_is_missing_and_what_is_blank_is_said(recordings: Path) -> None:
    with pytest.raises(MissingResponses, match=r"conversations\(\.\.\., 'conversation-1'"):
        conversations(CAPTIONS, recorder=Recorder(folder=recordings))
    with pytest.raises(ParameterError, match=r"captions\[1\] is blank"):
        conversations(["A glow.", " \n"], recorder=Recorder(folder=recordings))
    assert conversations([], recorder=Recorder(folder=recordings)).turns == ()


@pytest.mark.parametrize("text", [
    None, "", "none", "[]", "{}", '{"turns": []}', '{"turns": [{"question": "What?"}]}',
    '{"turns": [{"question": "What?", "answer": " "}]}',
    '{"turns": [{"question": "What?", "answer": 7}]}',
    GOOD[:-1], f"Here: {GOOD}", f"{GOOD} That is all.", f"```json\n{GOOD}\n``` Done.", GOOD + GOOD,
])  # fmt: skip
def test_what_is_not_read(text: str | None) -> None:
    assert read_turns(text) == ()


@pytest.mark.parametrize("text", [
    GOOD, f" {GOOD}\n", f"```\n{GOOD}\n```", f"```json\n{GOOD}```", f"\n```JSON\n{GOOD}\n```\n",
    GOOD.replace("A bar.", " A bar.\\n"), GOOD.replace('"turns"', '"about": 3, "turns"'),
])  # fmt: skip
def test_what_is_read(text: str) -> None:
    assert read_turns(text) == READ


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("turns"), inner),
)


@given(st.text(st.characters()) | _JSON.map(json.dumps) | st.text('{}[]",:`\\u d8turnsqea'))
@example("\ud800")
@example('{"turns": [{"question": "\\ud800", "answer": "a"}]}')
@example("[" * 100_000)
def test_no_reply_is_an_error(text: str) -> None:
    for one in (text, f"```json\n{text}\n```"):
        assert all(turn.question and turn.answer for turn in read_turns(one))


_SAID = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(_SAID, _SAID), min_size=1))
def test_turns_are_read_as_they_were_written(turns: list[tuple[str, str]]) -> None:
    said = {"turns": [{"question": one, "answer": other} for one, other in turns]}
    for text in (json.dumps(said), json.dumps(said, ensure_ascii=False)):
        read = read_turns(text)
        assert [(one.question.strip(), one.answer.strip()) for one in read] == [
            (one.strip(), other.strip()) for one, other in turns
        ]


def test_a_published_recording_is_read_without_its_captions() -> None:
    captions = pairs({"morphology": 2}).captions
    every = recorded("conversation-1")
    assert set(conversations(captions).turns) <= set(every.turns)
    assert len(every.turns) > 2_000
    assert every.unread == 0


def test_a_recording_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="nowhere"):
        recorded("nowhere", folder=tmp_path)

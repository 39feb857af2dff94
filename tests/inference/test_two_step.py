import hashlib
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made import SIDECAR, split

from conftest import make_folder
from endpoint import Asked, EndpointServer, Reply, answer, failure
from secondsight.datasets.dataset import Dataset
from secondsight.errors import EndpointError, MissingResponses, ParameterError
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import read_journal
from secondsight.inference.prompt import Prompt
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import verify
from secondsight.inference.request import Image, Request
from secondsight.inference.two_step import Reader, ask_twice

FIRST = "tiny.lsbg-test.sky-1"
SECOND = f"{FIRST}.second-step-1.reader-1"
FAINT = "It looks like a faint and wide glow."
STAR = "There is a bright star, so I take it for the second kind."
BOTH = "One might say artifact, and LSBG just as well."


class Door:
    """Asking twice, with everything filled in but what a test is about."""

    def __init__(self, dataset: Dataset, prompt: Prompt, server: EndpointServer, folder: Path):
        self.dataset, self.prompt, self.server, self.folder = dataset, prompt, server, folder
        self.endpoint = Endpoint(server.base_url, concurrency=1, timeout=3600.0, retries=0)
        self.reader = Reader("reader-1", endpoint=self.endpoint)
        self.first = [answer(text) for text in (FAINT, STAR, FAINT, BOTH, "1")]
        self.second = {FAINT: answer("1"), STAR: answer("0"), BOTH: answer("none")}
        server.default = self.reply

    def reply(self, asked: Asked) -> Reply:
        if asked.has_image:
            place = self.dataset.table["image_sha256"].tolist().index(asked.image_sha256)
            return self.first[place]
        said = asked.text.split("-----")[1].strip()
        return self.second.get(said, answer(said))

    def __call__(self, **said: Any) -> pd.DataFrame:
        said = {"model": "sky-1", "reader": self.reader, "folder": self.folder} | said
        said = {"endpoint": self.endpoint, "progress": False} | said
        model, reader = said.pop("model"), said.pop("reader")
        return ask_twice(self.dataset, self.prompt, model, reader, *split(said))

    @property
    def asked(self) -> tuple[int, int]:
        """How many first and second requests came."""
        first = sum(asked.has_image for asked in self.server.requests)
        return first, len(self.server.requests) - first

    def texts_asked(self) -> Counter[str]:
        return Counter(asked.text for asked in self.server.requests if not asked.has_image)

    def journal(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"


@pytest.fixture
def door(
    dataset: Dataset, prompt: Prompt, endpoint_server: EndpointServer, recordings: Path
) -> Door:
    return Door(dataset, prompt, endpoint_server, recordings)


def test_the_second_model_reads_what_the_first_one_said(door: Door) -> None:
    answers = door(mode="new_episodes")
    assert answers["text"].tolist() == [FAINT, STAR, FAINT, BOTH, "1"]
    assert answers["first_outcome"].tolist() == ["unparseable"] * 4 + ["answered"]
    assert answers["second_text"].tolist() == ["1", "0", "1", "none", "1"]
    assert answers["answer"].fillna("").tolist() == ["1", "0", "1", "", "1"]
    assert answers["outcome"].value_counts().to_dict() == {
        "answered": 4, "unparseable": 1, "refused": 0, "empty": 0, "cut off": 0,
        "not answered": 0,
    }  # fmt: skip
    assert set(answers["second_model"]) == {"told-by-the-endpoint"}
    assert answers["label"].tolist() == ["0", "1", "0", "1", "0"]


def test_the_first_answers_are_those_of_ask(door: Door) -> None:
    answers = door(mode="new_episodes")
    first = ask(door.dataset, door.prompt, "sky-1", recorder=Recorder(folder=door.folder))
    pd.testing.assert_series_equal(answers["first_answer"], first["answer"], check_names=False)
    pd.testing.assert_series_equal(answers["first_outcome"], first["outcome"], check_names=False)
    kept = ["image_id", "repeat", "label", "confidence", "text", "finish_reason", "model",
            "prompt_tokens", "completion_tokens", "recorded_at"]  # fmt: skip
    pd.testing.assert_frame_equal(answers[kept], first[kept])


def test_each_distinct_text_is_asked_about_once(door: Door) -> None:
    door(mode="new_episodes", repeats=2)
    assert door.asked == (10, 4)
    assert set(door.texts_asked().values()) == {1}


def test_texts_that_differ_in_blanks_around_them_are_one(door: Door) -> None:
    door.first = [answer(text) for text in (FAINT, f" {FAINT}", f"{FAINT}\n", FAINT, FAINT)]
    assert set(door(mode="new_episodes")["answer"]) == {"1"}
    assert door.asked == (5, 1)


def test_the_second_request_holds_a_text_and_no_image(door: Door) -> None:
    reader = replace(door.reader, max_tokens=4)
    door(mode="new_episodes", reader=reader, max_tokens=50, seed=3)
    (about,) = [asked for asked in door.server.requests if FAINT in asked.text]
    assert about.body == {
        "model": "reader-1",
        "messages": [{"role": "user", "content": [{"type": "text", "text": about.text}]}],
        "temperature": 0,
        "max_tokens": 4,
    }
    assert "Category 0: artifact\nCategory 1: LSBG\n" in about.text
    first = next(asked for asked in door.server.requests if asked.has_image)
    assert (first.body["model"], first.body["max_tokens"], first.body["seed"]) == ("sky-1", 50, 3)


def test_the_second_request_is_within_what_its_family_takes(door: Door) -> None:
    reader = replace(door.reader, model="gpt-5-mini", max_tokens=4)
    door(mode="new_episodes", reader=reader)
    second = [asked.body for asked in door.server.requests if not asked.has_image]
    assert all("temperature" not in body and "response_format" not in body for body in second)
    assert {body["max_completion_tokens"] for body in second} == {4}


@pytest.mark.parametrize("structured", [False, True])
def test_the_first_step_is_free_words_unless_a_schema_is_wanted(
    door: Door, structured: bool
) -> None:
    door(model="gpt-4o", mode="new_episodes", structured=structured or None)
    first = [asked.body for asked in door.server.requests if asked.has_image]
    assert {"response_format" in body for body in first} == {structured}


def test_empty_and_refused_answers_are_not_sent_on(door: Door) -> None:
    door.first = [
        answer(None),
        answer("  \n"),
        answer(None, refusal="I won't look at this."),
        answer("Sorry, I am unable to tell."),
        answer(FAINT, finish_reason="content_filter"),
    ]
    answers = door(mode="new_episodes")
    assert door.asked == (5, 0)
    assert answers["outcome"].tolist() == ["empty"] * 2 + ["refused"] * 3
    assert answers["outcome"].tolist() == answers["first_outcome"].tolist()
    assert answers["answer"].isna().all()
    assert answers["second_text"].isna().all()
    assert answers["second_model"].isna().all()
    assert not door.journal(SECOND).exists()


@pytest.mark.parametrize("said", [None, "none", "0 or 1", "Sorry, I can't tell.", "7"])
def test_a_second_answer_that_names_no_category_leaves_it_unparseable(
    door: Door, said: str | None
) -> None:
    door.second[STAR] = answer(said)
    answers = door(mode="new_episodes")
    assert answers["outcome"].tolist()[1] == "unparseable"
    assert answers["answer"].isna().tolist()[1]


def test_a_plain_code_that_the_second_model_reads_otherwise_is_its_reading(door: Door) -> None:
    door.second["1"] = answer("none")
    last = door(mode="new_episodes").iloc[4]
    assert (last["first_answer"], last["first_outcome"]) == ("1", "answered")
    assert last["outcome"] == "unparseable"


def test_what_is_recorded_is_not_asked_again(door: Door) -> None:
    answers = door(mode="new_episodes")
    asked = door.asked
    pd.testing.assert_frame_equal(door(), answers)
    pd.testing.assert_frame_equal(door(mode="new_episodes"), answers)
    assert door.asked == asked
    unused = Endpoint("http://127.0.0.1:9/v1")
    pd.testing.assert_frame_equal(
        door(endpoint=unused, reader=replace(door.reader, endpoint=unused)), answers
    )


def test_both_steps_are_recorded_by_key(door: Door) -> None:
    answers = door(mode="new_episodes")
    rows = read_journal(door.journal(SECOND)).to_pylist()
    assert len(read_journal(door.journal(FIRST))) == 5
    for row in rows:
        asked = Request.model_validate_json(row["request"])
        assert asked.key == row["key"]
        assert not any(isinstance(part, Image) for part in asked.messages[0].content)
    texts = [hashlib.sha256(text.encode()).hexdigest() for text in (FAINT, STAR, BOTH, "1")]
    assert sorted(row["image_id"] for row in rows) == sorted(texts)
    for name in (FIRST, SECOND):
        path = door.journal(name).with_suffix(".parquet")
        publish(path, SIDECAR)
        assert verify(path) == []
    pd.testing.assert_frame_equal(door(), answers)


def test_a_text_asked_about_for_one_prompt_is_known_for_another(door: Door) -> None:
    door(mode="new_episodes")
    door.prompt = door.prompt.model_copy(update={"name": "lsbg-other", "text": "Well?"})
    door(mode="new_episodes")
    assert door.asked == (10, 4)


def test_another_reader_or_another_wording_is_asked_anew(door: Door, tmp_path: Path) -> None:
    door(mode="new_episodes")
    with pytest.raises(MissingResponses) as caught:
        door(reader=replace(door.reader, model="reader-2"))
    said = str(caught.value)
    assert said.startswith("4 of 4 responses are not recorded in ")
    assert f"stands in {SECOND}.jsonl and differs in model;" in said
    command = (
        "ask_twice(..., prompt='lsbg-test', model='sky-1', reader='reader-2', "
        'recorder=Recorder("new_episodes"))'
    )
    assert f"to record them: {command} (4 requests, " in said
    door(mode="new_episodes", reader=replace(door.reader, model="reader-2"))
    assert door.asked == (5, 8)


def test_nothing_is_asked_unless_it_is_said(door: Door) -> None:
    with pytest.raises(MissingResponses, match="5 of 5 responses"):
        door()
    with pytest.raises(ParameterError, match="no record mode 'some'"):
        door(mode="some")
    assert door.asked == (0, 0)
    assert list(door.folder.iterdir()) == []


def test_a_failing_second_step_leaves_the_first_recorded(door: Door) -> None:
    door.second[STAR] = failure(500, "out of order")
    with pytest.raises(EndpointError, match=r"1 of 4 requests got no response .*3 are recorded"):
        door(mode="new_episodes")
    assert len(read_journal(door.journal(FIRST))) == 5
    door.second[STAR] = answer("0")
    assert door(mode="new_episodes")["answer"].notna().sum() == 4
    assert door.asked == (5, 5)
    assert sorted(door.texts_asked().values()) == [1, 1, 1, 2]


def test_a_failing_first_step_stops_before_the_second(door: Door) -> None:
    door.first[2] = failure(500, "out of order")
    with pytest.raises(EndpointError, match="1 of 5 requests"):
        door(mode="new_episodes")
    assert door.asked == (5, 0)


def test_all_asks_both_steps_again_and_the_new_answers_count(door: Door) -> None:
    door(mode="new_episodes")
    door.first = [answer(text) for text in (STAR, STAR, STAR, FAINT, "1")]
    door.second[STAR] = answer("1")
    answers = door(mode="all")
    assert door.asked == (10, 7)
    assert answers["text"].tolist() == [STAR, STAR, STAR, FAINT, "1"]
    assert answers["second_text"].tolist() == ["1"] * 5
    pd.testing.assert_frame_equal(door(), answers)
    kept = {path.suffix for path in door.folder.iterdir()}
    assert kept <= {".jsonl", ".lock"}


def test_a_cut_off_run_of_all_goes_on_where_it_was(door: Door) -> None:
    before = door(mode="new_episodes")
    door.first = [answer(text) for text in (STAR, STAR, STAR, FAINT, "1")]
    door.second[FAINT] = failure(500, "out of order")
    with pytest.raises(EndpointError):
        door(mode="all")
    assert door.asked == (10, 7)
    pd.testing.assert_frame_equal(door(), before)
    door.second[FAINT] = answer("0")
    answers = door(mode="all")
    assert door.asked == (10, 8)
    assert answers["second_text"].tolist() == ["0", "0", "0", "0", "1"]


def test_what_a_kill_left_behind_is_swept_away(door: Door) -> None:
    done = door.folder / f"{SECOND}.done"
    done.mkdir()
    (done / f"{FIRST}.jsonl").write_text("")
    door(mode="all")
    assert not done.exists()
    assert door.asked == (5, 4)


def test_an_empty_data_set_gives_an_empty_table(door: Door) -> None:
    full = door(mode="new_episodes")
    door.dataset = door.dataset.head(0)
    door.endpoint = replace(door.endpoint, base_url="http://127.0.0.1:9/v1")
    for record in ("none", "new_episodes", "all"):
        answers = door(mode=record)
        assert len(answers) == 0
        assert answers.columns.tolist() == full.columns.tolist()


@pytest.mark.parametrize("mode", ["new_episodes", "all"])
@pytest.mark.parametrize("reached", [12, 30])
def test_a_killed_run_goes_on_where_it_was(
    tmp_path: Path, recordings: Path, endpoint_server: EndpointServer, mode: str, reached: int
) -> None:
    """Killed in the first step or in the second, it asks again only what was under way."""
    count = 20
    images = make_folder(tmp_path / "twenty", count)

    def reply(asked: Asked) -> Reply:
        said = f"Perhaps {asked.image_sha256}." if asked.has_image else "1"
        return replace(answer(said), delay=0.02)

    endpoint_server.default = reply
    script = Path(__file__).with_name("recorder_twice.py")
    command = [sys.executable, script, images, recordings, endpoint_server.base_url, mode]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 3600
        while len(endpoint_server.answered) < reached and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    subprocess.run(command, check=True, timeout=3600)
    asked = Counter(one.text + str(one.body["messages"]) for one in endpoint_server.requests)
    assert len(asked) == 2 * count
    assert sum(asked.values()) <= 2 * count + 2  # as many as were under way

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from killed import Killed, killed_at
from made import SIDECAR, split

from conftest import make_folder, tiny_png
from endpoint import EndpointServer, Reply, answer, failure, slow
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import load_folder
from secondsight.errors import (
    DataError,
    EndpointError,
    MissingResponses,
    ParameterError,
    RecordingError,
)
from secondsight.inference.ask import ask, build_request, make_plan
from secondsight.inference.cache import Cache
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import Journal, read_journal
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import verify

NAME = "tiny.lsbg-test.sky-1"


@pytest.fixture
def door(dataset: Dataset, prompt: Prompt, endpoint: Endpoint, recordings: Path) -> "Door":
    """The one door, with everything filled in but what a test is about."""
    return Door(dataset, prompt, endpoint, recordings)


class Door:
    def __init__(self, dataset: Dataset, prompt: Prompt, endpoint: Endpoint, folder: Path) -> None:
        self.dataset, self.prompt, self.endpoint, self.folder = dataset, prompt, endpoint, folder

    def __call__(self, model: str = "sky-1", **said: Any) -> pd.DataFrame:
        said = {"endpoint": self.endpoint, "folder": self.folder, "progress": False} | said
        return ask(self.dataset, self.prompt, model, *split(said))

    @property
    def journal(self) -> Path:
        return self.folder / f"{NAME}.jsonl"


def test_what_is_missing_is_asked_and_then_found(
    door: Door, endpoint_server: EndpointServer
) -> None:
    answers = door(mode="new_episodes")
    assert answers["image_id"].tolist() == [f"img-{number:03d}" for number in range(5)]
    assert answers["label"].tolist() == ["0", "1", "0", "1", "0"]
    assert answers["answer"].tolist() == ["1"] * 5
    assert set(answers["outcome"]) == {"answered"}
    assert set(answers["model"]) == {"told-by-the-endpoint"}
    assert set(answers["prompt_tokens"]) == {100}
    assert answers["recorded_at"].notna().all()
    assert len(endpoint_server.requests) == 5
    pd.testing.assert_frame_equal(door(), answers)
    pd.testing.assert_frame_equal(door(mode="new_episodes"), answers)
    assert len(endpoint_server.requests) == 5


def test_each_answer_goes_to_its_image(door: Door, endpoint_server: EndpointServer) -> None:
    by_image = dict(zip(door.dataset.table["image_sha256"], "10x01", strict=True))
    endpoint_server.default = lambda asked: answer(by_image[asked.image_sha256])
    answers = door(mode="new_episodes")
    assert answers["text"].tolist() == list("10x01")
    assert answers["outcome"].tolist() == ["answered"] * 2 + ["unparseable"] + ["answered"] * 2


def test_a_refusal_and_a_cut_answer_stay_what_they_are(
    door: Door, endpoint_server: EndpointServer
) -> None:
    door.dataset = door.dataset.head(4)
    door.endpoint = replace(door.endpoint, concurrency=1)
    endpoint_server.script = [
        answer(None, refusal="I won't look at this."),
        answer("1", finish_reason="content_filter"),
        answer("It could be a faint and very", finish_reason="length"),
        answer(None),
    ]
    answers = door(mode="new_episodes")
    assert answers["outcome"].tolist() == ["refused", "refused", "unparseable", "empty"]
    assert answers["answer"].isna().all()
    assert answers["text"].tolist()[0] == "I won't look at this."
    assert answers["finish_reason"].tolist()[2] == "length"


def test_repeats_are_requests_of_their_own(door: Door, endpoint_server: EndpointServer) -> None:
    door.dataset = door.dataset.head(2)
    door.endpoint = replace(door.endpoint, concurrency=1)
    endpoint_server.script = [answer(text) for text in "010110"]
    answers = door(mode="new_episodes", repeats=3)
    assert answers["image_id"].tolist() == ["img-000"] * 3 + ["img-001"] * 3
    assert answers["repeat"].tolist() == [0, 1, 2] * 2
    assert answers["label"].tolist() == ["0"] * 3 + ["1"] * 3
    assert answers["answer"].tolist() == list("010110")
    door(mode="new_episodes", repeats=4)
    assert len(endpoint_server.requests) == 8


def test_two_ids_of_one_image_are_asked_once(
    door: Door, image_folder: Path, endpoint_server: EndpointServer
) -> None:
    (image_folder / "img-001.png").write_bytes(tiny_png(0))
    door.dataset = load_folder(image_folder)
    assert len(door(mode="new_episodes")) == 5
    assert len(endpoint_server.requests) == 4


def test_an_empty_data_set_gives_an_empty_table(
    door: Door, endpoint_server: EndpointServer
) -> None:
    door.dataset = door.dataset.head(0)
    for record in ("none", "new_episodes", "all"):
        answers = door(mode=record)
        assert len(answers) == 0
        assert "answer" in answers
    assert endpoint_server.requests == []


def test_a_gpt_5_gets_no_temperature_and_a_schema(
    door: Door, endpoint_server: EndpointServer
) -> None:
    endpoint_server.default = lambda asked: answer('{"category": "1"}')
    answers = door("gpt-5-mini", mode="new_episodes", max_tokens=9)
    assert set(answers["answer"]) == {"1"}
    for asked in endpoint_server.requests:
        assert "temperature" not in asked.body
        assert asked.body["response_format"] == door.prompt.schema_asked
        assert asked.body["max_completion_tokens"] == 9
        assert "max_tokens" not in asked.body


def test_a_plain_model_gets_a_temperature_and_no_schema(
    door: Door, endpoint_server: EndpointServer
) -> None:
    door("llava-next", mode="new_episodes", max_tokens=9, seed=3)
    for asked in endpoint_server.requests:
        assert asked.body["temperature"] == 0
        assert asked.body["max_tokens"] == 9
        assert asked.body["seed"] == 3
        assert "response_format" not in asked.body


@pytest.mark.parametrize("structured", [True, False])
def test_a_schema_may_be_wanted_or_not(prompt: Prompt, structured: bool) -> None:
    for model in ("gpt-5-mini", "llava-next"):
        asked = build_request(prompt, model, Options(structured=structured))
        assert (asked.response_format is not None) is structured


def test_nothing_is_asked_unless_it_is_said(door: Door, endpoint_server: EndpointServer) -> None:
    with pytest.raises(MissingResponses):
        door()
    assert endpoint_server.requests == []
    assert list(door.folder.iterdir()) == []


def test_a_miss_says_how_many_what_is_nearest_and_the_command(door: Door) -> None:
    door(mode="new_episodes")
    with pytest.raises(MissingResponses) as caught:
        door(temperature=0.5, repeats=2)
    said = str(caught.value)
    assert said.startswith("10 of 10 responses are not recorded in ")
    assert f"stands in {NAME}.jsonl and differs in sampling.temperature;" in said
    assert "ask(..., prompt='lsbg-test', model='sky-1', recorder=Recorder(" in said
    assert '"new_episodes")) (10 req' in said
    with pytest.raises(MissingResponses, match="5 of 10 responses"):
        door(repeats=2)


def test_failures_are_counted_and_the_next_run_asks_the_rest(
    door: Door, endpoint_server: EndpointServer
) -> None:
    endpoint_server.script = [failure(500, "out of order"), answer(), failure(503, "odd")]
    with pytest.raises(EndpointError) as caught:
        door(mode="new_episodes")
    said = str(caught.value)
    assert said.startswith("2 of 5 requests got no response")
    assert "1x the endpoint answered 500: out of order" in said
    assert "1x the endpoint answered 503: odd" in said
    assert "3 are recorded: run the same again" in said
    assert len(door(mode="new_episodes")) == 5
    assert sorted(endpoint_server.times_asked().values()) == [1, 1, 1, 2, 2]


def test_what_is_published_is_not_asked_again(door: Door, endpoint_server: EndpointServer) -> None:
    answers = door(mode="new_episodes")
    publish(door.journal.with_suffix(".parquet"), SIDECAR)
    assert not door.journal.exists()
    again = door(mode="new_episodes")
    pd.testing.assert_frame_equal(again, answers)
    assert len(endpoint_server.requests) == 5


def test_an_image_that_changed_meanwhile_is_not_asked_under_its_old_key(
    door: Door, image_folder: Path, endpoint_server: EndpointServer
) -> None:
    (image_folder / "img-003.png").write_bytes(tiny_png(99))
    with pytest.raises(DataError, match="'img-003' of 'tiny' is not the one"):
        door(mode="new_episodes")
    assert len(endpoint_server.requests) < 5


@pytest.mark.parametrize("said", [{"mode": "some"}, {"repeats": 0}, {"repeats": -1}])
def test_a_wrong_parameter_is_named(door: Door, said: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(said)).rstrip("s")):
        door(**said)


def test_a_prompt_may_be_given_by_its_name(door: Door) -> None:
    with pytest.raises(DataError, match="no prompt named 'nonesuch'"):
        ask(door.dataset, "nonesuch", "sky-1", recorder=Recorder(folder=door.folder))
    with pytest.raises(MissingResponses, match="prompt='lsbg-1'"):
        ask(door.dataset, "lsbg-1", "sky-1", recorder=Recorder(folder=door.folder))


def test_a_slash_in_a_models_name_makes_no_folder(door: Door) -> None:
    door("llava-hf/llava-next", mode="new_episodes")
    assert (door.folder / "tiny.lsbg-test.llava-hf--llava-next.jsonl").is_file()


def test_it_works_while_an_event_loop_is_running(door: Door) -> None:
    async def in_a_notebook() -> pd.DataFrame:
        return door(mode="new_episodes")

    assert len(asyncio.run(in_a_notebook())) == 5


def test_two_recorders_of_one_journal_are_kept_apart(door: Door) -> None:
    with Journal(door.journal), pytest.raises(RecordingError, match="by another process"):
        door(mode="new_episodes")
    assert len(door(mode="new_episodes")) == 5


def test_a_torn_line_is_asked_anew(door: Door, endpoint_server: EndpointServer) -> None:
    door(mode="new_episodes")
    door.journal.write_bytes(door.journal.read_bytes()[:-40])
    with pytest.raises(MissingResponses, match="1 of 5"):
        door()
    assert len(door(mode="new_episodes")) == 5
    assert len(endpoint_server.requests) == 6


# mode="all"


def test_all_asks_everything_again_and_the_newest_counts(
    door: Door, endpoint_server: EndpointServer
) -> None:
    door(mode="new_episodes")
    endpoint_server.default = lambda asked: answer("0")
    assert set(door(mode="all")["answer"]) == {"0"}
    assert set(door()["answer"]) == {"0"}
    assert set(endpoint_server.times_asked().values()) == {2}
    assert {path.suffix for path in door.folder.iterdir()} <= {".jsonl", ".lock"}


def test_all_again_counts_before_what_is_published(
    door: Door, endpoint_server: EndpointServer
) -> None:
    door(mode="new_episodes")
    path = door.journal.with_suffix(".parquet")
    publish(path, SIDECAR)
    endpoint_server.default = lambda asked: answer("0")
    assert set(door(mode="all")["answer"]) == {"0"}
    publish(path, SIDECAR)
    assert verify(path) == []
    assert set(door()["answer"]) == {"0"}


def test_all_goes_on_where_it_was_cut_off(door: Door, endpoint_server: EndpointServer) -> None:
    door(mode="new_episodes")
    good = door.dataset.table["image_sha256"].tolist()[:3]
    endpoint_server.default = lambda asked: (
        answer("0") if asked.image_sha256 in good else failure(500)
    )
    with pytest.raises(EndpointError, match="2 of 5 requests got no response"):
        door(mode="all")
    assert set(door()["answer"]) == {"1"}, "an unfinished run counts for nothing yet"
    endpoint_server.default = lambda asked: answer("0")
    assert set(door(mode="all")["answer"]) == {"0"}
    assert [endpoint_server.times_asked()[image] for image in good] == [2, 2, 2]
    assert len(endpoint_server.requests) == 5 + 5 + 2


def test_all_without_a_key_leaves_nothing(door: Door) -> None:
    elsewhere = Endpoint("https://example.org/v1")
    for record in ("all", "new_episodes"):
        with pytest.raises(EndpointError, match="OPENAI_API_KEY"):
            door(mode=record, endpoint=elsewhere)
    assert list(door.folder.iterdir()) == []


def test_all_that_is_killed_at_any_step_asks_nothing_anew(
    door: Door, endpoint_server: EndpointServer
) -> None:
    """Before the last renaming the next run goes on; after it, every answer is new."""
    door(mode="new_episodes")
    unfinished = door.folder / f"{NAME}.again"
    for step in range(99):
        new = "01"[step % 2]
        endpoint_server.default = lambda asked, new=new: answer(new)
        before = len(endpoint_server.requests)
        try:
            with pytest.MonkeyPatch.context() as patch:
                killed_at(step, patch)
                door(mode="all")
        except Killed:
            assert len(set(door()["answer"])) == 1, "all or nothing"
            if len(endpoint_server.requests) - before == 5 and not unfinished.exists():
                assert set(door()["answer"]) == {new}
                continue
            door(mode="all")
        else:
            break
        assert len(endpoint_server.requests) - before == 5, step
        assert set(door()["answer"]) == {new}
    assert 5 < step < 99
    assert {path.suffix for path in door.folder.iterdir()} <= {".jsonl", ".lock"}


def test_what_another_client_recorded_meanwhile_is_not_asked_again(
    door: Door, endpoint_server: EndpointServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, finds = Cache.find, []

    def first_another(self: Cache, keys: Sequence[bytes]) -> Any:
        found = find(self, keys)
        finds.append(len(keys))
        if len(finds) == 1:  # between the look-up and the lock
            door(mode="new_episodes")
        return found

    monkeypatch.setattr(Cache, "find", first_another)
    assert len(door(mode="new_episodes")) == 5
    assert len(endpoint_server.requests) == 5


def test_a_reply_that_is_no_answer_is_asked_for_again(
    door: Door, endpoint_server: EndpointServer
) -> None:
    endpoint_server.script = [Reply(body=b"<html>")]
    with pytest.raises(EndpointError, match="1 of 5 requests got no response"):
        door(mode="new_episodes")
    assert len(door(mode="new_episodes")) == 5
    assert len(endpoint_server.requests) == 6


def test_an_odd_answer_is_never_asked_for_again(
    door: Door, endpoint_server: EndpointServer
) -> None:
    odd = b'{"choices":[{"message":{"content":"1"},"finish_reason":[]}],"usage":{"x":"9"}}'
    endpoint_server.script = [Reply(body=odd)] * 3
    answers = door(mode="new_episodes")
    assert answers["answer"].tolist() == ["1"] * 5
    assert answers["finish_reason"].isna().sum() == 3
    pd.testing.assert_frame_equal(door(mode="new_episodes"), answers)
    assert len(endpoint_server.requests) == 5


def test_all_on_top_of_a_torn_line_damages_nothing(
    door: Door, endpoint_server: EndpointServer
) -> None:
    door(mode="new_episodes")
    door.journal.write_bytes(door.journal.read_bytes()[:-40])
    assert len(door(mode="all")) == 5
    assert read_journal(door.journal).num_rows == 4 + 5


def test_all_keeps_to_the_one_writer(door: Door) -> None:
    with Journal(door.journal), pytest.raises(RecordingError, match="by another process"):
        door(mode="all")
    assert set(door(mode="all")["answer"]) == {"1"}


# Real processes


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 3600
    while not reached():
        assert time.monotonic() < deadline, "the recorder never got so far"
        time.sleep(0.005)


class Processes:
    """Start recorders in processes of their own, and look at what they leave."""

    count = 30

    def __init__(self, folder: Path, server: EndpointServer) -> None:
        self.images = make_folder(folder / "tiny", self.count)
        self.recordings = folder / "recordings"
        self.recordings.mkdir()
        self.server = server
        self.journal = self.recordings / f"{NAME}.jsonl"

    def start(self, mode: str = "new_episodes", *more: str) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("recorder.py")
        where = [str(self.images), str(self.recordings), self.server.base_url]
        return subprocess.Popen(
            [sys.executable, str(script), *where, mode, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if "PROXY" not in name.upper()},
        )

    def wait_for_answers(self, count: int) -> None:
        wait_until(lambda: len(self.server.answered) >= count)

    def kept(self, journal: Path | None = None) -> Counter[str]:
        """Return the images whose responses are journalled."""
        rows = read_journal(journal or self.journal)
        table = load_folder(self.images).table.set_index("image_id")
        return Counter(table.loc[rows["image_id"].to_pylist(), "image_sha256"])

    def finish(self, mode: str = "new_episodes") -> None:
        with self.start(mode) as process:
            out, err = process.communicate(timeout=3600)
        assert process.returncode == 0, err
        assert out == f"{self.count} answers\n"


@pytest.fixture
def recorder(tmp_path: Path, endpoint_server: EndpointServer) -> Processes:
    return Processes(tmp_path / "run", endpoint_server)


def check_nothing_asked_twice(recorder: Processes, kept: Counter[str]) -> None:
    """What was journalled was asked once; only what was under way may be asked again."""
    asked = recorder.server.times_asked()
    assert len(asked) == recorder.count
    assert {asked[image] for image in kept} == {1}
    assert sum(asked.values()) <= recorder.count + 2


def test_a_killed_recorder_loses_nothing_and_asks_nothing_twice(recorder: Processes) -> None:
    recorder.server.default = lambda asked: slow(0.02)
    with recorder.start() as process:
        recorder.wait_for_answers(10)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=3600)
    assert process.returncode == -signal.SIGKILL
    kept = recorder.kept()
    assert len(recorder.server.answered) - 2 <= len(kept) < recorder.count
    recorder.finish()
    check_nothing_asked_twice(recorder, kept)
    assert recorder.kept().keys() == recorder.server.times_asked().keys()


def test_a_killed_run_of_all_goes_on_where_it_was(recorder: Processes) -> None:
    recorder.server.default = lambda asked: slow(0.02)
    with recorder.start("all") as process:
        recorder.wait_for_answers(10)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=3600)
    kept = recorder.kept(recorder.recordings / f"{NAME}.again" / f"{NAME}.jsonl")
    assert kept
    assert not recorder.journal.exists()
    recorder.finish("all")
    check_nothing_asked_twice(recorder, kept)
    assert sum(recorder.kept().values()) == recorder.count


def press(recorder: Processes, *signals: signal.Signals, last: Reply) -> tuple[int, str]:
    """Stop a recorder by signals while two replies are held back."""
    quick, told = {"left": 10}, threading.Event()

    def reply(asked: object) -> Reply:
        quick["left"] -= 1
        return answer() if quick["left"] >= 0 else replace(last, held=told)

    recorder.server.default = reply
    with recorder.start() as process:
        recorder.wait_for_answers(10)
        wait_until(lambda: len(recorder.server.requests) >= 12)
        process.send_signal(signals[0])
        assert process.stderr is not None
        lines = process.stderr.readline() + process.stderr.readline()
        assert lines == STOPPING
        for number in signals[1:]:
            process.send_signal(number)
            process.wait(timeout=3600)
        told.set()
        _, err = process.communicate(timeout=3600)
    recorder.server.default = lambda asked: answer()
    return process.returncode, err


STOPPING = "\nstopping: 2 requests under way are waited for and kept; once more drops them\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_keeps_what_is_under_way(
    recorder: Processes, number: signal.Signals
) -> None:
    code, err = press(recorder, number, last=answer())
    assert err.startswith(f"12 of {recorder.count} recorded\n")
    assert code in {-signal.SIGINT, 128 + signal.SIGTERM}
    kept = recorder.kept()
    assert len(recorder.server.requests) == len(kept) == 12
    recorder.finish()
    check_nothing_asked_twice(recorder, kept)
    assert set(recorder.server.times_asked().values()) == {1}


def test_a_second_ctrl_c_drops_what_is_under_way(recorder: Processes) -> None:
    code, err = press(recorder, signal.SIGINT, signal.SIGINT, last=answer())
    assert code != 0
    assert "KeyboardInterrupt" in err
    kept = recorder.kept()
    assert len(kept) == 10
    recorder.finish()
    check_nothing_asked_twice(recorder, kept)


def test_a_stopped_run_puts_nothing_again(recorder: Processes) -> None:
    code, _ = press(recorder, signal.SIGINT, last=failure(500))
    assert code != 0
    assert len(recorder.server.requests) == 12
    assert len(recorder.kept()) == 10


def test_a_full_disk_is_one_line_and_the_next_run_goes_on(recorder: Processes) -> None:
    with recorder.start("new_episodes", "9000") as process:
        _, err = process.communicate(timeout=3600)
    assert process.returncode == 1
    (said,) = err.strip().splitlines()
    assert said.startswith(f"cannot write {recorder.journal}: ")
    assert said.endswith("what is recorded so far is kept")
    kept = recorder.kept()
    assert 5 < len(kept) < recorder.count
    before = len(recorder.server.requests)
    with recorder.start("new_episodes", "9000") as process:
        _, err = process.communicate(timeout=3600)
    assert process.returncode == 1
    assert "make room and run the same again" in err
    assert len(recorder.server.requests) == before, "a full disk wastes no further requests"
    assert recorder.kept() == kept
    recorder.finish()
    asked = recorder.server.times_asked()
    assert {asked[image] for image in kept} == {1}
    assert len(asked) == recorder.count


def test_the_keys_of_a_plan_are_its_requests(dataset: Dataset, prompt: Prompt) -> None:
    plan = make_plan(dataset, prompt, "gpt-4o", Options(repeats=3))
    for place in range(15):
        one = plan.ask(place)
        assert one.key == one.request.key == plan.keys[place]
        assert one.request.canonical() == plan.canonical(place)
        assert one.png() == dataset.png(one.image_id)


def test_a_seed_that_json_can_not_carry_is_refused() -> None:
    with pytest.raises(ParameterError, match="seed must lie within"):
        Options(seed=-(2**53))


def test_a_label_that_no_answer_can_equal_is_refused_before_anything_is_asked(
    image_folder: Path,
    prompt: Prompt,
    recordings: Path,
    endpoint: Endpoint,
    endpoint_server: EndpointServer,
) -> None:
    labels = (image_folder / "labels.csv").read_text().replace(",1", ",galaxy")
    (image_folder / "labels.csv").write_text(labels)
    with pytest.raises(DataError, match="has the label 'galaxy', but lsbg-test asks for 0, 1"):
        ask(
            load_folder(image_folder),
            prompt,
            "m",
            recorder=Recorder("new_episodes", endpoint, recordings),
        )
    assert not endpoint_server.requests

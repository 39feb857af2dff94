"""The batch client against our own server, over real HTTP."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pandas as pd
import pytest

from minivlm.fake_model import FakeModel
from minivlm.server.conftest import client_of
from secondsight.datasets.dataset import Dataset
from secondsight.errors import EndpointError, RecordingError
from secondsight.inference.ask import ask
from secondsight.inference.batch_endpoint import Remote
from secondsight.inference.batch_state import State
from secondsight.inference.batches import Batching
from secondsight.inference.budget import Budget
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import read_journal
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt
from secondsight.inference.recorder import Recorder
from secondsight.minivlm.server.running import running

QUICK = Batching(requests=2, first=0.001, longest=0.01, grace=0.05, patience=5.0)
MODEL = FakeModel.name
NAME = f"tiny.lsbg-test.{MODEL}"


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def prompt(prompt: Prompt) -> Prompt:
    """A prompt whose categories our own server reads."""
    text = "Which does it show?\n\nCategory 0 (artifact): none.\n\nCategory 1 (galaxy): one."
    return prompt.model_copy(update={"text": f"{text}\n\nAnswer with the number alone."})


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the server keeps its state."""
    return tmp_path / "kept"


@pytest.fixture
def url(kept: Path) -> Iterator[str]:
    with running(FakeModel(), kept) as address:
        yield address


@pytest.fixture
def slow(kept: Path) -> Iterator[str]:
    """A server that takes its time over each request."""
    with running(FakeModel(0.1), kept) as address:
        yield address


def record(
    url: str,
    dataset: Dataset,
    prompt: Prompt,
    folder: Path,
    how: Batching | None = QUICK,
    *,
    options: Options = Options(repeats=2),
    model: str = MODEL,
    **said: Any,
) -> pd.DataFrame:
    endpoint = Endpoint(url, retries=2)
    recorder = Recorder("new_episodes", endpoint, folder, progress=False, batches=how)
    return ask(dataset, prompt, model, options, replace(recorder, **said))


def times_paid(kept: Path) -> list[int]:
    """Return how often each request was answered."""
    with closing(sqlite3.connect(kept / "server.sqlite")) as base:
        query = "SELECT SUM(good) FROM results GROUP BY custom_id"
        return [times for (times,) in base.execute(query)]


def batches_of(url: str) -> list[Any]:
    with client_of(url) as client:
        return list(client.batches.list())


def until(met: Callable[[], object]) -> None:
    for _ in range(60_000):
        if met():
            return
        time.sleep(0.001)
    raise AssertionError("it never came to that")


def dying(work: Callable[..., Any], at: int, calls: list[int], *, late: bool) -> Callable[..., Any]:
    """Return what does some work, but for one call in all, which ends the process."""

    async def call(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == at and not late:
            raise Killed
        result = await work(*given)
        if len(calls) == at:
            raise Killed
        return result

    return call


def test_batches_answer_as_requests_do(
    url: str, dataset: Dataset, prompt: Prompt, tmp_path: Path
) -> None:
    batched = record(url, dataset, prompt, tmp_path / "one")
    single = record(url, dataset, prompt, tmp_path / "other", None)
    assert len(batches_of(url)) == 5
    batched, single = (table.drop(columns="recorded_at") for table in (batched, single))
    pd.testing.assert_frame_equal(batched, single)
    rows = read_journal(tmp_path / "one" / f"{NAME}.jsonl")
    assert rows.num_rows == 10


def test_what_is_recorded_is_not_asked(
    url: str, dataset: Dataset, prompt: Prompt, recordings: Path
) -> None:
    record(url, dataset.head(2), prompt, recordings, None)
    record(url, dataset, prompt, recordings)
    assert len(batches_of(url)) == 3
    record(url, dataset, prompt, recordings)
    assert len(batches_of(url)) == 3


def killed_again_and_again(run: Callable[[int], Any]) -> int:
    """Run what is killed at its first call, then its second, and so on; return how often it was."""
    for at in range(1, 100):
        try:
            run(at)
        except Killed:
            continue
        return at - 1
    raise AssertionError("it never ends")


@pytest.mark.parametrize("late", [False, True])
def test_killed_at_any_call_it_pays_once(
    url: str,
    kept: Path,
    dataset: Dataset,
    prompt: Prompt,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
    late: bool,
) -> None:
    def run(at: int) -> None:
        calls: list[int] = []
        with monkeypatch.context() as patch:
            for name in ("upload", "create", "batch", "fetch"):
                work = getattr(Remote, name)
                patch.setattr(Remote, name, dying(work, at, calls, late=late))
            record(url, dataset, prompt, recordings)

    assert killed_again_and_again(run) > 3
    assert times_paid(kept) == [1] * 10
    assert read_journal(recordings / f"{NAME}.jsonl").num_rows == 10
    assert not State(recordings / f"{NAME}.batches").open()


def test_killed_between_any_two_lines_of_its_state_it_pays_once(
    url: str,
    kept: Path,
    dataset: Dataset,
    prompt: Prompt,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = State.note

    def run(at: int) -> None:
        calls: list[int] = []

        def noted(*given: Any, **facts: Any) -> Any:
            calls.append(1)
            if len(calls) == at:
                raise Killed
            return note(*given, **facts)

        with monkeypatch.context() as patch:
            patch.setattr(State, "note", noted)
            record(url, dataset, prompt, recordings)

    assert killed_again_and_again(run) > 5
    assert times_paid(kept) == [1] * 10


def test_a_batch_whose_making_was_not_confirmed_is_found(
    url: str,
    kept: Path,
    dataset: Dataset,
    prompt: Prompt,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create, lost = Remote.create, []

    async def unconfirmed(*given: Any) -> str:
        made = await create(*given)
        if not lost:
            lost.append(made)
            raise openai.APIConnectionError(request=None)  # type: ignore[arg-type]
        return made

    monkeypatch.setattr(Remote, "create", unconfirmed)
    record(url, dataset, prompt, recordings)
    assert len(batches_of(url)) == 5
    assert times_paid(kept) == [1] * 10


def killed_after_submission(
    url: str, dataset: Dataset, prompt: Prompt, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Remote, "batch", killed)
        with pytest.raises(Killed):
            record(url, dataset, prompt, folder)


def test_what_another_process_submitted_is_collected(
    url: str,
    kept: Path,
    dataset: Dataset,
    prompt: Prompt,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed_after_submission(url, dataset, prompt, tmp_path / "one", monkeypatch)
    for name in ("other", "third"):
        answers = record(url, dataset, prompt, tmp_path / name)
        assert answers["answer"].notna().all()
        assert times_paid(kept) == [1] * 10


def test_recording_all_anew_takes_no_old_batch(
    url: str, kept: Path, dataset: Dataset, prompt: Prompt, tmp_path: Path
) -> None:
    record(url, dataset, prompt, tmp_path / "one")
    record(url, dataset, prompt, tmp_path / "other", mode="all")
    assert times_paid(kept) == [2] * 10


def test_requests_in_a_batch_are_not_put_by_themselves(
    url: str, dataset: Dataset, prompt: Prompt, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_after_submission(url, dataset, prompt, recordings, monkeypatch)
    with pytest.raises(EndpointError, match="10 of the requests are under way in batches: collect"):
        record(url, dataset, prompt, recordings, None)


def test_another_part_of_the_plan_leaves_a_batch_for_later(
    url: str,
    kept: Path,
    dataset: Dataset,
    prompt: Prompt,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed_after_submission(url, dataset, prompt, recordings, monkeypatch)
    record(url, dataset.head(1), prompt, recordings)
    assert len(State(recordings / f"{NAME}.batches").open()) == 4
    record(url, dataset, prompt, recordings)
    assert times_paid(kept) == [1] * 10


def test_a_cancelled_batch_keeps_what_it_finished(
    slow: str, kept: Path, dataset: Dataset, prompt: Prompt, recordings: Path
) -> None:
    def cancel() -> None:
        with client_of(slow) as client:
            until(lambda: list(client.batches.list()))
            (batch,) = client.batches.list()
            until(lambda: client.batches.retrieve(batch.id).request_counts.completed)
            client.batches.cancel(batch.id)

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(EndpointError, match="its batch ended without it"):
        record(slow, dataset, prompt, recordings, replace(QUICK, requests=50))
    thread.join()
    assert 0 < read_journal(recordings / f"{NAME}.jsonl").num_rows < 10
    record(slow, dataset, prompt, recordings)
    assert times_paid(kept) == [1] * 10


def test_what_expires_is_asked_again_a_few_times(
    kept: Path, dataset: Dataset, prompt: Prompt, recordings: Path
) -> None:
    how = replace(QUICK, requests=50)
    with (
        running(FakeModel(), kept, batch_seconds=0) as url,
        pytest.raises(EndpointError, match="10x This request could not be executed before"),
    ):
        record(url, dataset, prompt, recordings, how)
    with running(FakeModel(), kept) as url:
        assert [batch.status for batch in batches_of(url)] == ["expired"] * 3
        record(url, dataset, prompt, recordings, how)
    assert times_paid(kept) == [1] * 10


def test_ctrl_c_leaves_batches_running_and_says_so(
    slow: str,
    kept: Path,
    dataset: Dataset,
    prompt: Prompt,
    recordings: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def press() -> None:
        state = recordings / f"{NAME}.batches"
        until(lambda: any(chunk.batch_id for chunk in State(state).open()))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        record(slow, dataset, prompt, recordings, replace(QUICK, requests=50), progress=True)
    thread.join()
    (batch,) = batches_of(slow)
    assert f"go on at the endpoint and are billed: {batch.id}." in capsys.readouterr().err
    record(slow, dataset, prompt, recordings)
    assert times_paid(kept) == [1] * 10


def test_a_batch_that_the_endpoint_refuses_is_an_error(
    url: str, dataset: Dataset, prompt: Prompt, recordings: Path
) -> None:
    with pytest.raises(EndpointError, match="failed: The model 'other' does not exist"):
        record(url, dataset, prompt, recordings, replace(QUICK, requests=50), model="other")
    assert not State(recordings / "tiny.lsbg-test.other.batches").open()


def test_another_endpoint_does_not_know_the_batch(
    url: str,
    tmp_path: Path,
    dataset: Dataset,
    prompt: Prompt,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed_after_submission(url, dataset, prompt, recordings, monkeypatch)
    with (
        running(FakeModel(), tmp_path / "new") as other,
        pytest.raises(EndpointError, match=r"is not known at .* ask where it was made, or remove"),
    ):
        record(other, dataset, prompt, recordings)


def test_files_are_left_unless_they_are_to_go(
    url: str, dataset: Dataset, prompt: Prompt, recordings: Path, tmp_path: Path
) -> None:
    with client_of(url) as client:
        record(url, dataset, prompt, tmp_path / "gone", replace(QUICK, delete=True))
        assert not list(client.files.list())
        record(url, dataset, prompt, tmp_path / "new", mode="all")
        assert len(list(client.files.list())) == 10


def test_a_ceiling_is_told_as_without_batches(
    dataset: Dataset, prompt: Prompt, recordings: Path
) -> None:
    priced = FakeModel()
    priced.name = "gpt-4o-mini"
    how: dict[str, Any] = {"options": Options(max_tokens=100), "model": priced.name}
    with (
        running(priced) as url,
        pytest.raises(
            EndpointError, match=r"^stopped before the ceiling of 0\.00001 USD"
        ) as caught,
    ):
        record(url, dataset, prompt, recordings, **how, budget=Budget(0.00001))
    said = str(caught.value)
    assert "about 0.00 are spent, 0 of 5 requests are recorded" in said
    assert "one request is assumed to cost" in said
    assert "by 100 tokens out; --max-tokens, in Python max_tokens, lowers that" in said
    assert said.endswith("what is spent on a recording counts until it is whole")


def test_a_torn_line_of_the_state_is_dropped_and_a_damaged_one_told(tmp_path: Path) -> None:
    path = tmp_path / "a.batches"
    State(path).note("one", keys=["00"], usd=1.5)
    with path.open("ab") as file:
        file.write(b'{"name":"two","ke')
    assert [chunk.keys for chunk in State(path).open()] == [["00"]]
    State(path).note("one", batch_id="batch_1")
    assert [chunk.batch_id for chunk in State(path).open()] == ["batch_1"]
    path.write_bytes(b"oh\n" + path.read_bytes())
    with pytest.raises(RecordingError, match=r"a\.batches, line 1, is damaged"):
        State(path)

from pathlib import Path

import pytest

from cli.conftest import Run
from minivlm.fake_model import FakeModel
from planned import tiny_plan
from secondsight.book import record
from secondsight.inference.batch_endpoint import Remote
from secondsight.inference.batches import Batching
from secondsight.inference.client import Endpoint
from secondsight.inference.recorder import Recorder, Requests
from secondsight.minivlm.server.running import running

QUICK = Batching(first=0.001, longest=0.01)


def test_batches_need_a_server_that_outlives_the_command(run: Run) -> None:
    said = run("record", "--batch")
    assert said.code == 1
    assert "say with --base-url where it answers" in " ".join(said.err.split())


def test_what_a_resumed_run_collects_counts_as_come_now(
    tmp_path: Path, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tiny_plan(tmp_path, monkeypatch, FakeModel.name, "lsbg-1")
    with running(FakeModel(), tmp_path / "kept") as url:
        recorder = Recorder(
            "new_episodes", Endpoint(url), recordings, progress=False, batches=QUICK
        )
        submit = Recorder.submit

        def submit_and_wait(self: Recorder, asked: Requests) -> None:
            self.responses(asked, "")  # a batch that ended before it was looked at
            submit(self, asked)

        monkeypatch.setattr(Recorder, "submit", submit_and_wait)
        (made,) = record.record(plan, recorder)
    assert made.responses == 3


def test_every_recording_is_submitted_before_one_is_waited_for(
    tmp_path: Path, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tiny_plan(tmp_path, monkeypatch, FakeModel.name, "lsbg-1", "lsbg-1-names")
    create, batch, calls = Remote.create, Remote.batch, []

    async def creating(remote: Remote, *given: object) -> str:
        calls.append("create")
        return await create(remote, *given)  # type: ignore[arg-type]

    async def looking(remote: Remote, *given: object) -> object:
        calls.append("look")
        return await batch(remote, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Remote, "create", creating)
    monkeypatch.setattr(Remote, "batch", looking)
    with running(FakeModel(), tmp_path / "kept") as url:
        recorder = Recorder(
            "new_episodes", Endpoint(url), recordings, progress=False, batches=QUICK
        )
        made = list(record.record(plan, recorder))
    assert [each.responses for each in made] == [3, 3]
    assert calls[:3] == ["create", "create", "look"]
    assert calls.count("create") == 2

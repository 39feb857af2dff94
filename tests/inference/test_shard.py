"""Many processes record side by side: each request is asked once, in one shard."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import SIDECAR

from conftest import make_folder
from endpoint import EndpointServer, failure
from secondsight.datasets.folder import load_folder
from secondsight.errors import EndpointError, ParameterError, RecordingError
from secondsight.inference.ask import Plan, make_plan
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import Journal
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import read_rows, read_sidecar, verify
from secondsight.inference.shard import FOLDER, Shard, gather, record_shard

IMAGES, REPEATS, COUNT = 12, 2, 3


@pytest.fixture
def plan(tmp_path: Path, prompt: Prompt) -> Plan:
    dataset = load_folder(make_folder(tmp_path / "many", IMAGES))
    return make_plan(dataset, prompt, "sky-1", Options(repeats=REPEATS))


@pytest.fixture
def recorder(endpoint: Endpoint, recordings: Path) -> Recorder:
    return Recorder("new_episodes", endpoint, recordings, progress=False)


@given(key=st.binary(min_size=32, max_size=32), count=st.integers(1, 40))
def test_each_key_is_in_one_shard(key: bytes, count: int) -> None:
    assert sum(Shard(number, count).holds(key) for number in range(1, count + 1)) == 1


@pytest.mark.parametrize(
    "text", ["0/4", "5/4", "1/0", "4", "1/4/2", "-1/4", "a/b", " 1/4", "1/4\n"]
)
def test_what_is_no_shard_is_told(text: str) -> None:
    with pytest.raises(ParameterError, match="no shard"):
        Shard.of(text)


def test_a_number_above_the_count_is_told() -> None:
    with pytest.raises(ParameterError, match="no shard 3 of 2: the last is 2/2"):
        Shard.of("3/2")


def test_shards_together_ask_each_request_once(
    plan: Plan, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    for number in range(1, COUNT + 1):
        record_shard(plan, Shard(number, COUNT), recorder)
        record_shard(plan, Shard(number, COUNT), recorder)
    assert set(endpoint_server.times_asked().values()) == {REPEATS}
    path = recorder.folder / f"{plan.name}.parquet"
    assert gather(path, SIDECAR) == IMAGES * REPEATS
    assert read_sidecar(path).endpoint == "this machine"
    assert sorted(read_rows(path)["key"].to_pylist()) == sorted(plan.keys)
    assert verify(path) == []
    left = {file.suffix for file in (recorder.folder / FOLDER).rglob("*") if file.is_file()}
    assert left <= {".lock"}
    assert gather(path, SIDECAR) == 0
    recorder.responses(plan, "")
    assert len(endpoint_server.requests) == IMAGES * REPEATS


def test_a_shard_that_was_cut_off_goes_on(
    plan: Plan, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    shard = Shard(1, 1)
    endpoint_server.script = [failure(500)] * 5
    with pytest.raises(EndpointError, match="run the same again"):
        record_shard(plan, shard, recorder)
    answered = len(endpoint_server.answered)
    assert 0 < answered < IMAGES * REPEATS
    record_shard(plan, shard, recorder)
    assert len(endpoint_server.answered) == IMAGES * REPEATS


def test_another_number_of_shards_asks_nothing_again(
    plan: Plan, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    record_shard(plan, Shard(1, 2), recorder)
    for number in range(1, 6):
        record_shard(plan, Shard(number, 5), recorder)
    assert len(endpoint_server.requests) == IMAGES * REPEATS


def test_what_is_published_is_not_asked(
    plan: Plan, recorder: Recorder, endpoint_server: EndpointServer
) -> None:
    recorder.responses(plan, "")
    journal = record_shard(plan, Shard(1, 1), replace(recorder, endpoint=Endpoint("http://x")))
    assert not journal.exists()


def test_what_a_shard_still_writes_is_not_published(plan: Plan, recorder: Recorder) -> None:
    journal = record_shard(plan, Shard(1, 1), recorder)
    with Journal(journal), pytest.raises(RecordingError, match="written by another process"):
        gather(recorder.folder / f"{plan.name}.parquet", SIDECAR)
    assert journal.exists()

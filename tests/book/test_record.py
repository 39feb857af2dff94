import socket
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from endpoint import EndpointServer
from local_http import LocalServer
from planned import tiny_plan
from secondsight import paths
from secondsight.book import record
from secondsight.datasets.registry import load
from secondsight.errors import DataError
from secondsight.inference.client import Endpoint
from secondsight.inference.options import Options
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import read_rows, read_sidecar, verify
from secondsight.inference.recording_plan import TOKENS, Recording, read_plan, settings
from secondsight.simulate.skies import find_sky


def test_what_is_planned_exists() -> None:
    for planned in read_plan().recording:
        prompt = load_prompt(planned.prompt)
        labels = set(load(planned.dataset).table["label"])
        assert labels <= set(prompt.categories.codes), planned


def test_a_plan_that_is_not_right_is_named(tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text('model = "m"\n[[recording]]\ndataset = "lsbg"\n')
    with pytest.raises(DataError, match=r"recording\.0\.prompt"):
        read_plan(tmp_path / "record.toml")


def test_sampled_answers_are_asked_for_with_their_probabilities() -> None:
    planned = Recording(dataset="lsbg", prompt="lsbg-1", title="t", repeats=3, sampled=True)
    assert settings(planned) == Options(temperature=None, logprobs=TOKENS, repeats=3)
    certain = planned.model_copy(update={"sampled": False})
    assert settings(certain) == Options(temperature=0.0, repeats=3)


def test_what_was_recorded_is_published_and_not_asked_again(
    tmp_path: Path,
    endpoint: Endpoint,
    endpoint_server: EndpointServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = tiny_plan(tmp_path, monkeypatch, "sky-1", "lsbg-1", repeats=2)
    recorder = Recorder("new_episodes", endpoint, tmp_path, progress=False)
    (made,) = record.record(plan, recorder)
    path = made.path
    asked = len(endpoint_server.requests)
    assert asked == 2 * 3 == read_rows(path).num_rows
    assert verify(path) == []
    about = read_sidecar(path)
    assert about.title == "tiny pictures: answers of sky-1"
    assert (about.endpoint, about.licence) == ("this machine", "none chosen")
    assert about.sampling == "temperature 0"
    assert (made.responses, made.outcomes) == (asked, {"answered": asked})
    (again,) = record.record(plan, recorder)
    assert (again.path, again.responses, again.outcomes) == (path, 0, made.outcomes)
    assert len(endpoint_server.requests) == asked


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Say nothing."""


def test_the_sidecar_of_a_model_that_takes_no_temperature_says_so(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tiny_plan(tmp_path, monkeypatch, "gpt-5-mini", "lsbg-1")
    (made,) = record.record(plan, Recorder("new_episodes", endpoint, tmp_path, progress=False))
    about = read_sidecar(made.path)
    assert about.sampling == "temperature left to the endpoint"
    assert "most probable" not in about.about


def test_the_local_server_is_waited_for_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{plug.getsockname()[1]}")
        monkeypatch.setattr(record, "PATIENCE", 1)
        with LocalServer(_Ready) as server, subprocess.Popen(["sleep", "60"]) as process:
            record._wait(process, f"{server.address}/v1/models")
            process.kill()


def test_the_repeated_candidates_are_candidates_and_hold_no_more_than_they_should() -> None:
    repeated = load("dwarfs-repeated")
    kinds = find_sky("dwarfs").catalogue().set_index("image_id")["kind"]
    assert len(repeated) == 4_000
    assert not repeated.table["image_id"].map(kinds).isin(["simulated dwarf", "known dwarf"]).any()
    assert repeated.table["image_id"].is_monotonic_increasing
    assert repeated.table.equals(load("dwarfs-repeated").table)


def test_what_is_committed_is_what_its_text_files_say() -> None:
    recordings = sorted(paths.RECORDINGS.glob("*.parquet"))
    assert recordings
    assert [line for path in recordings for line in verify(path)] == []

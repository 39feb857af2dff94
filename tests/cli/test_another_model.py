import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from cli.conftest import Run
from conftest import make_campaign
from endpoint import EndpointServer, answer
from secondsight.book import another_model
from secondsight.book.another_model import missing
from secondsight.inference.client import Endpoint
from secondsight.inference.recording import read_rows, read_sidecar
from secondsight.inference.recording_plan import Plan, Recording

program = importlib.import_module("secondsight.cli.record")


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign's folder: two subjects and their votes."""
    return make_campaign(tmp_path / "mine", "s0,3,25", "s1,25,25")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, recordings: Path) -> Plan:
    """A plan of the campaign alone, and a folder without recordings."""
    asked = Recording(dataset="dwarfs", prompt="dwarf-1", title="The campaign", sampled=True)
    plan = Plan(model="own-1", recording=(asked,))
    for module in (program, another_model):
        monkeypatch.setattr(module, "read_plan", lambda: plan)
    monkeypatch.setattr(program, "missing", partial(missing, folder=recordings))
    return plan


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, endpoint_server: EndpointServer) -> EndpointServer:
    """The endpoint in place of the local model's own server."""

    @contextmanager
    def started(endpoint: Endpoint) -> Iterator[Endpoint]:
        yield Endpoint(endpoint_server.base_url, endpoint.concurrency)

    monkeypatch.setattr(program, "local_server", started)
    endpoint_server.default = lambda asked: answer("1, High")
    return endpoint_server


def test_another_model_is_only_asked_where_it_answers(run: Run, server: EndpointServer) -> None:
    said = run("record", "--model", "sky-1")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(
        "error: say with --base-url where sky-1 answers; OpenAI is at https://"
    )
    assert server.requests == []


def test_a_data_set_that_no_chapter_takes_is_one_line(run: Run, server: EndpointServer) -> None:
    for command in (["record", "--base-url", server.base_url], ["lacking"]):
        said = run(*command, "--model", "sky-1", "--dataset", "nope")
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("error: no chapter takes the data set 'nope'; known: ")
        assert "`secondsight ask FOLDER --model NAME`" in said.err
        assert said.err.count("\n") == 1
    assert server.requests == []


def test_what_is_lacking_is_listed_with_its_price_and_the_command(
    run: Run, monkeypatch: pytest.MonkeyPatch, recordings: Path
) -> None:
    monkeypatch.setattr(program, "missing", partial(missing, folder=recordings))
    said = run("lacking", "--model", "gpt-4o-mini")
    assert (said.code, said.out) == (1, "")
    first, *lines, total, last = said.err.splitlines()
    assert total.startswith("  in all ")
    assert first == ("error: gpt-4o-mini has not answered all that the book asks; missing are")
    asked = [line.partition(":")[0].strip() for line in lines]
    assert asked == [
        f"{one.dataset}, {one.prompt}, {one.repeats}x" for one in program.read_plan().recording
    ]
    assert all("USD at list price" in line for line in lines)
    assert last.endswith(": secondsight record --base-url URL --model gpt-4o-mini")


@pytest.mark.usefixtures("small")
def test_what_is_lacking_is_recorded_by_the_command_that_is_told(
    run: Run, campaign: Path, recordings: Path, server: EndpointServer
) -> None:
    words = ["--model", "sky-1", "--dataset", campaign]
    said = run("lacking", *words)
    assert said.code == 1
    assert "2 requests" in said.err
    assert said.err.endswith(f"--model sky-1 --dataset {campaign}\n")
    said = run("record", *words, "--base-url", server.base_url, "--folder", recordings)
    path = recordings / "mine.dwarf-1.sky-1.parquet"
    assert (said.code, said.out) == (0, f"recorded {path}: 2 now\n")
    assert read_rows(path).num_rows == len(server.requests) == 2
    assert {asked.body["model"] for asked in server.requests} == {"sky-1"}
    beside = read_sidecar(path)
    assert beside.title == "Dwarf galaxy or not, the images of mine: answers of sky-1"
    assert beside.licence == "none chosen"
    said = run("lacking", *words)
    assert (said.code, said.out, said.err) == (0, "all answers of sky-1 are recorded\n", "")
    assert run("lacking", "--model", "sky-2", "--dataset", campaign).code == 1


@pytest.mark.usefixtures("small")
def test_the_books_own_model_is_asked_of_its_own_server(
    run: Run, campaign: Path, recordings: Path, server: EndpointServer
) -> None:
    for words in ([], ["--model", "own-1"]):
        said = run("record", "--dataset", campaign, "--folder", recordings, *words)
        assert said.code == 0, said.err
    assert len(server.requests) == 2
    assert (recordings / "mine.dwarf-1.own-1.parquet").is_file()
    assert run("lacking", "--dataset", campaign).out == "all answers of own-1 are recorded\n"

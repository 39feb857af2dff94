"""What recording asks before it spends, and what it tells afterwards."""

import importlib
from pathlib import Path

import pytest

from cli.conftest import Run
from conftest import make_folder, tiny_png
from endpoint import EndpointServer, answer, failure
from secondsight.book import another_model
from secondsight.book import record as recorder
from secondsight.book.another_model import in_manner, limited, part_of, plan_for
from secondsight.datasets.folder import load_folder
from secondsight.errors import ParameterError
from secondsight.inference.cost import Range
from secondsight.inference.options import Options
from secondsight.inference.recording import read_sidecar
from secondsight.inference.recording_plan import Manner, Plan, Recording, read_plan, settings

program = importlib.import_module("secondsight.cli.record")


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Plan:
    """A plan of ten tiny images, asked with two prompts."""
    images = load_folder(make_folder(tmp_path / "tiny", 10))
    own = [Recording(dataset="lsbg", prompt=name, title="t") for name in ("lsbg-1", "lsbg-1-names")]
    plan = Plan(model="own-1", recording=tuple(own))
    for module in (another_model, recorder):
        monkeypatch.setattr(module, "load", lambda name: images)
    for module in (program, another_model):
        monkeypatch.setattr(module, "read_plan", lambda: plan)
    return plan


@pytest.fixture
def words(endpoint_server: EndpointServer, recordings: Path) -> list[str]:
    """The command, without whether to spend."""
    endpoint_server.default = lambda asked: answer('{"category": "1"}')
    where = ["--base-url", endpoint_server.base_url, "--folder", str(recordings)]
    return ["record", "--model", "gpt-5-mini", *where]


@pytest.mark.usefixtures("plan")
def test_a_quote_asks_nothing_and_says_what_it_assumes(
    run: Run, endpoint_server: EndpointServer, recordings: Path
) -> None:
    said = run("quote", "--model", "gpt-5-mini", "--folder", recordings)
    assert (said.code, said.err) == (0, "")
    assert "ktok in" in said.out
    assert "64 to 800 of reasoning at effort medium" in said.out
    said = run("quote", "--model", "gpt-9", "--folder", recordings, "--prompt", "lsbg-1")
    assert "no price is known for gpt-9: look it up; asking it may cost money" in said.out
    assert endpoint_server.requests == []


@pytest.mark.usefixtures("plan")
def test_nothing_is_spent_that_nobody_agreed_to(
    run: Run, words: list[str], endpoint_server: EndpointServer
) -> None:
    said = run(*words)
    assert said.code == 1
    assert said.err == "error: nobody is here to say whether to spend that: say it with --yes\n"
    assert endpoint_server.requests == []


class Typed:
    """A terminal at which somebody types a line, or presses Ctrl-C."""

    def __init__(self, line: str | None) -> None:
        self.line = line

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        if self.line is None:
            raise KeyboardInterrupt
        return self.line


@pytest.mark.parametrize(
    ("line", "code", "asked"), [("y\n", 0, 20), ("n\n", 1, 0), ("", 1, 0), (None, 130, 0)]
)
@pytest.mark.usefixtures("plan")
def test_the_question_is_answered(
    run: Run,
    words: list[str],
    endpoint_server: EndpointServer,
    monkeypatch: pytest.MonkeyPatch,
    line: str | None,
    code: int,
    asked: int,
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(line))
    said = run(*words)
    assert said.code == code
    assert "Traceback" not in said.err
    assert len(endpoint_server.requests) == asked


@pytest.mark.usefixtures("plan")
def test_a_subset_is_recorded_told_and_gone_on_with(
    run: Run, words: list[str], endpoint_server: EndpointServer, recordings: Path
) -> None:
    few = ["--prompt", "lsbg-1", "--limit", "4", "--yes"]
    said = run(*words, *few)
    path = recordings / "tiny.lsbg-1.gpt-5-mini.parquet"
    told, spent = said.out.splitlines()[-2:]
    assert told == f"recorded {path}: 4 now"
    assert spent == "about 0.00011 USD spent, by the usage that was stated"
    assert run(*words, *few).out == f"{path}: there already, nothing was asked\n"
    said = run(*words, "--prompt", "lsbg-1", "--yes")
    assert f"recorded {path}: 6 now, 4 were there\n" in said.out
    assert len(endpoint_server.requests) == 10


@pytest.mark.usefixtures("plan")
def test_a_run_stops_before_its_ceiling(
    run: Run, words: list[str], endpoint_server: EndpointServer
) -> None:
    said = run(*words, "--yes", "--max-usd", "0.001", "--max-tokens", "300")
    assert said.code == 1
    assert said.err.startswith("error: stopped before the ceiling of 0.001 USD: about ")
    assert "USD spent" in said.out
    assert "No more is asked once one request more might pass 0.001 USD" in said.out
    assert "one request is assumed to cost 0.0006" in said.err
    assert " USD at worst, by 300 tokens out; --max-tokens, in Python max_tokens" in said.err
    assert "lowers that. The same command goes on" in said.err
    assert 0 < len(endpoint_server.requests) < 20
    assert {asked.body["max_completion_tokens"] for asked in endpoint_server.requests} == {300}


@pytest.mark.usefixtures("plan")
def test_a_ceiling_below_one_request_is_told_before_the_question(
    run: Run, words: list[str], endpoint_server: EndpointServer
) -> None:
    said = run(*words, "--max-usd", "0.001")  # nobody is here to say yes
    assert said.err.startswith("error: not even one request fits under the ceiling of 0.001 USD: ")
    assert "by 16,384 tokens out; --max-tokens, in Python max_tokens, lowers that" in said.err
    assert endpoint_server.requests == []


@pytest.mark.usefixtures("plan")
def test_a_small_run_costs_more_than_nothing(run: Run, recordings: Path) -> None:
    few = ["--prompt", "lsbg-1", "--limit", "1", "--folder", recordings]
    row = run("quote", "--model", "gpt-5-mini", *few).out.splitlines()[1]
    usd, by_batch = row.split()[-4:-2]
    assert (usd, by_batch) == ("0.0002-0.0017", "0.00009-0.00084")
    assert row.endswith(" 2-15 s")
    tokens_in, out = row.split()[-6:-4]
    assert 0.1 < float(tokens_in) < 2  # thousands
    assert out == "0.07-0.81"


@pytest.mark.usefixtures("plan")
def test_the_sidecar_says_who_recorded_and_under_which_licence(
    run: Run, words: list[str], recordings: Path
) -> None:
    few = [*words, "--prompt", "lsbg-1", "--yes"]
    run(*few, "--limit", "2", "--by", "A. Herschel", "--licence", "CC0")
    path = recordings / "tiny.lsbg-1.gpt-5-mini.parquet"
    note = read_sidecar(path)
    assert (note.recorded_by, note.licence) == ("A. Herschel", "CC0")
    run(*few, "--limit", "3")  # nobody is named, no licence is chosen
    note = read_sidecar(path)
    assert (note.recorded_by, note.licence, note.rows) == ("A. Herschel, not known", "CC0", 3)


@pytest.mark.usefixtures("plan")
def test_a_model_is_shown_examples_first(
    run: Run, words: list[str], endpoint_server: EndpointServer, recordings: Path
) -> None:
    names = ["--prompt", "lsbg-1-names", "--yes", "--examples"]
    said = run(*words, *names, "1")
    assert said.code == 0, said.err
    shown = 2  # one of each category
    path = recordings / "tiny.lsbg-1-names-examples-1-seed-0.gpt-5-mini.parquet"
    assert read_sidecar(path).rows == len(endpoint_server.requests) == 10 - shown
    assert len(endpoint_server.requests[0].body["messages"]) == 2 * shown + 1
    assert '[asked."gpt-5-mini"]\nexamples = 1' in said.out
    assert run(*words, *names, "0").code == 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [((2, 59), "2-59 s"), ((30, 90), "0.5-1.5 min"), ((36, 360), "0.01-0.10")],
)
def test_a_short_time_is_told_in_its_unit(seconds: tuple[float, float], text: str) -> None:
    assert program._time(Range(*seconds)) == text


@pytest.mark.usefixtures("plan")
def test_effort_and_length_are_asked_for_and_the_chapters_are_told_how_to_find_them(
    run: Run, words: list[str], endpoint_server: EndpointServer
) -> None:
    said = run(*words, "--yes", "--effort", "low", "--max-tokens", "300", "--limit", "1")
    assert said.out.endswith(
        'data/record.toml must say:\n[asked."gpt-5-mini"]\neffort = "low"\nmax_tokens = 300\n'
    )
    assert {asked.body["reasoning_effort"] for asked in endpoint_server.requests} == {"low"}


@pytest.mark.usefixtures("plan")
def test_what_was_refused_is_told_and_asked_again_if_wanted(
    run: Run, words: list[str], endpoint_server: EndpointServer
) -> None:
    endpoint_server.script = [failure(400, "no"), *[answer("1")] * 9]
    said = run(*words, "--yes", "--prompt", "lsbg-1")
    assert (said.code, said.err) == (0, "")
    assert "10 now, 1 not answered\n" in said.out
    said = run(*words, "--yes", "--prompt", "lsbg-1", "--retry")
    assert ": 1 now, 9 were there\n" in said.out
    assert len(endpoint_server.requests) == 11


@pytest.mark.parametrize("where", ["https://no.example", "http://127.0.0.1:1/v1"])
def test_a_ceiling_without_a_price_is_refused(run: Run, where: str) -> None:
    said = run("record", "--model", "gpt-9", "--base-url", where, "--max-usd", "1")
    assert said.err.startswith("error: no ceiling can be kept: no price is known for gpt-9")


def test_a_model_without_an_address_is_told_of_one(run: Run) -> None:
    said = run("record", "--model", "gpt-5-mini")
    assert "where gpt-5-mini answers; OpenAI is at https://api.openai.com/v1" in said.err


@pytest.mark.parametrize("words", [["--concurrency", "0"], ["--limit", "0"], ["--max-usd", "-1"]])
@pytest.mark.parametrize("command", ["record", "quote"])
@pytest.mark.usefixtures("plan")
def test_a_number_that_makes_no_sense_is_one_line(run: Run, command: str, words: list[str]) -> None:
    if command == "quote" and words[0] == "--max-usd":
        return
    said = run(command, *words)
    assert said.code == 1
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("chapter", "sets"),
    [
        ("01", {"lsbg"}),
        ("02_zero_shot_morphology", {"morphology"}),
        ("03", {"dwarfs"}),
        ("05", {"dwarfs-repeated"}),
        ("08", {one.dataset for one in read_plan().recording}),
    ],
)
def test_a_chapter_names_what_it_reads(chapter: str, sets: set[str]) -> None:
    assert {one.dataset for one in part_of(plan_for(), chapter=chapter).recording} == sets


def test_a_chapter_with_other_images_names_those(tmp_path: Path) -> None:
    campaign = tmp_path / "mine"
    campaign.mkdir()
    (campaign / "s0.png").write_bytes(tiny_png(0))
    (campaign / "votes.csv").write_text("image_id,dwarf_votes,total_votes\ns0,3,25\n")
    plan = part_of(plan_for("sky-1", str(campaign)), chapter="03")
    assert [one.dataset for one in plan.recording] == [str(campaign)]
    plan = part_of(plan_for("sky-1", "lsbg-real"), chapter="01")
    assert {one.dataset for one in plan.recording} == {"lsbg-real"}


@pytest.mark.parametrize("wrong", [{"chapter": "1"}, {"chapter": "09"}, {"prompt": "nope"}])
def test_nothing_left_is_one_line(wrong: dict[str, str]) -> None:
    with pytest.raises(ParameterError):
        part_of(plan_for(), **wrong)


def test_the_manner_of_a_model_is_its_own() -> None:
    plan = in_manner(plan_for("gpt-5-mini"), Manner(effort="low"))
    planned = plan.recording[0]
    assert settings(planned, plan.manner()) == Options(effort="low")
    assert settings(planned, plan.manner("another")) == Options()
    assert in_manner(plan, Manner(max_tokens=9)).manner() == Manner(effort="low", max_tokens=9)
    assert {one.images for one in limited(plan, 7).recording} == {7}


def test_a_mistyped_model_is_told_whom_it_is_like(run: Run) -> None:
    words = ["quote", "--chapter", "03", "--limit", "2", "--model"]
    assert "did you mean gpt-5-mini?" in run(*words, "gtp-5-mini").out
    assert "did you mean" not in run(*words, "gpt-5-mini").out

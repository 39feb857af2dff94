import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from made_results import for_every_claim, result
from secondsight import paths
from secondsight.book.claims import Verdict, claims
from secondsight.datasets import derived
from secondsight.datasets.derived import DERIVATIONS
from secondsight.errors import DataError


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results that no chapter computed."""
    monkeypatch.setattr("secondsight.book.results.read_results", for_every_claim)


@pytest.mark.usefixtures("results")
def test_claims_lists_each_claim_with_its_verdict(run: Run) -> None:
    said = run("claims")
    assert (said.code, said.err) == (0, "")
    for claim in claims():
        assert f"{claim.id} ({claim.paper}, {claim.where}): " in said.out
        assert claim.statement in said.out
        assert claim.untestable in said.out
    checks = [line for line in said.out.splitlines() if "recorded elsewhere: " in line]
    assert len(checks) == sum(len(claim.check) for claim in claims())
    assert all(any(verdict in line for verdict in Verdict) for line in checks)


@pytest.mark.usefixtures("results")
def test_claims_of_one_paper(run: Run) -> None:
    said = run("claims", "--paper", "dwarfs")
    listed = re.findall(r"^([\w-]+) \((\w+), ", said.out, re.MULTILINE)
    assert listed == [(claim.id, "dwarfs") for claim in claims() if claim.paper == "dwarfs"]


def test_claims_of_an_unknown_paper_is_one_line(run: Run) -> None:
    said = run("claims", "--paper", "nope")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: no paper named 'nope'; known: at_first_sight, dwarfs")
    assert said.err.count("\n") == 1


@pytest.mark.usefixtures("results")
def test_brackets_in_a_claim_are_no_markup(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = next(claim for claim in claims() if claim.untestable)
    texts = {name: f"[red]{name}[/]" for name in ("where", "statement", "untestable")}
    monkeypatch.setattr("secondsight.book.claims.claims", lambda: [claim.model_copy(update=texts)])
    said = run("claims")
    assert all(text in said.out for text in texts.values())


def test_a_mistake_is_one_line_in_a_process_of_its_own() -> None:
    script = Path(sys.executable).with_name("secondsight")
    said = subprocess.run(
        [script, "claims", "--paper", "nope"], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.count("\n") == 1
    assert "Traceback" not in said.stderr


def test_an_error_that_is_no_users_mistake_keeps_its_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("secondsight.book.results.read_results", broken)
    with pytest.raises(ZeroDivisionError):
        run("claims")


def test_brackets_in_an_error_are_no_markup(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DataError("[bold]a[/] is damaged")

    monkeypatch.setattr("secondsight.book.results.read_results", broken)
    assert run("claims").err == "error: [bold]a[/] is damaged\n"


def test_being_stopped_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("secondsight.book.results.read_results", stopped)
    said = run("claims")
    assert said.code == 130
    assert said.err.startswith("stopped; what was recorded is kept")


def test_a_reader_that_goes_away_leaves_no_traceback(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("secondsight")
    with subprocess.Popen(
        [script, "data", "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()  # type: ignore[union-attr]
        assert process.stderr.read() == b""  # type: ignore[union-attr]
    assert process.returncode in (0, 1)


def test_an_unknown_command_shows_the_usage(run: Run) -> None:
    said = run("nope")
    assert said.code == 2
    assert "No such command" in said.err


@pytest.mark.parametrize("words", [(), ("data",), ("responses",)])
def test_without_a_command_the_help_is_shown(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert "Usage" in said.out + said.err


def test_derive_of_an_unknown_table_is_one_line(run: Run) -> None:
    said = run("derive", "nope")
    assert said.code == 1
    known = ", ".join(DERIVATIONS)
    assert known.startswith("astrosight_answers, astrosight_parsing, ")
    assert said.err == f"error: no derived table named 'nope'; known: {known}\n"


def test_derive_writes_the_committed_tables(
    run: Run, mirror: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few = ("lsbg_labels", "astrosight_answers", "mirabest_archive", "caption_embeddings")
    monkeypatch.setattr(derived, "DERIVATIONS", {name: DERIVATIONS[name] for name in few})
    from_files = [name for name in few if not DERIVATIONS[name].needs]
    committed = {f"{name}.csv": (paths.DERIVED / f"{name}.csv").read_bytes() for name in from_files}
    monkeypatch.setattr(paths, "DERIVED", tmp_path)
    said = run("derive")
    left = {f"{name}.csv" for name in from_files if not DERIVATIONS[name].is_installed}
    assert said.out.count("it needs the extra train") == len(left)
    committed = {name: content for name, content in committed.items() if name not in left}
    assert (said.code, said.out.count("wrote ")) == (0, len(committed))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == committed


def test_derive_without_its_sources_leaves_the_table_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setattr(paths, "DERIVED", tmp_path)
    (tmp_path / "lsbg_labels.csv").write_text("mine")
    said = run("derive", "lsbg_labels")
    assert said.err == "error: lsbg_labels needs lsbg-labels: run secondsight data fetch\n"
    assert (tmp_path / "lsbg_labels.csv").read_text() == "mine"


def test_an_unknown_chapter_is_one_line(run: Run, tmp_path: Path) -> None:
    said = run("run", "nope", tmp_path / "out.ipynb")
    assert said.code == 1
    known = ", ".join(sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")))
    assert known.startswith("00_simulated_sky, 01_zero_shot_lsbg, ")
    assert said.err == f"error: no chapter named 'nope'; known: {known}\n"
    assert not (tmp_path / "out.ipynb").exists()


def test_a_parameter_without_a_value_is_one_line(run: Run, tmp_path: Path) -> None:
    said = run("run", "01_zero_shot_lsbg", tmp_path / "out.ipynb", "-p", "model")
    assert (said.code, said.err) == (1, "error: -p takes NAME=VALUE, not 'model'\n")


@pytest.mark.parametrize(
    ("written", "pair"),
    [
        ("seed=3", ("seed", 3)),
        ("level=0.9", ("level", 0.9)),
        ("foreground=qwen-vl", ("foreground", "qwen-vl")),
        ('model="3"', ("model", "3")),
        ("text=a=b", ("text", "a=b")),
        ("brief=true", ("brief", True)),
        ("results=", ("results", "")),
    ],
)
def test_a_parameter_is_json_or_else_text(
    run: Run, monkeypatch: pytest.MonkeyPatch, written: str, pair: tuple[str, object]
) -> None:
    given = []
    monkeypatch.setattr("secondsight.book.execute.run_chapter", lambda *all_: given.append(all_))
    assert run("run", "chapter", "out.ipynb", "-p", written).code == 0
    assert given == [("chapter", Path("out.ipynb"), dict([pair]))]


def test_a_value_that_a_chapter_cannot_take_is_one_line_with_the_known_ones(
    tmp_path: Path,
) -> None:
    script = Path(sys.executable).with_name("secondsight")
    said = subprocess.run(
        [script, "run", "02_zero_shot_morphology", tmp_path / "out.ipynb", "-p", "foreground=nope"],
        capture_output=True, text=True, check=False, cwd=paths.ROOT,
    )  # fmt: skip
    assert (said.returncode, said.stdout) == (1, "running 02_zero_shot_morphology\n")
    assert said.stderr.count("\n") == 1
    assert said.stderr.startswith("error: 02_zero_shot_morphology, cell ")
    for known in ("'nope'", "'gpt-4o-mini'", "'qwen-vl'"):
        assert known in said.stderr


def test_an_unknown_page_is_one_line(run: Run, tmp_path: Path) -> None:
    said = run("page", tmp_path / "nope.md")
    assert said.code == 1
    assert said.err.startswith("error: no page named 'nope'; known: ledger, summary")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "nope.md").exists()


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize(
    ("name", "holds"),
    [("ledger", "ss-claim"), ("summary", "ss-summary"), ("sources", "ss-sources")],
)
def test_a_page_is_written(run: Run, tmp_path: Path, name: str, holds: str) -> None:
    said = run("page", tmp_path / "deep" / f"{name}.md")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert holds in (tmp_path / "deep" / f"{name}.md").read_text()


def test_a_claim_without_its_result_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondsight.book.results.read_results", lambda: {"01_one.a": result(1)})
    said = run("claims")
    assert said.code == 1
    assert "run make book" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["nope", "import os; os.system('touch ran'); seed", "seed\nimport os", "", "Seed"]
)
def test_a_parameter_that_a_chapter_lacks_never_reaches_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("papermill.execute_notebook", None)
    said = run("run", "09_audit", tmp_path / "out.ipynb", "-p", "seed=1", "-p", f"{name}=1")
    assert said.code == 1
    assert said.err == (f"error: 09_audit has no parameter {name!r}; known: level, seed, results\n")
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_can_be_none_never_reaches_a_chapter(run: Run, tmp_path: Path) -> None:
    said = run("run", "08_local_model", tmp_path / "out.ipynb", "-p", "model=`touch ran`")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: no model can be named '`touch ran`': a name has letters")
    assert said.err.count("\n") == 1


def test_a_folder_is_handed_to_a_chapter_by_its_whole_path(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: dict[str, object] = {}
    monkeypatch.setattr(
        "secondsight.book.execute.run_chapter", lambda name, output, given: handed.update(given)
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "camp").mkdir()
    (tmp_path / "camp" / "votes.csv").touch()
    assert run("run", "03_dwarf_calibration", "out.ipynb", "-p", "dataset=camp").code == 0
    assert handed == {"dataset": str(tmp_path / "camp")}

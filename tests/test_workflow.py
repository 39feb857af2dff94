"""The workflow on a copy of the project and its built book, every outside connection blocked.

`make test` builds that book with the same block, and notes which files of data a chapter opens.
"""

import json
import sys
from pathlib import Path

import nbformat
import pytest

from glued import named_too_early
from hygiene import ROOT
from project_copy import LSBG, MORPHOLOGY, SKY, Project
from secondsight.book.execute import exercises

pytestmark = pytest.mark.book

CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def inputs_of(chapter: str, plan: str) -> set[str]:
    """Return the inputs of a chapter, or of a notebook of exercises, in a printed plan."""
    folder, _, name = chapter.rpartition("/")
    rule, wildcard = ("exercises", "part") if folder else ("chapter", "chapter")
    for job in plan.split(f"rule {rule}:")[1:]:
        if f"{wildcard}={name}" in job:
            listed = next(line for line in job.splitlines() if "input:" in line)
            return set(listed.split("input:")[1].strip().split(", "))
    raise AssertionError(f"{chapter} is not in the plan")


def test_the_block_blocks(built: Project) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"
    done = built.run(sys.executable, "-c", code)
    assert "blocked: 192.0.2.1" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECONDSIGHT_MIRROR", "/gone", "error: SECONDSIGHT_MIRROR names '/gone', which is no fol"),
        ("SECONDSIGHT_URL", "nowhere", "error: CITATION.cff: url: "),
        ("MODEL", "`touch ran`", "error: no model can be named '`touch ran`': "),
    ],
)
def test_what_stops_the_workflow_is_one_line(
    built: Project, name: str, value: str, said: str
) -> None:
    done = built.run("snakemake", "--cores", "1", "--quiet", "all", "--dry-run", **{name: value})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_number_is_computed_before_the_sentence_that_names_it(
    built: Project, chapter: str
) -> None:
    page = built.root / "_build" / "source" / "notebooks" / f"{chapter}.ipynb"
    assert named_too_early(nbformat.read(page, as_version=4)) == []


def test_sphinx_warns_of_nothing(built: Project) -> None:
    log = (built.root / "_build" / "logs" / "html.log").read_text()
    assert "build succeeded" in log
    assert "WARNING" not in log


def test_nothing_changed_nothing_runs(built: Project) -> None:
    (built.root / "src" / "secondsight" / "metrics" / "scores.py").touch()  # is no change
    assert built.planned() == set()


@pytest.fixture(scope="module")
def plan(built: Project) -> str:
    """What the workflow would do if everything had to be done, with every input."""
    return built.snakemake("--dry-run", "--forceall")


@pytest.mark.parametrize(
    ("name", "reaches"),
    [
        ("metrics/pairs.py", {MORPHOLOGY}),
        ("metrics/intervals.py", {SKY, LSBG, MORPHOLOGY}),
        ("metrics/shapes.py", {SKY}),
        ("papers/skies/realism.py", {SKY}),
        ("simulate/radio.py", {SKY, LSBG, MORPHOLOGY}),  # loaded by name
        ("datasets/mirabest.py", {SKY, LSBG, MORPHOLOGY}),
        ("inference/parse.py", {LSBG, MORPHOLOGY}),
        ("papers/first_sight/supervised.py", {LSBG, MORPHOLOGY}),
        ("papers/replayed.py", {LSBG, MORPHOLOGY}),
    ],
)
def test_a_module_is_an_input_of_the_chapters_that_use_it(
    plan: str, name: str, reaches: set[str]
) -> None:
    path = f"src/secondsight/{name}"
    assert {one for one in (SKY, LSBG, MORPHOLOGY) if path in inputs_of(one, plan)} == reaches


@pytest.mark.parametrize("name", ["requirements.lock", "data/published.toml"])
def test_all_chapters_rest_on_it(plan: str, name: str) -> None:
    assert all(name in inputs_of(chapter, plan) for chapter in (SKY, LSBG, MORPHOLOGY))


@pytest.mark.parametrize(
    ("name", "old", "new", "runs"),
    [
        ("src/secondsight/metrics/pairs.py", "most: int = 8", "most: int = 9", {MORPHOLOGY}),
        (f"notebooks/{LSBG}.ipynb", "seed = 0", "seed = 1", {LSBG}),
        ("data/derived/lsbg_labels.csv", "4500,250,250", "4500,249,251", {LSBG}),
        ("book/rerun.md", "# Run it again", "# Run it again, then", {"html"}),
    ],
)
def test_a_change_runs_what_rests_on_it(
    built: Project, name: str, old: str, new: str, runs: set[str]
) -> None:
    with built.changed(name, old, new):
        planned = built.planned()
    assert runs <= planned
    assert planned & {SKY, LSBG, MORPHOLOGY} == runs - {"html"}


def test_a_journal_is_an_input_of_the_chapters_that_show_it(built: Project) -> None:
    recordings = built.root / "data" / "recordings"
    journals = [recordings / f"{name}.minivlm-4.jsonl" for name in ("lsbg.lsbg-1", "my.lsbg-1")]
    for journal in journals:
        journal.touch()
    plan = built.snakemake("--dry-run", "--forceall")
    for journal in journals:
        journal.unlink()
    ours, mine = (f"data/recordings/{journal.name}" for journal in journals)
    assert ours in inputs_of(LSBG, plan)
    assert not {ours, mine} & inputs_of(MORPHOLOGY, plan)
    assert mine not in inputs_of(LSBG, plan)


def test_a_changed_recording_of_others_stops_the_build(
    built: Project, mirror: Path, tmp_path: Path
) -> None:
    copy = built.copied(tmp_path / "project")
    with copy.changed("data/derived/lsbg_labels.csv", "4500,250,250", "4500,249,251"):
        wanted = f"_build/results/{LSBG}.json"
        sources = str(mirror.resolve())
        done = copy.run("snakemake", "--cores", "2", wanted, SECONDSIGHT_MIRROR=sources)
    assert done.returncode != 0
    assert "data/derived/lsbg_labels.csv differs from what its sources give" in done.stderr


@pytest.mark.parametrize("chapter", [*CHAPTERS, *exercises()])
def test_a_chapter_reads_no_data_that_the_workflow_does_not_know(plan: str, chapter: str) -> None:
    notes = ROOT / "_build" / "opened" / f"{chapter}.txt"
    if not notes.is_file():
        pytest.skip("this chapter was not run by make test: make clean, and it will be")
    paths = map(Path, notes.read_text(encoding="utf-8").splitlines())
    data = ROOT / "data"
    read = {str(path.relative_to(ROOT)) for path in paths if path.is_relative_to(data)}
    assert read
    assert read <= inputs_of(chapter, plan)


def test_a_chapter_runs_with_another_model_in_the_foreground(
    built: Project, tmp_path: Path
) -> None:
    out = tmp_path / "out.ipynb"
    asked = ("-p", "foreground", "qwen-vl")
    done = built.run("papermill", f"notebooks/{MORPHOLOGY}.ipynb", str(out), *asked)
    assert done.returncode == 0, done.stderr
    page = json.loads(out.read_text())
    shown = json.dumps(page)
    assert "Qwen-VL on 11,088 real galaxies" in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("modle", "qwen-vl"),
            "has no parameter 'modle'; known: foreground, dataset, prompt, model, ",
        ),
        (("model", "gpt-9"), "MissingResponses: 500 of 500 responses are not recorded"),
    ],
)
def test_papermill_stops_at_a_parameter_that_is_wrong(
    built: Project, tmp_path: Path, given: tuple[str, str], said: str
) -> None:
    out = str(tmp_path / "out.ipynb")
    done = built.run("papermill", f"notebooks/{MORPHOLOGY}.ipynb", out, "-p", *given)
    assert done.returncode != 0
    assert said in done.stderr

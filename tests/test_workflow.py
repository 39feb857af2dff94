"""The workflow on a copy of the project, without mirror, every outside connection blocked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hygiene import ROOT, tracked

pytestmark = pytest.mark.book

SKY = "00_simulated_sky"
LSBG, MORPHOLOGY = "01_zero_shot_lsbg", "02_zero_shot_morphology"
BIN = Path(sys.executable).parent


class Project:
    """A copy of the project that runs its own package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for path in tracked():
            copy = root / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        self.environment = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT / 'tests' / 'blocked'}{os.pathsep}{root / 'src'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.environment.pop("SECONDSIGHT_MIRROR", None)

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy."""
        return subprocess.run(
            command,
            cwd=self.root,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=3600,  # against hanging for ever; a slow machine may take long
        )

    def snakemake(self, *options: str, **more: str) -> str:
        """Run the workflow and return what it printed."""
        done = self.run("snakemake", "--cores", "2", *options, **more)
        printed = done.stdout + done.stderr
        assert done.returncode == 0, printed
        return printed

    def planned(self, **more: str) -> set[str]:
        """Return what the workflow would run: chapters by their names, other rules by theirs."""
        printed = self.snakemake("--dry-run", **more)
        if "Nothing to be done" in printed:
            return set()
        rules = {
            line.split()[1].rstrip(":") for line in printed.splitlines() if line[:5] == "rule "
        }
        chapters = {name for name in (SKY, LSBG, MORPHOLOGY) if f"chapter={name}" in printed}
        return (rules - {"chapter", "book"}) | chapters

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text in one file of the copy."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def inputs_of(chapter: str, plan: str) -> set[str]:
    """Return a chapter's inputs in a printed plan."""
    for job in plan.split("rule chapter:")[1:]:
        if f"chapter={chapter}" in job:
            listed = next(line for line in job.splitlines() if "input:" in line)
            return set(listed.split("input:")[1].strip().split(", "))
    raise AssertionError(f"{chapter} is not in the plan")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with its book built."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.snakemake()
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A built copy that a test may change."""
    copy = tmp_path / "project"
    shutil.copytree(built.root, copy, symlinks=True)
    changed = object.__new__(Project)
    changed.root = copy
    changed.environment = {**built.environment}
    changed.environment["PYTHONPATH"] = built.environment["PYTHONPATH"].replace(
        str(built.root / "src"), str(copy / "src")
    )
    return changed


def test_the_block_blocks(built: Project) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"
    done = built.run(sys.executable, "-c", code)
    assert "blocked: 192.0.2.1" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECONDSIGHT_MIRROR", "/gone", "error: SECONDSIGHT_MIRROR names '/gone', which is no fol"),
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


def test_the_book_builds_without_network_and_mirror(built: Project) -> None:
    assert (built.root / "_build" / "html" / "index.html").is_file()
    page = (built.root / "_build" / "html" / "notebooks" / f"{MORPHOLOGY}.html").read_text()
    assert "so the counts were not made anew in this build" in page


def test_sphinx_warns_of_nothing(built: Project) -> None:
    log = (built.root / "_build" / "logs" / "html.log").read_text()
    assert "build succeeded" in log
    assert "WARNING" not in log


def test_two_builds_give_the_same_results(built: Project) -> None:
    ours = sorted((ROOT / "_build" / "results").glob("*.json"))
    if not ours:
        pytest.skip("no book is built here to compare with: run make book first")
    for path in ours:
        assert path.read_bytes() == (built.root / "_build" / "results" / path.name).read_bytes()


def test_nothing_changed_nothing_runs(project: Project) -> None:
    assert project.planned() == set()


def test_a_touched_file_is_no_change(project: Project) -> None:
    (project.root / "src" / "secondsight" / "metrics" / "scores.py").touch()
    assert project.planned() == set()


def test_a_change_in_one_metric_reaches_the_chapters_that_use_it(project: Project) -> None:
    project.replace("src/secondsight/metrics/pairs.py", "most: int = 8", "most: int = 9")
    planned = project.planned()
    assert MORPHOLOGY in planned
    assert LSBG not in planned


@pytest.mark.parametrize("name", ["metrics/shapes.py", "papers/skies/realism.py"])
def test_a_change_in_the_sky_reaches_its_chapter_alone(project: Project, name: str) -> None:
    path = project.root / "src" / "secondsight" / name
    path.write_text(path.read_text() + "\n# changed\n")
    planned = project.planned()
    assert SKY in planned
    assert not planned & {LSBG, MORPHOLOGY}


@pytest.mark.parametrize("name", ["simulate/radio.py", "datasets/mirabest.py"])
def test_a_change_in_a_data_set_reaches_the_chapters_that_load_one(
    project: Project, name: str
) -> None:
    path = project.root / "src" / "secondsight" / name
    path.write_text(path.read_text() + "\n# changed\n")
    assert {SKY, LSBG, MORPHOLOGY} <= project.planned()


@pytest.mark.parametrize(
    "name", ["inference/parse.py", "papers/first_sight/baseline.py", "papers/replayed.py"]
)
def test_a_change_in_what_answers_reaches_the_chapters_that_replay_some(
    project: Project, name: str
) -> None:
    path = project.root / "src" / "secondsight" / name
    path.write_text(path.read_text() + "\n# changed\n")
    planned = project.planned()
    assert {LSBG, MORPHOLOGY} <= planned
    assert SKY not in planned


def test_a_change_in_a_shared_metric_reaches_both(project: Project) -> None:
    project.replace("src/secondsight/metrics/intervals.py", "RESAMPLES = 2000", "RESAMPLES = 2001")
    assert {LSBG, MORPHOLOGY} <= project.planned()


def test_a_change_in_a_notebook_reaches_that_chapter(project: Project) -> None:
    project.replace(f"notebooks/{LSBG}.ipynb", "seed = 0", "seed = 1")
    planned = project.planned()
    assert LSBG in planned
    assert MORPHOLOGY not in planned


def test_a_change_in_a_table_reaches_its_chapter(project: Project) -> None:
    project.replace("data/derived/lsbg_labels.csv", "4500,250,250", "4500,249,251")
    planned = project.planned()
    assert LSBG in planned
    assert MORPHOLOGY not in planned


@pytest.mark.parametrize("name", ["requirements.lock", "data/published.toml"])
def test_a_change_that_all_rest_on_reaches_all(project: Project, name: str) -> None:
    path = project.root / name
    path.write_text(path.read_text() + "\n# changed\n")
    assert {LSBG, MORPHOLOGY, "html"} <= project.planned()


def test_a_change_in_prose_runs_no_chapter(project: Project) -> None:
    project.replace("book/rerun.md", "# Run it again", "# Run it again, then")
    assert project.planned() == {"html"}


def test_a_changed_recording_of_others_stops_the_build(project: Project, mirror: Path) -> None:
    project.replace("data/derived/lsbg_labels.csv", "4500,250,250", "4500,249,251")
    done = project.run("snakemake", "--cores", "2", SECONDSIGHT_MIRROR=str(mirror.resolve()))
    assert done.returncode != 0
    assert "data/derived/lsbg_labels.csv differs from what its sources give" in done.stderr


def test_a_chapter_reads_no_data_that_the_workflow_does_not_know(
    project: Project, tmp_path: Path
) -> None:
    """Trace every project file that a running chapter opens under data/."""
    spy = tmp_path / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hook(event, args):\n"
        "    if event == 'open' and isinstance(args[0], str) and '/data/' in args[0]:\n"
        "        fd = os.open(os.environ['OPENED'], os.O_WRONLY | os.O_APPEND | os.O_CREAT)\n"
        "        os.write(fd, (args[0] + '\\n').encode()); os.close(fd)\n"
        "sys.addaudithook(hook)\n"
    )
    for chapter in (SKY, LSBG, MORPHOLOGY):
        opened = tmp_path / f"{chapter}.txt"
        done = project.run(
            "secondsight", "run", chapter, str(tmp_path / "out.ipynb"),
            OPENED=str(opened), PYTHONPATH=f"{spy}{os.pathsep}{project.root / 'src'}",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        data = project.root / "data"
        read = {line for line in opened.read_text().splitlines() if line.startswith(str(data))}
        assert read
        known = inputs_of(chapter, project.snakemake("--dry-run", "--forceall"))
        assert {str(Path(line).relative_to(project.root)) for line in read} <= known


def test_a_chapter_runs_with_another_model_in_the_foreground(project: Project) -> None:
    done = project.run(
        "papermill", f"notebooks/{MORPHOLOGY}.ipynb", "out.ipynb", "-p", "foreground", "qwen-vl"
    )
    assert done.returncode == 0, done.stderr
    page = json.loads((project.root / "out.ipynb").read_text())
    shown = json.dumps(page)
    assert "Qwen-VL on 11,088 real galaxies" in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("modle", "qwen-vl"), "has no parameter 'modle'; known: dataset, model, prompt, record, "),
        (("foreground", "gpt-9"), "foreground must be 'gpt-4o-mini' or 'qwen-vl', not 'gpt-9'"),
        (("dataset", "lsbg"), "dataset must be 'morphology' or 'galaxy-mnist', not 'lsbg'"),
        (("prompt", "lsbg-1"), "prompt must be 'morphology-1', not 'lsbg-1'"),
        (("model", "gpt-9"), "MissingResponses: 500 of 500 responses are not recorded"),
        (("level", "95"), "level must be a number between 0 and 1, not 95"),
    ],
)
def test_papermill_stops_at_a_parameter_that_is_wrong(
    project: Project, given: tuple[str, str], said: str
) -> None:
    done = project.run("papermill", f"notebooks/{MORPHOLOGY}.ipynb", "out.ipynb", "-p", *given)
    assert done.returncode != 0
    assert said in done.stderr

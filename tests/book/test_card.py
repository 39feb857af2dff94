import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from secondsight import paths
from secondsight.book import card
from secondsight.book.card import Card, commit, current_cell
from secondsight.book.citation import citation, modified
from secondsight.datasets.dataset import sha256
from secondsight.figures.confusion import draw_confusion
from secondsight.papers.dwarfs.vote_panels import calibration

VOTES = "data/votes/campaign.parquet"
RECORDING = "data/recordings/lsbg.lsbg-1.minivlm-4.parquet"
CARD = Card(draw_confusion, ("a line.", f"votes of {VOTES}"), "09_test", 14, {"level": 0.95})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in the project's place."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    caches = (commit, modified)
    for each in caches:
        each.cache_clear()
    yield tmp_path
    for each in caches:
        each.cache_clear()


def git(folder: Path) -> Callable[..., str]:
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]

    def run(*command: str) -> str:
        done = subprocess.run(
            ["git", *who, *command], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return run


def test_a_card_says_what_drew_the_figure_from_what() -> None:
    lines = CARD.lines()
    assert lines["notebook"] == "notebooks/09_test.ipynb, cell 14"
    assert lines["drawn by"] == "secondsight.figures.confusion.draw_confusion"
    file, _, line = lines["code"].partition(", line ")
    code = (paths.ROOT / file).read_text(encoding="utf-8").splitlines()
    assert code[int(line) - 1].startswith("def draw_confusion(")
    assert lines["data"] == f"a line\nvotes of {VOTES}"
    assert lines["SHA-256"] == f"{VOTES} {sha256((paths.ROOT / VOTES).read_bytes())}"
    assert lines["parameters"] == "level = 0.95"
    assert "recording" not in lines


def test_a_card_says_who_was_asked_what_and_when() -> None:
    told = replace(CARD, data=(f"answers: {RECORDING} (SHA-256 dd7f), and its journal",)).lines()
    assert told["recording"].startswith("minivlm-4 asked with lsbg-1 about lsbg, 20")


def test_a_card_leads_to_the_cell_and_to_the_reference() -> None:
    assert CARD.links()["notebook"] == "../notebooks/09_test.html#cell-14"
    assert CARD.links()["drawn by"] == "../book/reference/figures.html#draw-confusion"
    assert '<dd><a href="../notebooks/09_test.html#cell-14">' in CARD.html()
    within = replace(CARD, draw=calibration).links()["drawn by"]
    assert within == "../book/reference/papers.dwarfs.html#calibration"


def test_without_a_notebook_none_is_named() -> None:
    bare = Card(draw_confusion, ())
    assert {"notebook", "data", "SHA-256", "parameters"}.isdisjoint(bare.lines())
    assert "notebook" not in bare.links()
    assert current_cell() == 0


COUNT = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
code = "from secondsight.book.card import current_cell as at; print(at())"
print([shell.run_cell(code, store_history=True).execution_count for _ in range(2)])
"""


def test_a_cell_is_counted_as_its_notebook_shows_it(tmp_path: Path) -> None:
    home = os.environ | {"IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env=home, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:3] == ["1", "2", "[1, 2]"]


def test_files_say_the_same_in_terms_of_dublin_core() -> None:
    told = CARD.metadata("Counts.", "Four cells.")
    assert (told["Title"], told["Description"]) == ("Counts.", "Four cells.")
    assert "notebook: notebooks/09_test.ipynb, cell 14; drawn by: " in told["Source"]
    assert "\n" not in told["Source"]


def test_the_commit_is_that_of_the_tree_and_a_change_is_said(project: Path) -> None:
    run = git(project)
    run("init", "-q")
    (project / "file").write_text("1")
    run("add", "file")
    run("commit", "-q", "-m", "first")
    assert commit() == run("rev-parse", "--short=12", "HEAD")
    (project / "file").write_text("2")
    commit.cache_clear()
    assert commit().endswith(", with changes that were not committed")


def test_without_git_no_commit_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commit() == ""
    assert "commit" not in Card(draw_confusion, ()).lines()
    monkeypatch.setenv("PATH", "")
    commit.cache_clear()
    assert commit() == ""
    assert modified().startswith("20")


def test_a_copy_within_another_project_does_not_name_its_commit_or_its_day(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2001-02-03T04:05:06Z")
    git(project)("init", "-q")
    git(project)("commit", "-q", "--allow-empty", "-m", "first")
    assert modified() == "2001-02-03"
    modified.cache_clear()
    monkeypatch.setattr(paths, "ROOT", project / "copy")
    (project / "copy").mkdir()
    assert commit() == ""
    assert modified() > "2001-02-03"


@pytest.mark.parametrize(
    ("told", "at"), [("abc", "abc"), ("abc, with changes", "abc"), ("", "HEAD")]
)
def test_where_the_code_has_an_address_a_card_leads_there(
    monkeypatch: pytest.MonkeyPatch, told: str, at: str
) -> None:
    monkeypatch.setattr(card, "commit", lambda: told)
    book = citation().model_copy(update={"repository_code": "https://code.example/project"})
    monkeypatch.setattr(card, "citation", lambda: book)
    link = CARD.links()["code"]
    assert link.startswith(f"https://code.example/project/blob/{at}/src/secondsight/figures/")
    assert link.partition("#L")[2].isdigit()

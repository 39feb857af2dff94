import re
import shlex
import shutil
from pathlib import Path

import pytest

from cli.conftest import Run
from datasets.test_votes import export, row
from secondsight import paths
from secondsight.datasets.campaign_folder import read_votes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [
        row(1),
        row(2, user_name="volunteer-2", answer="No"),
        row(3, answer="No"),
        row(4, subject=5),
        row(5, subject=5, user_name="volunteer-2", answer=None),
    ]
    return export(tmp_path / "export.csv", rows)


def test_an_export_becomes_a_folders_table(run: Run, path: Path, tmp_path: Path) -> None:
    table = tmp_path / "votes.csv"
    said = run("votes", path, "--yes", "Yes", "-o", table)
    assert (said.code, said.err) == (0, "")
    assert table.read_text() == "image_id,dwarf_votes,total_votes\n5,1,1\n7,1,2\n"
    assert read_votes(table)["total_votes"].tolist() == [1, 2]
    assert said.out == (
        f"wrote {table}: 2 images, 3 votes, 2 of them yes; task T0\n"
        "left out: 1 classification repeated (a volunteer's further votes on one subject; "
        "--repeats all counts them)\n"
        "left out: 1 classification without an answer\n"
        "note: counted as no: 'No' (1)\n"
    )
    run("votes", path, "--yes", "Yes|No", "--repeats", "all", "-o", table, "--force")
    assert table.read_text() == "image_id,dwarf_votes,total_votes\n5,1,1\n7,3,3\n"
    run("votes", path, "--subject", "name", "--yes", "Yes", "-o", table, "--force")
    run("votes", path, "-o", table, "--force")
    assert table.read_text() == "image_id,(no answer),No,Yes,total_votes\n5,1,0,1,2\n7,0,1,1,2\n"


def test_the_counts_of_yes_are_headed_as_a_question_wants_them(
    run: Run, path: Path, tmp_path: Path
) -> None:
    table = tmp_path / "votes.csv"
    said = run("votes", path, "--yes", "Yes", "--column", "spiral_votes", "-o", table)
    assert "2 of them yes" in said.out
    assert table.read_text() == "image_id,spiral_votes,total_votes\n5,1,1\n7,1,2\n"
    said = run("votes", path, "--yes", "Yes", "--column", "total_votes", "-o", table)
    assert said.err.startswith("error: --column takes a name of its own")
    said = run("votes", path, "--column", "spiral_votes", "-o", table, "--force")
    assert said.err == "error: --column needs --yes beside it\n"
    gone = run("votes", tmp_path / "gone.csv", "-o", table)  # though the table is there
    assert "gone.csv" in gone.err


def test_the_columns_are_held_to_the_question_that_a_model_is_asked(
    run: Run, path: Path, tmp_path: Path
) -> None:
    table = tmp_path / "votes.csv"
    asked = ["--prompt", "dwarf-1", "-o", table]
    said = run("votes", path, "--yes", "Yes", "--column", "dwrf_votes", *asked)
    assert said.err.endswith("counts for not a dwarf, dwarf: head it so, as in not_a_dwarf_votes\n")
    assert run("votes", path, *asked).err.startswith("error: ")
    assert not table.exists()
    assert run("votes", path, "--yes", "Yes", *asked).code == 0


def test_what_is_wrong_is_one_line(run: Run, path: Path, tmp_path: Path) -> None:
    for words, said in (
        (["--task", "T7", "--yes", "Yes"], "has no task 'T7'; known: T0"),
        (["--yes", "Dwarf"], "nobody answered 'Dwarf'; answers given: 'Yes' (2), "),
        (["--workflow", "9"], "export.csv has no workflow 9; known: 3"),
        (["--version", "9"], "export.csv has no version 9; known: 12.34"),
        (["--repeats", "some"], "--repeats takes first or all, not 'some'"),
        (["--no", "No"], "--no needs --yes beside it"),
        (["--yes", "Yes", "--subject", "file"], "row 1: its subject holds nothing in 'file'"),
        (["--yes", "Yes", "-o", tmp_path / "no" / "votes.csv"], "cannot write"),
    ):
        end = run("votes", path, *words)
        assert (end.code, end.out) == (1, "")
        assert said in end.err
        assert end.err.count("\n") == 1


def test_a_table_that_is_there_stays(
    run: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("votes", path, "--yes", "Yes").code == 0
    before = Path("votes.csv").read_bytes()
    assert run("votes", path).out.startswith("wrote answers.csv")
    again = run("votes", path, "--yes", "No")
    assert again.err.startswith("error: votes.csv is there already: choose another name with -o")
    assert Path("votes.csv").read_bytes() == before


@pytest.mark.mirror
def test_the_page_shows_what_the_commands_print(
    run: Run, mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mirror / "zooniverse" / "andromeda-test-classifications.csv"
    if not real.is_file():
        pytest.skip("the mirror holds no classification export")
    shutil.copyfile(real, tmp_path / "export.csv")
    monkeypatch.chdir(tmp_path)
    page = (paths.BOOK / "votes.md").read_text()
    steps = re.findall(r"^\$ (.+)\n((?:[^$`\n].*\n)+)", page, re.M)
    assert len(steps) == 8
    for command, shown in steps:
        program, *words = shlex.split(command)
        if program == "head":
            assert Path(words[-1]).read_text().startswith(shown)
        else:
            end = run(*words)
            assert end.out + end.err == shown

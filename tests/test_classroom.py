"""`make classroom`: what is handed out, what the container takes, and what is published."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from hygiene import ROOT
from secondsight.minivlm.server.running import own_model, running

CLASSROOM = ROOT / "classroom"
ENGINE = """#!/bin/sh
[ "$1" != info ] || exit {info}
printf '%s\\0' "$@" END >> "$SAID"
"""


@pytest.fixture
def start() -> dict[str, Any]:
    return runpy.run_path(str(CLASSROOM / "start.py"))


def test_each_student_gets_a_copy_and_keeps_what_they_wrote(
    start: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "first.ipynb").write_text("as it was handed out")
    folders = start["hand_out"](tmp_path, 3)
    assert [folder.name for folder in folders] == ["student-01", "student-02", "student-03"]
    (folders[1] / "first.ipynb").write_text("what a student wrote")
    (tmp_path / "second.ipynb").write_text("handed out later")
    assert len(start["hand_out"](tmp_path, 3)) == 3
    texts = [(folder / "first.ipynb").read_text() for folder in folders]
    assert texts == ["as it was handed out", "what a student wrote", "as it was handed out"]
    assert all((folder / "second.ipynb").is_file() for folder in folders)


def test_an_empty_folder_hands_out_the_first_notebook(
    start: dict[str, Any], tmp_path: Path
) -> None:
    (folder,) = start["hand_out"](tmp_path, 1)
    assert [path.name for path in folder.iterdir()] == ["your_words.ipynb"]


def test_the_first_notebook_asks_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = nbformat.read(CLASSROOM / "your_words.ipynb", as_version=4)
    nbformat.validate(page)
    code = "\n".join(cell["source"] for cell in page["cells"] if cell["cell_type"] == "code")
    monkeypatch.chdir(tmp_path)
    with running(own_model()) as url:
        exec(code.replace("http://127.0.0.1:8008/v1", url).replace("head(20)", "head(4)"), {})
    assert re.search(r"right about \d of 4 pictures", capsys.readouterr().out)


def test_both_servers_start_on_this_machine_alone_and_end_together(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    for name, then in (("secondsight", "exec sleep 60"), ("jupyter-lab", "exit 0")):
        (programs / name).write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" "$JUPYTER_TOKEN" > {tmp_path}/{name}\n{then}\n'
        )
        (programs / name).chmod(0o755)
    text = (CLASSROOM / "start.py").read_text().replace("Path(sys.executable).parent", "HERE")
    (programs / "start.py").write_text(text)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.ipynb").touch()
    done = subprocess.run(
        [sys.executable, programs / "start.py", tmp_path / "class", "--students", "2"],
        capture_output=True, text=True, timeout=60, env=os.environ | {"JUPYTER_TOKEN": "word"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stdout.splitlines()[1] == (
        "http://127.0.0.1:8888/lab/workspaces/student-02/tree/student-02?token=word"
    )
    words = (tmp_path / "jupyter-lab").read_text()
    assert "--ServerApp.ip=127.0.0.1\n" in words
    assert "token" not in words
    assert words.endswith("\nword\n")
    served = tmp_path / "secondsight"
    assert not served.exists() or served.read_text().startswith("serve\n--port\n8008\n")


# ------------------------------------------------------------------------------ the container


def test_the_container_takes_what_is_there_and_not_ignored() -> None:
    text = (CLASSROOM / "Containerfile").read_text()
    copied = [word for line in re.findall("^COPY (.*)", text, re.M) for word in line.split()[:-1]]
    let_in = re.findall("^!(.*)", (ROOT / ".dockerignore").read_text(), re.M)
    assert sorted(copied) == sorted(let_in)
    assert all((ROOT / name).exists() for name in copied)
    assert "\nUSER 1000\n" in text


def test_what_the_container_starts_can_be_read(start: dict[str, Any]) -> None:
    text = (CLASSROOM / "Containerfile").read_text()
    program, script, *words = json.loads(re.findall("^ENTRYPOINT (.*)", text, re.M)[0])
    assert (program, Path(script).name) == ("python", "start.py")
    done = subprocess.run(
        [sys.executable, CLASSROOM / "start.py", *words, "--shown", "x:1", "--help"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0


def classroom(tmp_path: Path, engines: dict[str, int], **named: str) -> tuple[str, list[str]]:
    """Run `make classroom` with these engines; return what it prints, and the engine's words."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in ("sh", "dirname", "mkdir", "id", "chown"):
        (programs / tool).symlink_to(str(shutil.which(tool)))
    for name, info in engines.items():
        (programs / name).write_text(ENGINE.format(info=info))
        (programs / name).chmod(0o755)
    said = tmp_path / "said"
    done = subprocess.run(
        [str(shutil.which("make")), "-s", "classroom", *(f"{k}={v}" for k, v in named.items())],
        cwd=ROOT, capture_output=True, text=True,
        env={"PATH": str(programs), "SAID": str(said)},
    )  # fmt: skip
    words = said.read_text().split("\0")[:-1] if said.exists() else []
    return done.stdout, words[words.index("END") + 1 : -1] if words else []


@pytest.mark.parametrize(
    ("engines", "line"),
    [
        ({}, "neither podman nor docker is installed"),
        ({"docker": 1}, "docker is installed but does not run"),
    ],
)
def test_without_an_engine_one_line_says_so(
    tmp_path: Path, engines: dict[str, int], line: str
) -> None:
    out, words = classroom(tmp_path, engines, FOLDER=str(tmp_path / "class"))
    assert out.startswith(line)
    assert out.count("\n") == 1
    assert words == []
    assert not (tmp_path / "class").exists()


def test_only_this_machine_sees_the_class_unless_the_teacher_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "my class; touch ran"
    out, words = classroom(tmp_path, {"podman": 1, "docker": 0}, FOLDER=str(folder))
    assert "building the container" in out
    assert words[words.index("--publish") + 1] == "127.0.0.1:8888:8888"
    assert words[words.index("--volume") + 1] == f"{folder}:/srv/class"
    user = f"{os.getuid()}:{os.getgid()}"
    assert words[words.index("--user") + 1] == ("1000:1000" if user == "0:0" else user)
    assert not {"--network", "--privileged", "--userns=keep-id"} & set(words)
    assert words[-4:] == ["--students", "30", "--shown", "127.0.0.1:8888"]
    assert folder.is_dir()


def test_the_teacher_chooses_what_is_published(tmp_path: Path) -> None:
    named = {"ADDRESS": "192.0.2.7", "PORT": "80", "STUDENTS": "12", "MEMORY": "8g"}
    _, words = classroom(tmp_path, {"podman": 0}, FOLDER=str(tmp_path / "class"), **named)
    assert words[words.index("--publish") + 1] == "192.0.2.7:80:8888"
    assert {"--memory=8g", "--userns=keep-id"} <= set(words)
    assert words[-4:] == ["--students", "12", "--shown", "192.0.2.7:80"]

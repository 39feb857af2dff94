"""What is typed after MODEL=, DATASET= and the like is text that nothing runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hygiene import ROOT

FORMS = [
    "`touch ran`",
    "$(touch ran)",
    "$(shell touch ran)",
    "$$(touch ran)",
    "x; touch ran",
    "x | touch ran",
    "x && touch ran",
    'x"; touch ran; "',
    "x'; touch ran; '",
    "x\ntouch ran",
    "x$(eval $(shell touch ran))",
    "-x",
    "Große Größe/my campaign's [1] {a} 100%",
]
SAY = """#!/bin/sh
printf '%s\\0' "$0" "$@" "MODEL=$MODEL" "DATASET=$DATASET" >> "$SAID"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the Makefile and programs that only write down how they were called."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in (*(f"requirements{kind}.lock" for kind in ("", "-uv", "-dev")), "pyproject.toml"):
        (tmp_path / name).touch()
    for name in ("python", "secondsight", "snakemake", "pip", "pytest"):
        (programs / name).write_text(SAY)
        (programs / name).chmod(0o755)
    for stamp in (".base", ".dev"):
        (tmp_path / ".venv" / stamp).touch()
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def make(project: Path, *words: str, **more: str) -> list[list[str]]:
    """Run make and return the calls of the programs, each with its name and its words."""
    said = project / "said"
    said.unlink(missing_ok=True)
    clean = {k: v for k, v in os.environ.items() if k not in {"MODEL", "DATASET", "MAKEFLAGS"}}
    environment = {**clean, "SAID": str(said), **more}
    subprocess.run(
        ["make", "--no-print-directory", *words], cwd=project, env=environment, check=True,
        capture_output=True,
    )  # fmt: skip
    words_said = said.read_text(encoding="utf-8").split("\0")[:-1]
    starts = [place for place, word in enumerate(words_said) if word.startswith(str(project))]
    pieces = zip(starts, [*starts[1:], len(words_said)], strict=True)
    return [[Path(words_said[a]).name, *words_said[a + 1 : b]] for a, b in pieces]


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("how", ["typed", "inherited"])
def test_a_name_is_text(project: Path, text: str, how: str) -> None:
    names = {"MODEL": text, "DATASET": text}
    if how == "typed":
        calls = make(project, "book", *(f"{name}={value}" for name, value in names.items()))
    else:
        calls = make(project, "book", **names)
    handed = [f"MODEL={text}", f"DATASET={text}"]
    lacking, snakemake = calls
    assert lacking == ["secondsight", "lacking", f"--model={text}", f"--dataset={text}", *handed]
    assert snakemake[0] == "snakemake"
    assert snakemake[-2:] == handed
    assert not any(text in word for word in snakemake[1:-2])
    assert not (project / "ran").exists()


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("target", ["train-radio", "train-llava"])
def test_where_to_start_from_is_text(project: Path, target: str, text: str) -> None:
    calls = make(project, target, f"START={text}")
    assert calls[-1][:4] == ["python", "-m", calls[-1][2], f"--start={text}"]
    assert not (project / "ran").exists()
    assert "--start" not in " ".join(make(project, target)[-1])


@pytest.mark.parametrize("text", FORMS)
def test_how_many_processes_is_text(project: Path, text: str) -> None:
    assert make(project, "book", f"CORES={text}")[0][:3] == ["snakemake", "--cores", text]
    assert not (project / "ran").exists()


def test_of_several_models_the_first_must_be_recorded(project: Path) -> None:
    lacking, snakemake = make(project, "book", "MODEL=a/b:c,d,e")
    assert lacking[:3] == ["secondsight", "lacking", "--model=a/b:c"]
    assert snakemake[-2] == "MODEL=a/b:c,d,e"


def test_without_names_nothing_is_asked_first(project: Path) -> None:
    ((program, cores, count, *_),) = make(project, "book")
    assert (program, cores) == ("snakemake", "--cores")
    assert int(count) >= 1

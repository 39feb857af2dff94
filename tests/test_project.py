"""The project as a whole: arrows run downward, what the README says is there, nothing foreign."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import hygiene
from hygiene import ROOT

PACKAGE = ROOT / "src" / "secondsight"

ROOMS = {path.stem for path in PACKAGE.iterdir() if path.suffix in {"", ".py"}} - {
    "__init__",
    "__pycache__",
}


def test_the_package_has_at_most_fifteen_rooms() -> None:
    assert len(ROOMS) <= 15


def test_the_architecture_page_names_every_room() -> None:
    page = (ROOT / "book" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in ROOMS if f"`{room}`" not in page and f"`{room}/`" not in page] == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.py", 'key = "' + "sk-proj-" + "a1B2c3D4e5F6g7H8i9J0k1L2" * 2 + '"\n', "secret"),
        ("b.md", "see /" + "home/somebody/file\n", "path of a machine"),
        (
            "c.ipynb",
            '{"cells": [{"cell_type": "code", "outputs": [1], "execution_count": 1}]}',
            "output",
        ),
    ],
)
def test_the_check_finds_what_it_looks_for(name: str, content: str, said: str) -> None:
    planted = ROOT / "_build" / "planted" / name
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(content)
    try:
        assert any(said in line for line in hygiene.findings([planted]))
    finally:
        planted.unlink()


def test_the_check_finds_a_file_of_others(mirror: Path) -> None:
    planted = ROOT / "_build" / "planted" / "y_labels.npy"
    planted.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(mirror / "lsbg" / "y_labels.npy", planted)
    try:
        assert any("another repository" in line for line in hygiene.findings([planted]))
    finally:
        planted.unlink()


LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-classroom.lock")


def test_the_lock_pins_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=\[ ]", line)[0] for line in project["dependencies"]}
    for lock in LOCKS:
        pinned = re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE)
        assert wanted <= set(pinned), lock


def test_the_default_install_brings_no_torch() -> None:
    pinned = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"^(torch|transformers|tensorflow)==", pinned, re.MULTILINE)


def test_every_locked_file_has_a_hash_and_no_address() -> None:
    for lock in (*LOCKS, "requirements-uv.lock"):
        text = (ROOT / lock).read_text()
        assert text.count("==") <= text.count("--hash=sha256:")
        assert "http" not in re.sub(r"^(http\w*|aiohttp)\S*", "", text, flags=re.MULTILINE)


def test_the_conda_environment_only_points_at_the_package() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["dependencies"][-1] == {"pip": ["--editable ."]}


def test_the_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", readme, re.MULTILINE)) <= targets
    assert set(re.findall(r"`make (\w+)`", readme)) <= targets
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme):
        assert (ROOT / picture).is_file()


def test_another_python_is_told_which_is_needed(tmp_path: Path) -> None:
    fake = tmp_path / "python3"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    copy = tmp_path / "clone"
    copy.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-uv.lock"):
        shutil.copy(ROOT / name, copy / name)
    make = ["make", "book", f"PYTHON={fake}"]
    done = subprocess.run(make, cwd=copy, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stdout + done.stderr


def test_the_package_is_typed_and_knows_its_version() -> None:
    assert (PACKAGE / "py.typed").is_file()
    code = "import secondsight; print(secondsight.__version__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert done.stdout.strip() == version

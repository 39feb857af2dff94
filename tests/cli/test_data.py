import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from secondsight import paths
from secondsight.cli import shell
from secondsight.datasets import sources

NAMES = list(sources.catalogue())


@pytest.fixture
def nothing_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No outside file is on this machine; where downloads go."""
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "DOWNLOADS", tmp_path / "downloads")
    return tmp_path / "downloads"


@pytest.mark.usefixtures("nothing_here")
def test_status_lists_every_source_with_its_size(run: Run) -> None:
    said = run("data", "status")
    assert f"lsbg-images-3: {sources.source('lsbg-images-3').doubt}\n" in said.out
    doubted = [name for name, source in sources.catalogue().items() if source.doubt]
    assert said.out.count("not verified") == len(doubted) == 12
    rows = re.findall(r"^│ (\S+) +│ (\S+) +│ ([\w.]+(?:,? [\w.]+)*) +│", said.out, re.MULTILINE)
    assert rows == [(name, "no", sources.size_of(of)) for name, of in sources.groups().items()]


def test_status_counts_the_files_of_a_folder_that_is_here_in_part(
    run: Run, mirror: Path, nothing_here: Path
) -> None:
    first = sources.source(sources.files_of("aion-galaxies")[0])
    place = nothing_here / first.path
    place.parent.mkdir(parents=True)
    shutil.copy(mirror / first.path, place)
    assert re.search(r"│ aion-galaxies +│ 1 of 64 +│", run("data", "status").out)


def test_a_folder_is_fetched_file_by_file(run: Run, mirror: Path) -> None:
    said = run("data", "fetch", "aion-galaxies")
    assert (said.code, said.err) == (0, "")
    assert [line.split(": ")[0] for line in said.out.splitlines()] == sources.files_of(
        "aion-galaxies"
    )


def test_status_tells_a_wrong_file(run: Run, nothing_here: Path) -> None:
    place = nothing_here / sources.source("lsbg-labels").path
    place.parent.mkdir(parents=True)
    place.write_text("something else")
    said = run("data", "status")
    assert said.code == 0
    assert "another file stands" in said.out


def test_status_tells_where_a_file_is(
    run: Run, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell.out, "width", 400)
    said = run("data", "status")
    assert f"│ {mirror.resolve() / 'lsbg' / 'y_labels.npy'} " in said.out


def test_fetch_of_what_is_here_says_where(run: Run, mirror: Path) -> None:
    said = run("data", "fetch", "lsbg-labels", "mirabest")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"lsbg-labels: {mirror.resolve() / 'lsbg' / 'y_labels.npy'}",
        f"mirabest: {mirror.resolve() / 'mirabest' / 'batches.tar.gz'}",
    ]


def test_fetch_of_an_unknown_source_is_one_line_with_the_known_ones(run: Run) -> None:
    said = run("data", "fetch", "nope")
    assert (said.code, said.out) == (1, "")
    assert said.err == f"error: no source named 'nope'; known: {', '.join(sources.groups())}\n"


@pytest.mark.parametrize("names", [["lsbg-labels"], []])
def test_offline_each_file_is_one_line_and_soon(tmp_path: Path, names: list[str]) -> None:
    shutil.copytree(paths.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("downloads"))
    refused = dict.fromkeys(["HTTPS_PROXY", "https_proxy"], "http://127.0.0.1:9")
    said = subprocess.run(
        [Path(sys.executable).with_name("secondsight"), "data", "fetch", *names],
        env={**os.environ, **refused, "SECONDSIGHT_MIRROR": "", "SECONDSIGHT_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    wanted = names or [name for name in NAMES if sources.source(name).is_small]
    assert said.returncode == 1
    assert said.stdout.startswith("" if names else "left out, since large; name them")
    lines = said.stderr.splitlines()
    assert len(lines) == len(wanted)
    for line, name in zip(lines, wanted, strict=True):
        assert line.startswith(f"error: cannot reach {sources.source(name).url} (no connection)")
        assert "SECONDSIGHT_MIRROR" in line


def test_one_unknown_name_keeps_no_other_from_being_tried(run: Run, mirror: Path) -> None:
    said = run("data", "fetch", "nope", "lsbg-labels")
    assert said.code == 1
    assert said.out.startswith("lsbg-labels: ")


@pytest.mark.parametrize("command", [["status"], ["fetch", "lsbg-labels"]])
def test_a_mirror_that_is_not_there_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    monkeypatch.setenv("SECONDSIGHT_MIRROR", str(tmp_path / "gone"))
    said = run("data", *command)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"error: SECONDSIGHT_MIRROR names '{tmp_path / 'gone'}', which is no folder: "
        "mend it, or unset it\n"
    )

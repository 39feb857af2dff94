import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from secondsight import paths
from secondsight.datasets.sources import find
from secondsight.errors import MissingProject, SourceError


def test_the_root_holds_the_data() -> None:
    assert paths.require_project() == paths.ROOT
    assert paths.SOURCES.is_file()


def test_without_the_projects_data_one_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paths, "SOURCES", tmp_path / "sources.toml")
    with pytest.raises(MissingProject, match="SECONDSIGHT_HOME") as caught:
        paths.require_project()
    assert "\n" not in str(caught.value)


def test_the_environment_names_the_root(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", "from secondsight import paths; print(paths.RECORDINGS)"],
        env={"SECONDSIGHT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert Path(said.strip()) == tmp_path / "data" / "recordings"


def test_no_mirror_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    assert paths.mirror() is None
    monkeypatch.setenv("SECONDSIGHT_MIRROR", "")
    assert paths.mirror() is None


def test_a_mirror_may_be_named_from_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDSIGHT_MIRROR", "~")
    assert paths.mirror() == Path.home()


@pytest.mark.parametrize("name", ["copies", "here.txt", "~nobody-of-this-name/copies", "x" * 5_000])
def test_a_mirror_that_is_no_folder_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "here.txt").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECONDSIGHT_MIRROR", name)
    for look in (paths.mirror, partial(paths.mirror_folder, "lsbg"), partial(find, "lsbg-labels")):
        with pytest.raises(SourceError, match=f"SECONDSIGHT_MIRROR names '{name}', which is no "):
            look()


def test_a_path_is_shown_from_the_root(tmp_path: Path) -> None:
    assert paths.shown(paths.SOURCES) == str(Path("data") / "sources.toml")
    assert paths.shown(tmp_path / "x") == str(tmp_path / "x")
    assert paths.shown(tmp_path / "y" / ".." / "x") == str(tmp_path / "x")


def test_a_path_is_typed_from_where_one_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths.typed(tmp_path / "y" / ".." / "x") == "x"
    assert paths.typed(tmp_path.parent / "x") == str(tmp_path.parent / "x")

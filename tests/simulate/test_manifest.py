"""Rendering: in parallel, resumed, and the same whatever the way."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from secondsight.datasets.manifest import read_manifest, simulated
from secondsight.errors import DataError
from secondsight.simulate import manifest
from secondsight.simulate.skies import SKIES, find_sky

NAME, FEW = "lsbg", 3 * manifest.CHUNK


def shorten() -> None:
    """Leave the first images of the sky in this process."""
    sky = find_sky(NAME)
    table = sky.catalogue().head(FEW)
    manifest.find_sky = lambda name: SimpleNamespace(catalogue=table.copy, png=sky.png)  # type: ignore[attr-defined]


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "find_sky", find_sky)  # put back at the end
    shorten()


@pytest.mark.usefixtures("_few")
def test_what_is_rendered_is_what_is_committed(tmp_path: Path) -> None:
    target, scratch = tmp_path / "lsbg.parquet", tmp_path / "lsbg.csv"
    manifest.render(NAME, target, scratch, workers=2, progress=False)
    assert not scratch.exists()
    pd.testing.assert_frame_equal(pd.read_parquet(target), read_manifest(NAME).head(FEW))


@pytest.mark.parametrize("name", SKIES)
def test_some_images_of_every_sky_are_as_committed(name: str) -> None:
    some = read_manifest(name).sample(4, random_state=1)
    assert manifest.differences(name, some, workers=1) == []


def test_a_difference_is_named() -> None:
    some = read_manifest(NAME).head(2)
    some.loc[0, "image_sha256"] = "0" * 64
    assert manifest.differences(NAME, some, workers=1) == [some["image_id"][0]]


@pytest.mark.usefixtures("_few")
def test_a_killed_render_goes_on_where_it_was(tmp_path: Path) -> None:
    target, scratch = tmp_path / "lsbg.parquet", tmp_path / "lsbg.csv"
    code = (
        "from pathlib import Path; from simulate.test_manifest import manifest, shorten; "
        f"shorten(); target, scratch = map(Path, {(str(target), str(scratch))}); "
        f"manifest.render({NAME!r}, target, scratch, workers=1)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[1]
    )
    while not scratch.exists() or not scratch.stat().st_size:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = scratch.read_text().count("\n")
    assert 0 < kept < FEW
    with scratch.open("a") as file:
        file.write("lsbg-0")  # half a line, as a kill may leave
    manifest.render(NAME, target, scratch, workers=1, progress=False)
    pd.testing.assert_frame_equal(pd.read_parquet(target), read_manifest(NAME).head(FEW))


def test_a_damaged_scratch_file_is_one_line(tmp_path: Path) -> None:
    scratch = tmp_path / "lsbg.csv"
    scratch.write_text("lsbg-0000,short\n")
    with pytest.raises(DataError, match="is damaged: delete it and run the same again"):
        manifest.render(NAME, tmp_path / "t.parquet", scratch, workers=1, progress=False)


def test_an_unknown_sky_is_told_the_known_ones() -> None:
    with pytest.raises(DataError, match="no simulated data set named 'nope'; known: lsbg,"):
        find_sky("nope")


def test_loading_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sky = find_sky(NAME)
    monkeypatch.setattr(type(sky), "png", None)
    assert len(simulated(NAME)) == 500


def test_a_damaged_manifest_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from secondsight import paths

    monkeypatch.setattr(paths, "MANIFESTS", tmp_path)
    with pytest.raises(DataError, match=r"lsbg\.parquet is missing"):
        read_manifest(NAME)
    (tmp_path / "lsbg.parquet").write_bytes(os.urandom(64))
    with pytest.raises(DataError, match=r"lsbg\.parquet is damaged"):
        read_manifest(NAME)

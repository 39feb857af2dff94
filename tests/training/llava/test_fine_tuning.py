"""The whole experiment on a handful of pictures, from random weights."""

from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("extra_finetune", reason="training needs the extra `finetune`")

from llava_of_the_hub import save_llava_of_the_hub
from secondsight.datasets.registry import load
from secondsight.papers import llava_results as results
from secondsight.training.llava.course import Sizes, prepare
from secondsight.training.llava.fine_tuning import fine_tune_named, fine_tune_variants
from secondsight.training.llava.llava_model import load_llava
from secondsight.training.minivlm.starting_weights import load_pair
from secondsight.training.results import ALL, LESS, LLAVA
from secondsight.training.settings import (
    BASE,
    MOMENTS,
    RANDOM,
    VARIANTS,
    WAYS,
    LlavaSettings,
    Stage,
)

STAGE = Stage(4, 1e-3, 4)
TINY = LlavaSettings(words=STAGE, first=STAGE, second=STAGE, every=2)
SIZES = Sizes({"morphology": 6, "lsbg": 3}, {"morphology": 2, "lsbg": 2}, 80, 4)


def written(tables: dict[str, pd.DataFrame], folder: Path) -> list[pd.DataFrame]:
    """Write the tables and read them again."""
    for name, table in tables.items():
        LLAVA.write(table, folder / name)
    return [LLAVA.read(folder / name) for name in LLAVA.columns]


def test_it_writes_what_the_chapter_reads(tmp_path: Path) -> None:
    course = prepare(load("galaxy10"), SIZES)
    given = load_pair(RANDOM).image, course, TINY, tmp_path / "runs"
    table, curves, texts = written(fine_tune_variants(*given, seeds=(0, 1)), tmp_path)
    differences = {f"{name}{LESS}{BASE}" for name in VARIANTS if name != BASE}
    assert set(table["arm"]) == {*VARIANTS, *differences}
    assert set(table["seed"]) == {"0", "1", ALL}
    weights = {name: results.by_seed(table, name, "trained_weights").iloc[0] for name in VARIANTS}
    assert weights["larger language model"] > weights[BASE]
    assert weights["without stage 1"] == weights[BASE]
    for name in VARIANTS:
        mean = results.by_seed(table, name, "gain").mean()
        assert abs(results.over_pictures(table, name, "gain").value - mean) < 1e-4
    assert len(texts) == 4 * (len(VARIANTS) + 2) * len(WAYS)
    assert set(curves["stage"]) == {"words", "stage 1", "stage 2"}
    written(fine_tune_variants(*given, seeds=(0, 1)), tmp_path / "again")
    for name in LLAVA.columns:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_model_of_the_hub_goes_through_the_same_course(tmp_path: Path) -> None:
    save_llava_of_the_hub(tmp_path / "model", ["A round glow."])
    llava, course = load_llava(str(tmp_path / "model")), prepare(load("galaxy10"), SIZES)
    tables = fine_tune_named("tiny", llava, course, TINY, tmp_path)
    table, _, texts = written(tables, tmp_path)
    assert set(table["moment"]) == set(MOMENTS)
    assert set(table["arm"]) == {"tiny"}
    assert set(texts["image_id"]) == {f"galaxy10-{number:04d}" for number in range(4)}

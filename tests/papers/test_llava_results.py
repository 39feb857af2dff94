from pathlib import Path

import numpy as np
import pytest

from secondsight.datasets.registry import load
from secondsight.descriptions.beyond import mentions
from secondsight.errors import DataError
from secondsight.papers import llava_results as results
from secondsight.training.results import LESS
from secondsight.training.settings import BASE, VARIANTS, LlavaSettings


def test_every_arm_is_there_from_every_seed() -> None:
    table = results.read()
    for arm in VARIANTS:
        assert list(results.by_seed(table, arm, "gain").index) == ["0", "1"]


@pytest.mark.parametrize("arm", [arm for arm in VARIANTS if arm != BASE])
@pytest.mark.parametrize("metric", ["gain", "looking.label", "top_3.sentence", "beyond.drawn"])
def test_means_and_differences_are_those_of_the_seeds(arm: str, metric: str) -> None:
    table = results.read()
    own, base = (results.by_seed(table, one, metric) for one in (arm, BASE))
    found = results.over_pictures(table, arm, metric)
    assert np.isclose(found.value, own.mean(), atol=1e-4)
    assert found.low <= found.value <= found.high
    less = results.over_pictures(table, f"{arm}{LESS}{BASE}", metric)
    assert np.isclose(less.value, own.mean() - base.mean(), atol=1e-4)


def test_what_was_said_is_what_was_counted() -> None:
    table, said = results.read(), results.read(results.SAID)
    ids = load("galaxy10").table["image_id"]
    for (arm, moment, how), some in said.groupby(["arm", "moment", "how"]):
        assert some["image_id"].tolist() == ids.head(len(some)).tolist()
        texts = some["text"].fillna("")
        share = np.mean([bool(mentions(text)) for text in texts])
        counted = results.by_seed(table, arm, f"beyond.{how}", moment)["0"]
        assert np.isclose(share, counted, atol=1e-4)
        if how == "described":
            assert texts.nunique() == results.by_seed(table, arm, "distinct", moment)["0"]


def test_curves_go_to_the_last_step() -> None:
    curves = results.read(results.CURVES)
    settings = LlavaSettings()
    stages = {"words": settings.words, "stage 1": settings.first, "stage 2": settings.second}
    for (_, stage, _), one in curves.groupby(["arm", "stage", "seed"]):
        assert one["step"].max() == stages[stage].steps


def test_a_table_that_is_missing_or_other_is_named(tmp_path: Path) -> None:
    path = tmp_path / results.RESULTS.name
    with pytest.raises(DataError, match=r"is missing: restore it with git, or make train-llava"):
        results.read(path)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds other columns"):
        results.read(path)
    with pytest.raises(DataError, match=r"has no 'gain' of 'nothing'"):
        results.over_pictures(results.read(), "nothing", "gain")

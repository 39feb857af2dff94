"""The baseline's answers that the repository holds."""

import dataclasses
from math import isnan
from pathlib import Path

import pandas as pd
import pytest

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import load
from secondsight.errors import DataError
from secondsight.papers.first_sight import supervised


@pytest.fixture(scope="module", params=sorted(supervised.TRAINED_ON))
def sky(request: pytest.FixtureRequest) -> Dataset:
    return load(request.param)


def test_every_image_has_an_answer_and_most_are_right(sky: Dataset) -> None:
    answers = supervised.answers(sky)
    assert answers is not None
    assert answers.index.equals(sky.table.index)
    right = (answers == sky.table["label"]).mean()
    assert right > sky.table["label"].value_counts(normalize=True).max() + 0.3


def test_answers_come_back_in_any_order(sky: Dataset, tmp_path: Path) -> None:
    supervised.write_answers(sky, sky.table["label"], tmp_path)
    backwards = dataclasses.replace(sky, table=sky.table.iloc[::-1])
    answers = supervised.answers(backwards, tmp_path)
    pd.testing.assert_series_equal(answers, backwards.table["label"], check_names=False)


def test_an_image_that_has_changed_is_named(tmp_path: Path) -> None:
    sky = load("lsbg").head(3)
    supervised.write_answers(sky, sky.table["label"], tmp_path)
    changed = sky.table.assign(image_sha256=["0" * 64, *sky.table["image_sha256"][1:]])
    with pytest.raises(DataError, match=f"no answer for {sky.table['image_id'].iloc[0]} as it"):
        supervised.answers(dataclasses.replace(sky, table=changed), tmp_path)


def test_missing_answers_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"lsbg\.csv is missing: run make baseline"):
        supervised.answers(load("lsbg").head(3), tmp_path)


def test_a_data_set_without_a_training_sky_has_no_baseline() -> None:
    sky = load("lsbg").head(3)
    assert supervised.answers(dataclasses.replace(sky, name="lsbg-real")) is None
    assert "no baseline" in supervised.ABSENT
    described = pd.DataFrame({"label": ["0", "1"], "answer": ["0", "1"]})
    accuracy, ahead = supervised.beside(None, described)
    assert isnan(accuracy.value)
    assert isnan(ahead.difference.value)


def test_it_is_held_against_a_model_on_the_same_images() -> None:
    described = pd.DataFrame({"label": list("0011"), "answer": ["0", "1", None, "1"]})
    accuracy, ahead = supervised.beside(pd.Series(list("0010"), index=[5, 6, 7, 8]), described)
    assert (accuracy.value, accuracy.n) == (0.75, 4)
    assert (ahead.only_first, ahead.only_second) == (2, 1)

import hashlib

import pandas as pd
import pytest

from secondsight.datasets.dataset import COLUMNS, Dataset, sha256
from secondsight.datasets.tasks import (
    FOUR_OF_GALAXY_ZOO_2,
    GALAXY_ZOO_2,
    LSBG,
    MORPHOLOGY,
    TASKS,
    Task,
)
from secondsight.errors import DataError

TABLE = pd.DataFrame(
    {
        "image_id": ["a", "b"],
        "label": ["0", "1"],
        "image_sha256": ["0", "1"],
        "split": ["test", "test"],
    }
)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_lacking_column_is_named(column: str) -> None:
    with pytest.raises(DataError, match=f"'sky' lacks the column '{column}'"):
        Dataset("sky", "real sky", TABLE.drop(columns=column), str.encode)


def test_an_id_twice_is_named(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="holds the image_id 'a' twice"):
        Dataset("sky", "real sky", TABLE.assign(image_id=["a", "a"]), str.encode)


def test_the_first_images_are_a_data_set_of_the_same_name(dataset: Dataset) -> None:
    first = dataset.head(2)
    assert (len(dataset), len(first)) == (5, 2)
    assert (first.name, first.origin) == (dataset.name, dataset.origin)
    assert first.table["image_id"].tolist() == ["img-000", "img-001"]
    assert first.png("img-001") == dataset.png("img-001")


def test_the_hash_is_sha256() -> None:
    assert sha256(b"abc").startswith("ba7816bf8f01cfea")
    assert sha256(b"x") == hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_no_word_of_a_task_means_two_categories(task: Task) -> None:
    meaning: dict[str, str] = {}
    for category in task.categories:
        for word in (category.code, category.name, *category.aliases):
            plain = word.lower().replace("-", " ")
            assert meaning.setdefault(plain, category.code) == category.code


def test_the_four_of_galaxy_zoo_stand_in_the_order_of_galaxy_mnist() -> None:
    assert FOUR_OF_GALAXY_ZOO_2.codes == ["A", "C", "D", "F"]
    assert len(FOUR_OF_GALAXY_ZOO_2.codes) == len(MORPHOLOGY.codes)


def test_a_task_restricted_to_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        GALAXY_ZOO_2.only(["Z"])


def test_the_positive_class_of_the_first_task_is_the_galaxy() -> None:
    assert dict(zip(LSBG.codes, LSBG.names, strict=True)) == {"0": "artifact", "1": "LSBG"}


def test_an_image_is_looked_up_without_going_through_the_table(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compared(*_: object) -> None:
        raise AssertionError("the whole table was compared")

    monkeypatch.setattr(pd.Series, "__eq__", compared)
    assert dataset.pixels("img-003").shape == (4, 4, 3)
    with pytest.raises(DataError, match="'tiny' holds no image 'img-009'"):
        dataset.pixels("img-009")

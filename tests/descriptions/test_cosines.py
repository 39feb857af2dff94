import numpy as np
import pandas as pd
import pytest

from secondsight.datasets import derived
from secondsight.descriptions.cosines import Cosines, digest, read_cosines, table_of
from secondsight.descriptions.texts import all_texts, references
from secondsight.errors import DataError

NAMES = {"a/0": "one", "a/1": "two", "b/0": "three"}
EMBEDDINGS = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])


@pytest.fixture(scope="module")
def committed() -> Cosines:
    return read_cosines(derived.load("description_cosines").table)


def test_a_row_a_pair_and_back() -> None:
    table = table_of(NAMES, list(NAMES), ["a/0", "a/1"], EMBEDDINGS)
    assert len(table) == 6
    assert table["cosine"].tolist() == [1.0, 0.6, 0.6, 1.0, 0.0, 0.8]
    found = read_cosines(table).of(["three", "one"], ["two", "one"])
    assert found.tolist() == [[0.8, 0.0], [0.6, 1.0]]


def test_no_text_stands_in_the_table() -> None:
    table = table_of(NAMES, list(NAMES), ["a/0"], EMBEDDINGS)
    assert "three" not in table.to_csv()
    assert digest("three") in table.to_csv()


def test_a_changed_text_is_not_found() -> None:
    found = read_cosines(table_of(NAMES, list(NAMES), ["a/0"], EMBEDDINGS))
    with pytest.raises(DataError, match=r"is of other texts: run secondsight derive"):
        found.of(["three."], ["one"])


# --- The committed table ------------------------------------------------------------------


def test_the_committed_table_is_of_the_texts_as_they_are(committed: Cosines) -> None:
    against = [text for one in references().values() for text in one.texts.values()]
    found = committed.of(list(all_texts().values()), against)
    assert found.shape == (len(all_texts()), len(against))
    assert (np.abs(found) <= 1).all()


def test_the_committed_table_has_every_description_of_the_small_model(committed: Cosines) -> None:
    texts = derived.load("galaxy10_descriptions").table["description"].unique()
    for one in references().values():
        assert committed.of(list(texts), list(one.texts.values())).shape == (len(texts), 10)


def test_a_text_is_like_itself_and_the_relation_goes_both_ways(committed: Cosines) -> None:
    texts = [text for one in references().values() for text in one.texts.values()]
    found = committed.of(texts, texts)
    assert np.diag(found).tolist() == [1.0] * len(texts)
    assert np.allclose(found, found.T, atol=1.01e-4)


def test_the_committed_table_has_no_row_twice() -> None:
    table: pd.DataFrame = derived.load("description_cosines").table
    assert not table.duplicated(["answer", "reference"]).any()

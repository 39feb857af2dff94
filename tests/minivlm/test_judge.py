from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from secondsight.errors import DataError
from secondsight.minivlm.judge import fit, load_usual, probabilities, wording
from secondsight.minivlm.question import Option

TEXTS = {"up": (1.0, 0.0), "right": (0.0, 1.0), "everything": (0.7, 0.7)}


def embed(texts: Sequence[str]) -> np.ndarray:
    return np.array([TEXTS[text] for text in texts])


USUAL = np.array([0.6, 0.6])
"""What pictures have in common between up and right."""


def test_a_picture_fits_the_text_that_it_is_like() -> None:
    options = [Option("1", "", "up"), Option("2", "", "right")]
    up = fit(np.array([1.0, 0.0]), options, embed, USUAL)
    right = fit(np.array([0.0, 1.0]), options, embed, USUAL)
    assert up[0] > 0 > up[1]
    assert right[1] > 0 > right[0]


def test_a_text_that_fits_every_picture_alike_decides_nothing() -> None:
    options = [Option("1", "", "up"), Option("2", "", "everything")]
    between = np.array([np.cos(np.pi / 4), np.sin(np.pi / 4)])
    assert abs(fit(between, options, embed, USUAL)).max() < 0.4


def test_a_description_is_preferred_to_the_name_and_the_name_to_the_code() -> None:
    assert wording(Option("1", "name", "what it looks like")) == "what it looks like"
    assert wording(Option("1", "name", "")) == "name"
    assert wording(Option("1", "", "")) == "1"


def test_probabilities_add_up_and_keep_the_order() -> None:
    found = probabilities(np.array([0.5, -1.0, 2.0]))
    assert found.sum() == pytest.approx(1)
    assert found.argsort().tolist() == [1, 0, 2]


def test_a_damaged_file_of_what_is_usual_is_named(tmp_path: Path) -> None:
    (tmp_path / "usual.npy").write_bytes(b"no array")
    with pytest.raises(DataError, match="restore it with git"):
        load_usual(tmp_path / "usual.npy")

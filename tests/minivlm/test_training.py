import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("transformers", reason="training needs the extra `train`")

from secondsight.errors import DataError  # noqa: E402
from secondsight.minivlm.training import corpus as corpora  # noqa: E402
from secondsight.minivlm.training.network import Pair, sigmoid_loss  # noqa: E402
from secondsight.minivlm.training.train import (  # noqa: E402
    Settings,
    _step,
    learn_words,
    plan,
    train,
    turned,
)

SMALL = Settings({"lsbg": 256, "radio": 128}, epochs=3, batch=64, steps=20)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "PORTION", 128)
    monkeypatch.setattr(corpora.load_corpus, "__defaults__", (200,))


def test_an_epoch_is_planned_the_same_way_again_and_each_picture_comes_once() -> None:
    first, again, other = plan(SMALL, 0), plan(SMALL, 0), plan(SMALL, 1)
    assert [one.seed for one in first] == [one.seed for one in again]
    assert [one.seed for one in first] != [one.seed for one in other]
    rows = np.concatenate([one.rows for one in first if one.sky == "lsbg"])
    assert sorted(rows) == list(range(256))


def test_eight_ways_to_turn_a_square() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    assert len({turned(picture, turn).tobytes() for turn in range(8)}) == 8


def test_the_loss_is_smallest_where_pairs_match() -> None:
    logits, true = torch.tensor([[9.0, -9.0], [-9.0, 9.0]]), torch.eye(2)
    assert sigmoid_loss(logits, true) < 0.001 < sigmoid_loss(-logits, true)


def test_a_loss_that_is_no_number_stops_the_training() -> None:
    pair = Pair()
    optimizer = torch.optim.AdamW(pair.parameters())
    logits = pair(torch.rand(2, 6, 64, 64), torch.rand(2, 384)) * float("nan")
    with pytest.raises(DataError, match=r"the loss is no longer a number; lower `rate`"):
        _step(pair, optimizer, logits, torch.eye(2))


def test_the_second_part_leaves_what_is_seen_as_it_is(tmp_path: Path) -> None:
    skies = {sky: corpora.load_corpus(sky, 128, tmp_path, 1) for sky in ("lsbg", "radio")}
    pair = Pair()
    before = {name: value.clone() for name, value in pair.state_dict().items()}
    learn_words(pair, SMALL, skies)
    moved = {name for name, value in pair.state_dict().items() if not value.equal(before[name])}
    heads = ("image.head.", "text.", "log_scale", "bias")
    assert moved
    assert all(name.startswith(heads) for name in moved)


def test_training_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    whole, _ = train(SMALL, tmp_path / "whole", workers=1)
    cut = tmp_path / "cut"
    code = f"""
import os, signal
from pathlib import Path
from secondsight.minivlm.training import corpus, train
corpus.PORTION, corpus.load_corpus.__defaults__ = 128, (200,)
keep = train.checkpoint.keep
def once(*args):
    keep(*args)
    os.kill(os.getpid(), signal.SIGKILL)
train.checkpoint.keep = once
small = train.Settings({SMALL.counts!r}, epochs=3, batch=64, steps=20)
train.train(small, Path({str(cut)!r}), workers=1)
"""
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    resumed, _ = train(SMALL, cut, workers=1)
    assert resumed.read_bytes() == whole.read_bytes()


def test_a_checkpoint_of_other_settings_is_named(tmp_path: Path) -> None:
    train(Settings({"radio": 128}, epochs=4, batch=64, steps=8), tmp_path, workers=1)
    with pytest.raises(DataError, match=r"is of a training with other settings: remove it"):
        train(Settings({"radio": 128}, epochs=5, batch=64, steps=8), tmp_path, workers=1)

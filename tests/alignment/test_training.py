import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `radio`")
pytest.importorskip("peft", reason="training needs the extra `radio`")
transformers = pytest.importorskip("transformers", reason="training needs the extra `radio`")

from safetensors.torch import load_file  # noqa: E402

from secondsight.alignment.lora import SIDES, Targets, adapt, matrices  # noqa: E402
from secondsight.alignment.settings import Settings  # noqa: E402
from secondsight.alignment.siglip import KINDS, siglip_towers  # noqa: E402
from secondsight.alignment.training import (  # noqa: E402
    Inputs,
    Towers,
    batches,
    embed,
    pair_loss,
    train,
    trained,
)
from secondsight.errors import DataError  # noqa: E402
from tiny_siglip import pictures_for, siglip_model  # noqa: E402

TINY = Settings(rate=0.01, epochs=3, patience=3, batch=8, half=False)


def made(setting: str) -> tuple[Towers, tuple[torch.Tensor], tuple[torch.Tensor]]:
    """Return tiny towers of a convolution and linear layers, adapted, and 20 pairs."""
    torch.manual_seed(1)
    image = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(32, 6)
    )
    text = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU(), torch.nn.Linear(8, 6))
    pictures = torch.randn(20, 3, 4, 4)
    inputs = (pictures,), (pictures.flatten(1)[:, :5],)
    adapt(image, text, Targets(matrices(image), matrices(text)), setting)
    return Towers(image, text, 7.0, -3.0), *inputs


def siglip(kind: str) -> tuple[Towers, Targets, Inputs, Inputs]:
    """Return a network of SigLIP-2, tiny and with random weights, and six pairs."""
    torch.manual_seed(1)
    model = siglip_model(kind)
    texts = (torch.randint(2, 40, (6, 8)),)
    return *siglip_towers(model), pictures_for(kind), texts


@pytest.mark.parametrize("setting", SIDES)
@pytest.mark.parametrize("kind", ["own", *KINDS])
def test_gradients_reach_what_a_setting_may_train_and_nothing_else(setting: str, kind: str) -> None:
    if kind == "own":
        towers, images, texts = made(setting)
    else:
        towers, targets, images, texts = siglip(kind)
        adapt(towers.image, towers.text, targets, setting)
    seen, read = embed(towers.image, images, TINY), embed(towers.text, texts, TINY)
    loss = pair_loss(towers, seen, read)
    if setting != "frozen":
        loss.backward()
    reached = {
        f"{side}.{name}"
        for side in ("image", "text")
        for name, weight in getattr(towers, side).named_parameters()
        if weight.grad is not None
    }
    allowed = {
        f"{side}.{name}"
        for side in SIDES[setting]
        for name, _ in getattr(towers, side).named_parameters()
        if "lora_" in name
    }
    assert reached == allowed == set(trained(towers))
    if kind == "own":  # rank 8: 8 (n + m) a matrix; a convolution's first part has its 3 x 3
        image = 8 * (3 * 9 + 8) + 8 * (32 + 6)
        text = 8 * (5 + 8) + 8 * (8 + 6)
        counted = sum(weight.numel() for weight in trained(towers).values())
        assert counted == sum({"image": image, "text": text}[side] for side in SIDES[setting])


def test_an_adapter_changes_nothing_before_it_is_trained() -> None:
    frozen, images, texts = made("frozen")
    adapted, *_ = made("both")
    for side, inputs in (("image", images), ("text", texts)):
        before, after = (embed(getattr(one, side), inputs, TINY) for one in (frozen, adapted))
        assert torch.equal(before, after)


def test_the_loss_is_that_of_a_loop() -> None:
    towers, images, texts = made("frozen")
    seen, read = embed(towers.image, images, TINY), embed(towers.text, texts, TINY)
    looped = 0.0
    for row in range(20):
        for column in range(20):
            logit = 7.0 * float(seen[row] @ read[column]) - 3.0
            sign = 1 if row == column else -1
            looped += np.log1p(np.exp(-sign * logit))
    assert float(pair_loss(towers, seen, read)) == pytest.approx(looped / 20, rel=1e-5)


def test_inputs_and_truth_go_to_the_device_of_the_settings(monkeypatch) -> None:
    """On a device of torch that computes shapes alone, and that autocast does not know."""
    monkeypatch.setattr(torch, "autocast", lambda *given, **named: contextlib.nullcontext())
    towers, images, texts = made("frozen")
    settings = Settings(half=False, device="meta")
    sides = [(towers.image, images), (towers.text, texts)]
    embedded = [embed(tower.to("meta"), inputs, settings) for tower, inputs in sides]
    assert {one.device.type for one in (*embedded, pair_loss(towers, *embedded))} == {"meta"}


@torch.no_grad()
def all_pairs(towers: Towers, images: Inputs, texts: Inputs) -> torch.Tensor:
    return pair_loss(towers, embed(towers.image, images, TINY), embed(towers.text, texts, TINY))


@pytest.mark.parametrize("setting", ["vision", "text", "both"])
def test_training_lowers_the_loss_and_keeps_the_best_epoch(setting: str, tmp_path: Path) -> None:
    towers, images, texts = made(setting)
    held_out = np.arange(4)
    loss_before = float(all_pairs(towers, images, texts))
    curve = train(towers, images, texts, held_out, TINY, tmp_path / "a.safetensors")
    few = [(one[0][:4],) for one in (images, texts)]
    assert float(all_pairs(towers, *few)) == pytest.approx(min(curve), rel=1e-4)
    last = Settings(rate=0.01, epochs=10, patience=30, batch=16, half=False)
    train(towers, images, texts, np.arange(2), last, tmp_path / "b.safetensors")
    assert float(all_pairs(towers, images, texts)) < loss_before


@pytest.mark.parametrize("kind", KINDS)
def test_siglip_trains_through_the_same_functions(kind: str, tmp_path: Path) -> None:
    towers, targets, images, texts = siglip(kind)
    adapt(towers.image, towers.text, targets, "both")
    before = {name: weight.detach().clone() for name, weight in trained(towers).items()}
    settings = Settings(rate=0.01, epochs=2, batch=4, half=False)  # two steps
    curve = train(towers, images, texts, np.array([4, 5]), settings, tmp_path / "a.safetensors")
    assert len(curve) == 3
    assert np.isfinite(curve).all()
    moved = [not torch.equal(before[name], weight) for name, weight in trained(towers).items()]
    assert any(moved) or int(np.argmin(curve)) == 0


def test_it_stops_when_the_held_out_loss_falls_no_more(tmp_path: Path) -> None:
    towers, images, texts = made("text")
    settings = Settings(rate=0.0, epochs=50, patience=2, batch=8, half=False)
    curve = train(towers, images, texts, np.arange(4), settings, tmp_path / "a.safetensors")
    assert len(curve) == 3


def test_batches_hold_each_row_once_in_an_order_of_their_epoch() -> None:
    rows = np.arange(16) * 3
    first, again, other = (batches(rows, TINY, epoch) for epoch in (1, 1, 2))
    assert sorted(np.concatenate(first)) == rows.tolist()
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path) -> None:
    towers, images, texts = made("both")
    broken = (torch.full_like(images[0], float("nan")),)
    with pytest.raises(DataError, match=r"the loss is no longer a number; lower `rate`$"):
        train(towers, broken, texts, np.arange(4), TINY, tmp_path / "a.safetensors")


CUT = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
import numpy as np
from secondsight.alignment import training
from test_training import TINY, made
keep = training.checkpoint.keep
def once(*args):
    keep(*args)
    os.kill(os.getpid(), signal.SIGKILL)
training.checkpoint.keep = once
training.train(*made("both"), np.arange(4), TINY, Path(sys.argv[1]))
"""


def test_training_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.safetensors", tmp_path / "cut.safetensors"
    curve = train(*made("both"), np.arange(4), TINY, whole)
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", CUT, cut, here, here.parent],
        capture_output=True,
        env=dict(os.environ),
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert cut.stat().st_size
    assert train(*made("both"), np.arange(4), TINY, cut) == curve
    one, other = load_file(cut), load_file(whole)
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_checkpoint_of_other_settings_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    train(*made("text"), np.arange(4), TINY, file)
    with pytest.raises(DataError, match="is of a training with other settings: remove it"):
        train(*made("both"), np.arange(4), TINY, file)

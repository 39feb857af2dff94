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

from secondsight.errors import DataError  # noqa: E402
from secondsight.training.pretrained import matrices  # noqa: E402
from secondsight.training.radio.contrastive import (  # noqa: E402
    DualEncoder,
    Inputs,
    adapt,
    batches,
    embed,
    pair_loss,
    train_adapters,
    trained,
)
from secondsight.training.radio.siglip import KINDS, dual_encoder  # noqa: E402
from secondsight.training.settings import SIDES, RadioSettings  # noqa: E402
from tiny_siglip import pictures_for, siglip_model  # noqa: E402

TINY = RadioSettings(rate=0.01, epochs=3, patience=3, batch=8, half=False)


def made(setting: str) -> tuple[DualEncoder, Inputs, Inputs]:
    """Return tiny encoder of a convolution and linear layers, adapted, and 20 pairs."""
    torch.manual_seed(1)
    image = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(32, 6)
    )
    text = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU(), torch.nn.Linear(8, 6))
    pictures = torch.randn(20, 3, 4, 4)
    inputs = (pictures,), (pictures.flatten(1)[:, :5],)
    beside = {"image": matrices(image), "text": matrices(text)}
    encoder = DualEncoder(image, text, 7.0, -3.0, beside)
    adapt(encoder, setting)
    return encoder, *inputs


def siglip(kind: str) -> tuple[DualEncoder, Inputs, Inputs]:
    """Return a network of SigLIP-2, tiny and with random weights, and six pairs."""
    torch.manual_seed(1)
    model = siglip_model(kind)
    texts = (torch.randint(2, 40, (6, 8)),)
    return dual_encoder(model), pictures_for(kind), texts


@pytest.mark.parametrize("setting", SIDES)
@pytest.mark.parametrize("kind", ["own", *KINDS])
def test_gradients_reach_what_a_setting_may_train_and_nothing_else(setting: str, kind: str) -> None:
    if kind == "own":
        encoder, images, texts = made(setting)
    else:
        encoder, images, texts = siglip(kind)
        adapt(encoder, setting)
    seen, read = embed(encoder.image, images, TINY), embed(encoder.text, texts, TINY)
    loss = pair_loss(encoder, seen, read)
    if setting != "frozen":
        loss.backward()
    reached = {
        f"{side}.{name}"
        for side in ("image", "text")
        for name, weight in getattr(encoder, side).named_parameters()
        if weight.grad is not None
    }
    allowed = {
        f"{side}.{name}"
        for side in SIDES[setting]
        for name, _ in getattr(encoder, side).named_parameters()
        if "lora_" in name
    }
    assert reached == allowed == set(trained(encoder))
    if kind == "own":  # rank 8: 8 (n + m) a matrix; a convolution's first part has its 3 x 3
        image = 8 * (3 * 9 + 8) + 8 * (32 + 6)
        text = 8 * (5 + 8) + 8 * (8 + 6)
        counted = sum(weight.numel() for weight in trained(encoder).values())
        assert counted == sum({"image": image, "text": text}[side] for side in SIDES[setting])


def test_an_adapter_changes_nothing_before_it_is_trained() -> None:
    frozen, images, texts = made("frozen")
    adapted, *_ = made("both")
    for side, inputs in (("image", images), ("text", texts)):
        before, after = (embed(getattr(one, side), inputs, TINY) for one in (frozen, adapted))
        assert torch.equal(before, after)


def test_the_loss_is_that_of_a_loop() -> None:
    encoder, images, texts = made("frozen")
    seen, read = embed(encoder.image, images, TINY), embed(encoder.text, texts, TINY)
    looped = 0.0
    for row in range(20):
        for column in range(20):
            logit = 7.0 * float(seen[row] @ read[column]) - 3.0
            sign = 1 if row == column else -1
            looped += np.log1p(np.exp(-sign * logit))
    assert float(pair_loss(encoder, seen, read)) == pytest.approx(looped / 20, rel=1e-5)


def test_inputs_and_truth_go_to_the_device_of_the_settings(monkeypatch) -> None:
    """On a device of torch that computes shapes alone, and that autocast does not know."""
    monkeypatch.setattr(torch, "autocast", lambda *given, **named: contextlib.nullcontext())
    encoder, images, texts = made("frozen")
    settings = RadioSettings(half=False, device="meta")
    sides = [(encoder.image, images), (encoder.text, texts)]
    embedded = [embed(tower.to("meta"), inputs, settings) for tower, inputs in sides]
    assert {one.device.type for one in (*embedded, pair_loss(encoder, *embedded))} == {"meta"}


@torch.no_grad()
def all_pairs(encoder: DualEncoder, images: Inputs, texts: Inputs) -> torch.Tensor:
    return pair_loss(encoder, embed(encoder.image, images, TINY), embed(encoder.text, texts, TINY))


@pytest.mark.parametrize("setting", ["vision", "text", "both"])
def test_training_lowers_the_loss_and_keeps_the_best_epoch(setting: str, tmp_path: Path) -> None:
    encoder, images, texts = made(setting)
    loss_before = float(all_pairs(encoder, images, texts))
    curve = train_adapters(encoder, images, texts, np.arange(4), TINY, tmp_path / "a.safetensors")
    few = [(one[0][:4],) for one in (images, texts)]
    assert float(all_pairs(encoder, *few)) == pytest.approx(min(curve), rel=1e-4)
    last = RadioSettings(rate=0.01, epochs=10, patience=30, batch=16, half=False)
    train_adapters(encoder, images, texts, np.arange(2), last, tmp_path / "b.safetensors")
    assert float(all_pairs(encoder, images, texts)) < loss_before


@pytest.mark.parametrize("kind", KINDS)
def test_siglip_trains_through_the_same_functions(kind: str, tmp_path: Path) -> None:
    encoder, images, texts = siglip(kind)
    adapt(encoder, "both")
    before = {name: weight.detach().clone() for name, weight in trained(encoder).items()}
    settings = RadioSettings(rate=0.01, epochs=2, batch=4, half=False)  # two steps
    held_out = np.array([4, 5])
    curve = train_adapters(encoder, images, texts, held_out, settings, tmp_path / "a.safetensors")
    assert len(curve) == 3
    assert np.isfinite(curve).all()
    moved = [not torch.equal(before[name], weight) for name, weight in trained(encoder).items()]
    assert any(moved) or int(np.argmin(curve)) == 0


def test_it_stops_when_the_held_out_loss_falls_no_more(tmp_path: Path) -> None:
    settings = RadioSettings(rate=0.0, epochs=50, patience=2, batch=8, half=False)
    curve = train_adapters(*made("text"), np.arange(4), settings, tmp_path / "a.safetensors")
    assert len(curve) == 3


def test_batches_hold_each_row_once_in_an_order_of_their_epoch() -> None:
    rows = np.arange(16) * 3
    first, again, other = (batches(rows, TINY, epoch) for epoch in (1, 1, 2))
    assert sorted(np.concatenate(first)) == rows.tolist()
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path) -> None:
    encoder, images, texts = made("both")
    broken = (torch.full_like(images[0], float("nan")),)
    with pytest.raises(DataError, match=r"the loss is no longer a number; lower `rate`$"):
        train_adapters(encoder, broken, texts, np.arange(4), TINY, tmp_path / "a.safetensors")


CUT = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
import numpy as np
from secondsight.training import checkpoint
from test_contrastive import TINY, made, train_adapters
keep = checkpoint.keep
def once(*args):
    keep(*args)
    if len(args[4]["curve"]) == 2:  # after the first epoch
        os.kill(os.getpid(), signal.SIGKILL)
checkpoint.keep = once
train_adapters(*made("both"), np.arange(4), TINY, Path(sys.argv[1]))
"""


def test_training_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.safetensors", tmp_path / "cut.safetensors"
    curve = train_adapters(*made("both"), np.arange(4), TINY, whole)
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", CUT, cut, here, here.parents[1]],
        capture_output=True,
        env=dict(os.environ),
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert cut.stat().st_size
    resumed = train_adapters(*made("both"), np.arange(4), TINY, cut)
    assert resumed == pytest.approx(curve, rel=1e-5)  # a busy machine may give fewer threads
    one, other = load_file(cut), load_file(whole)
    assert one.keys() == other.keys()
    assert all(torch.allclose(one[name], other[name], rtol=1e-4, atol=1e-6) for name in one)


def test_a_checkpoint_of_other_settings_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    train_adapters(*made("text"), np.arange(4), TINY, file)
    with pytest.raises(DataError, match="is of a training with other settings: remove it"):
        train_adapters(*made("both"), np.arange(4), TINY, file)

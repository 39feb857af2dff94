"""The loop on a line through a point: as plain torch does it, stopped, cut off and taken up."""

from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra `train` or `radio`")

import torch

from secondsight.errors import DataError
from secondsight.training.loop import Training, scheduled, train


@dataclass(frozen=True)
class Rate:
    """A training's settings."""

    rate: float = 0.1


def training(rounds: int = 4, patience: int | None = None, points: list[float] | None = None):
    """Return a training of one weight, of which round 0 has no batches."""
    weight = torch.nn.Parameter(torch.zeros(1))
    weights = {"weight": weight}
    return Training(
        weights,
        scheduled(weights, 0.1, lambda step: 1 / (step + 1)),
        rounds,
        lambda number: [float(number)] * number,
        lambda batch: ((weight - batch) ** 2).sum(),
        lambda done: points.pop(0) if points else sum(loss for _, loss in done),
        clip=1.0,
        patience=patience,
    )


def test_it_is_the_loop_that_one_would_write() -> None:
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.AdamW([weight], lr=0.1, weight_decay=0.0)
    for step, batch in enumerate([1.0, 2.0, 2.0, 3.0, 3.0, 3.0]):
        optimizer.param_groups[0]["lr"] = 0.1 / (step + 1)
        optimizer.zero_grad()
        ((weight - batch) ** 2).sum().backward()
        torch.nn.utils.clip_grad_norm_([weight], 1.0)
        optimizer.step()
    ours = training()
    curve = train(ours)
    assert torch.equal(ours.weights["weight"], weight)
    assert len(curve) == 4


def test_it_goes_on_at_the_round_where_it_was_cut_off(tmp_path: Path) -> None:
    whole, cut, resumed = training(), training(rounds=2), training()
    curve = train(whole)
    assert train(cut, Rate(), tmp_path / "a.safetensors") == curve[:2]
    assert train(resumed, Rate(), tmp_path / "a.safetensors") == curve
    assert torch.equal(resumed.weights["weight"], whole.weights["weight"])
    with pytest.raises(DataError, match="of a training with other settings"):
        train(training(), Rate(0.2), tmp_path / "a.safetensors")


def test_it_stops_when_patience_is_over_and_keeps_the_best_round(tmp_path: Path) -> None:
    best, stopped = training(rounds=2), training(9, 2, [5.0, 3.0, 4.0, 4.0, 1.0])
    train(best)
    for _ in range(2):  # the second time it is over already
        assert train(stopped, Rate(), tmp_path / "a.safetensors") == [5.0, 3.0, 4.0, 4.0]
        assert torch.equal(stopped.weights["weight"], best.weights["weight"])


def test_a_loss_that_is_no_number_stops_it_before_the_weights_change() -> None:
    broken = training()
    with torch.no_grad():
        broken.weights["weight"].fill_(float("inf"))
    with pytest.raises(DataError, match=r"the loss is no longer a number; lower `rate`$"):
        train(broken)

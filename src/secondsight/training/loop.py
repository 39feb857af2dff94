"""The one loop of every training: seeded, stopped by a loss that is no number, and resumable.

A training is a number of rounds, each of batches that depend on nothing but its number. After each
round a point is added to the curve and a checkpoint is kept, so that a training that was cut off
ends as a whole one.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from secondsight.errors import DataError
from secondsight.training import checkpoint

Batch = TypeVar("Batch")
Weights = dict[str, nn.Parameter]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Training(Generic[Batch]):
    """What the loop needs to know of a training."""

    weights: Weights  # what is trained, in place, by name: the clipped norm is theirs
    schedule: LRScheduler  # of the rate of these weights' optimizer; a step after each batch
    rounds: int  # how many at most
    batches: Callable[[int], Iterable[Batch]]  # of a round, counted from 0; there may be none
    loss: Callable[[Batch], Tensor]  # of a batch, a Tensor of one number
    point: Callable[[list[tuple[Batch, float]]], Any]  # of batches with losses; JSON can hold it
    clip: float = math.inf  # the largest norm of all gradients together
    patience: int | None = (
        None  # rounds without a lower point (a number) until it stops at the best
    )


def train(training: Training[Batch], settings: Any = None, file: Path | None = None) -> list[Any]:
    """Train, or go on from a checkpoint of the same settings; return the curve, a point a round.

    Raises DataError if the loss is no longer a number, or the checkpoint is of other settings.
    """
    curve, best = _begun(training, settings, file)
    while len(curve) < training.rounds and not _stalled(training, curve):
        done = [(batch, _step(training, batch)) for batch in training.batches(len(curve))]
        curve.append(training.point(done))
        if training.patience is not None and curve[-1] == min(curve):
            best = {name: weight.detach().clone() for name, weight in training.weights.items()}
        if file is not None:
            progress = {"curve": curve, "schedule": training.schedule.state_dict()}
            optimizer = training.schedule.optimizer
            checkpoint.keep(file, settings, training.weights, optimizer, progress, best)
    checkpoint.put(training.weights, best)
    return curve


def scheduled(
    weights: Weights, rate: float, share: Callable[[int], float] = lambda _: 1.0
) -> LRScheduler:
    """Return AdamW without decay, at each step at a share of a rate."""
    return LambdaLR(torch.optim.AdamW(weights.values(), lr=rate, weight_decay=0.0), share)


@torch.no_grad()
def in_portions(network: Callable[..., Tensor], size: int, *inputs: Any) -> Tensor:
    """Return what a network makes of n rows of inputs, `size` rows at a time, without gradients."""
    starts = range(0, len(inputs[0]), size)
    portions = ([part[start : start + size] for part in inputs] for start in starts)
    return torch.cat([network(*portion) for portion in portions])


def whole_batches(rows: Rows, size: int) -> list[Rows]:
    """Return rows in batches of a size; a remainder that fills none is left out."""
    return [rows[start : start + size] for start in range(0, len(rows) - size + 1, size)]


def finite(loss: Tensor) -> Tensor:
    """Return a loss that is a number, or raise `DataError`: training must stop."""
    if not torch.isfinite(loss):
        raise DataError("training stopped: the loss is no longer a number; lower `rate`")
    return loss


def _begun(
    training: Training[Batch], settings: Any, file: Path | None
) -> tuple[list[Any], dict[str, Tensor]]:
    """Return the curve and the best weights so far; weights and rates are as they were kept."""
    optimizer = training.schedule.optimizer
    kept = file and checkpoint.resume(file, settings, training.weights, optimizer)
    if not kept:
        return [], {}
    progress, best = kept
    training.schedule.load_state_dict(progress["schedule"])
    return progress["curve"], best


def _stalled(training: Training[Batch], curve: list[Any]) -> bool:
    if training.patience is None or not curve:
        return False
    return len(curve) - 1 - int(np.argmin(curve)) >= training.patience


def _step(training: Training[Batch], batch: Batch) -> float:
    loss = finite(training.loss(batch))
    optimizer = training.schedule.optimizer
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(training.weights.values(), training.clip)
    optimizer.step()
    training.schedule.step()
    return float(loss.detach())

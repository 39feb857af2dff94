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
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from secondsight.errors import DataError
from secondsight.training import checkpoint

Batch = TypeVar("Batch")
Weights = dict[str, nn.Parameter]


@dataclass(frozen=True)
class Training(Generic[Batch]):
    """What the loop needs to know of a training.

    Attributes
    ----------
    weights : dict of str to Parameter
        What is trained, in place, by name.
    schedule : LRScheduler
        Of the optimizer's rate; it takes a step after each batch.
    rounds : int
        How many at most.
    batches : callable
        From a round's number, counted from 0, to its batches; there may be none.
    loss : callable
        From a batch to the loss, a Tensor of one number.
    point : callable
        From a round's batches with their losses to its point on the curve, as JSON can hold it.
    clip : float
        The largest norm of all gradients together.
    patience : int, optional
        After how many rounds without a lower point it stops; the best round's weights are kept
        then. Points must be numbers.
    """

    weights: Weights
    schedule: LRScheduler
    rounds: int
    batches: Callable[[int], Iterable[Batch]]
    loss: Callable[[Batch], Tensor]
    point: Callable[[list[tuple[Batch, float]]], Any]
    clip: float = math.inf
    patience: int | None = None


def train(training: Training[Batch], settings: Any = None, file: Path | None = None) -> list[Any]:
    """Train, or go on where an earlier run stopped; return the curve, a point a round.

    Parameters
    ----------
    settings : dataclass, optional
        What a checkpoint must be of for the training to go on from it.
    file : Path, optional
        The checkpoint, in safetensors; none is kept if not given.

    Raises
    ------
    DataError
        If the loss is no longer a number, or the checkpoint is of other settings.
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


def finite(loss: Tensor) -> Tensor:
    """Return a loss that is a number.

    Raises
    ------
    DataError
        If it is none: training must stop.
    """
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

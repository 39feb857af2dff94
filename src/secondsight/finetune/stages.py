"""One stretch of training, seeded, that goes on where it was cut off."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from secondsight.checkpoint import keep, resume
from secondsight.dtypes import Floats, Places
from secondsight.finetune.dialogue import IGNORED, Encoded, collated
from secondsight.finetune.llava import projected
from secondsight.finetune.settings import Settings, Stage
from secondsight.minivlm.training.network import finite
from secondsight.simulate.seed import generator

AT_A_TIME = 64
RISE = 0.1
"""The share of a stage over which the learning rate rises."""


@dataclass(frozen=True)
class Point:
    """A point of a loss curve: steps that were made, and the mean loss since the point before."""

    step: int
    loss: float


@dataclass(frozen=True)
class Talks:
    """Talks and what was seen of the picture that each is about, row by row.

    Attributes
    ----------
    talks : sequence of Encoded
    seen : Tensor, shape (n, tokens, width), or None
        None for words alone.
    """

    talks: Sequence[Encoded]
    seen: Tensor | None = None


@dataclass(frozen=True)
class Named:
    """What a checkpoint is of; `of` is a hash of what is learnt and of the weights at the start."""

    name: str
    stage: Stage
    seed: int
    half: bool
    of: str


def logits_of(
    model: Any, talks: Talks, rows: Places, pad: int, settings: Settings
) -> tuple[Tensor, Tensor]:
    """Return the logits (n, tokens, vocabulary) of some talks, and their labels (n, tokens)."""
    ids, mask, labels = (
        part.to(settings.device) for part in collated([talks.talks[row] for row in rows], pad)
    )
    with torch.autocast(settings.device, torch.bfloat16, enabled=settings.half):
        seen = {}
        if talks.seen is not None:
            seen = {"mm_encoder_outputs": {"image": projected(model, talks.seen[rows])}}
        logits = model(input_ids=ids, attention_mask=mask, **seen).logits
    return logits.float(), labels


def loss_of(model: Any, talks: Talks, rows: Places, pad: int, settings: Settings) -> Tensor:
    """Return the mean loss over the answers' tokens of some talks, in nats."""
    logits, labels = logits_of(model, talks, rows, pad, settings)
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())


def train_stage(
    model: nn.Module,
    weights: dict[str, nn.Parameter],
    talks: Talks,
    stage: Stage,
    settings: Settings,
    name: str,
    pad: int,
    folder: Path,
) -> list[Point]:
    """Train some weights of a model, or go on where an earlier run stopped.

    Parameters
    ----------
    model : Module
        Takes ids and a mask, and what was seen, as a LLaVA or a language model does.
    weights : dict of Parameter
        What is trained, in place.
    talks : Talks
        What is learnt.
    stage : Stage
    settings : Settings
    name : str
        Of the checkpoint, and a part of the seed of the order.
    pad : int
        The token that fills up.
    folder : Path
        Where the checkpoint is kept.

    Returns
    -------
    list of Point
        The loss curve, a point each `Settings.every` steps.

    Raises
    ------
    DataError
        If the loss is no longer a number, or the checkpoint is of another training.
    """
    named = Named(name, stage, settings.seed, settings.half, _fingerprint(talks, weights))
    file = folder / f"{name.replace(' ', '-')}.{settings.seed}.safetensors"
    optimizer = torch.optim.AdamW(weights.values(), lr=stage.rate, weight_decay=0.0)
    kept = resume(file, named, weights, optimizer)
    curve = [Point(**point) for point in kept[0]["curve"]] if kept else []
    rows = _order(len(talks.talks), stage, settings, name)
    losses: list[float] = []
    model.train()
    for step in range(curve[-1].step if curve else 0, stage.steps):
        for group in optimizer.param_groups:
            group["lr"] = stage.rate * _share(step, stage.steps)
        loss = loss_of(model, talks, rows[step], pad, settings)
        _step(loss, weights, optimizer)
        losses.append(float(loss.detach()))
        if (step + 1) % settings.every == 0 or step + 1 == stage.steps:
            curve.append(Point(step + 1, float(np.mean(losses))))
            losses = []
            keep(file, named, weights, optimizer, {"curve": [asdict(point) for point in curve]})
    return curve


def _fingerprint(talks: Talks, weights: dict[str, nn.Parameter]) -> str:
    """Return a hash of what is learnt and of the weights before it is."""
    found = hashlib.sha256()
    for talk in talks.talks:
        found.update(np.array([talk.ids, talk.labels], np.int64).tobytes())
    for part in ([] if talks.seen is None else [talks.seen], weights.values()):
        for one in part:
            found.update(one.detach().float().cpu().numpy().tobytes())
    return found.hexdigest()


def _order(count: int, stage: Stage, settings: Settings, name: str) -> Places:
    """Return the rows of each step, shape (steps, batch): every talk once, then all again."""
    chance = generator(settings.seed, "finetune", name)
    wanted = stage.steps * stage.batch
    rounds = -(-wanted // count)
    rows: Places = np.concatenate([chance.permutation(count) for _ in range(rounds)])
    return rows[:wanted].reshape(stage.steps, stage.batch)


def _share(step: int, steps: int) -> float:
    """Return the share of the highest learning rate at a step."""
    rise = max(1, round(RISE * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 + 0.5 * math.cos(math.pi * (step - rise) / max(1, steps - rise))


def _step(loss: Tensor, weights: dict[str, nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
    finite(loss)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
    optimizer.step()


@torch.no_grad()
def talk_losses(model: Any, talks: Talks, pad: int, settings: Settings) -> Floats:
    """Return each talk's mean loss over the answers' tokens, in nats, shape (n,)."""
    training = model.training
    model.eval()
    found = []
    for start in range(0, len(talks.talks), AT_A_TIME):
        rows = np.arange(start, min(start + AT_A_TIME, len(talks.talks)))
        logits, labels = logits_of(model, talks, rows, pad, settings)
        lost = functional.cross_entropy(
            logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="none"
        )
        counted = (labels[:, 1:] != IGNORED).sum(dim=1)
        found.append(lost.view(len(rows), -1).sum(dim=1) / counted)
    model.train(training)
    losses: Floats = torch.cat(found).cpu().double().numpy()
    return losses

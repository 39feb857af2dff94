"""One stage of training on conversations, and the loss of each."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from secondsight.dtypes import Floats
from secondsight.simulate.seed import generator
from secondsight.training.llava.chat_tokens import IGNORED, Encoded, collated
from secondsight.training.llava.llava_model import projected
from secondsight.training.loop import Rows, Training, Weights, in_portions, scheduled, train
from secondsight.training.settings import LlavaSettings, Stage

AT_A_TIME = 64
RISE = 0.1
"""The share of a stage over which the learning rate rises."""


class Point(NamedTuple):
    """A point of a loss curve: steps that were made, and the mean loss since the point before."""

    step: int
    loss: float


@dataclass(frozen=True)
class Chats:
    """Conversations and the features of the picture that each is about, row by row."""

    conversations: Sequence[Encoded]
    pad: int  # the token that fills up
    features: Tensor | None = None  # shape (n, tokens, width); None for words alone

    def of_others(self, rows: Rows) -> "Chats":
        """Return the same conversations beside other pictures, those of these rows."""
        return replace(self, features=None if self.features is None else self.features[rows])


@dataclass(frozen=True)
class NamedStage:
    """What is trained now: its name, which is a part of the seed of the order, and how long."""

    name: str
    stage: Stage


@dataclass(frozen=True)
class _Kept:
    """What a checkpoint is of; `learnt` is a hash of what is learnt and of the weights at first."""

    stage: NamedStage
    seed: int
    half: bool
    every: int
    learnt: str


def loss_of(model: Any, chats: Chats, rows: Rows, settings: LlavaSettings) -> Tensor:
    """Return the mean loss over the answers' tokens of some conversations, in nats."""
    logits, labels = _logits(model, chats, rows, settings)
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def losses_of(model: Any, chats: Chats, settings: LlavaSettings) -> Floats:
    """Return each conversation's mean loss over the answers' tokens, in nats, shape (n,)."""

    def means(rows: Rows) -> Tensor:
        logits, labels = _logits(model, chats, rows, settings)
        flat = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
        return flat.view(labels.shape).sum(dim=1) / (labels != IGNORED).sum(dim=1)

    training = model.training
    model.eval()
    losses = in_portions(means, AT_A_TIME, np.arange(len(chats.conversations)))
    model.train(training)
    numbers: Floats = losses.cpu().double().numpy()
    return numbers


def _logits(model: Any, chats: Chats, rows: Rows, settings: LlavaSettings) -> tuple[Tensor, Tensor]:
    """Return logits (n, tokens, vocabulary) and what each should be, labels (n, tokens)."""
    some = [chats.conversations[row] for row in rows]
    ids, mask, labels = (part.to(settings.device) for part in collated(some, chats.pad))
    with torch.autocast(settings.device, torch.bfloat16, enabled=settings.half):
        image = {}
        if chats.features is not None:
            image = {"mm_encoder_outputs": {"image": projected(model, chats.features[rows])}}
        logits = model(input_ids=ids, attention_mask=mask, **image).logits
    return logits[:, :-1].float(), labels[:, 1:]


def train_stage(
    model: nn.Module,
    weights: Weights,
    chats: Chats,
    named: NamedStage,
    settings: LlavaSettings,
    folder: Path,
) -> list[Point]:
    """Train some weights of a LLaVA or a language model, or go on where an earlier run stopped.

    The checkpoint is kept in a folder. The loss curve has a point each `LlavaSettings.every` steps.

    Raises DataError if the loss is no longer a number, or the checkpoint is of another training.
    """
    stage, every = named.stage, settings.every
    rows = _order(len(chats.conversations), named, settings)
    rounds = [rows[start : start + every] for start in range(0, stage.steps, every)]
    training = Training(
        weights,
        scheduled(weights, stage.rate, lambda step: _share(step, stage.steps)),
        len(rounds),
        rounds.__getitem__,
        lambda some: loss_of(model, chats, some, settings),
        lambda done: float(np.mean([loss for _, loss in done])),
        clip=1.0,
    )
    model.train()
    file = folder / f"{named.name.replace(' ', '-')}.{settings.seed}.safetensors"
    learnt = _fingerprint(chats, weights)
    kept = _Kept(named, settings.seed, settings.half, every, learnt)
    losses = train(training, kept, file)
    steps = np.cumsum([len(part) for part in rounds]).tolist()
    return [Point(*point) for point in zip(steps, losses, strict=True)]


def _fingerprint(chats: Chats, weights: Weights) -> str:
    hashed = hashlib.sha256()
    for each in chats.conversations:
        hashed.update(np.array([each.ids, each.labels], np.int64).tobytes())
    for tensor in (*([] if chats.features is None else [chats.features]), *weights.values()):
        hashed.update(tensor.detach().float().cpu().numpy().tobytes())
    return hashed.hexdigest()


def _order(count: int, named: NamedStage, settings: LlavaSettings) -> Rows:
    """Return the rows of each step, shape (steps, batch): each row once, then all again."""
    chance = generator(settings.seed, "finetune", named.name)
    steps, batch = named.stage.steps, named.stage.batch
    rounds = -(-steps * batch // count)
    rows: Rows = np.concatenate([chance.permutation(count) for _ in range(rounds)])
    return rows[: steps * batch].reshape(steps, batch)


def _share(step: int, steps: int) -> float:
    """Return the share of the highest learning rate at a step."""
    rise = max(1, round(RISE * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 + 0.5 * math.cos(math.pi * (step - rise) / max(1, steps - rise))

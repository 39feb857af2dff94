"""Train adapters on pairs of images and captions by the sigmoid loss, with early stopping.

Goes on at the epoch where it was cut off. The order of the pairs depends on the seed and the epoch
alone, and no part of the networks is random, so a training that was cut off ends as a whole one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from secondsight import checkpoint
from secondsight.alignment.settings import Settings
from secondsight.dtypes import Places
from secondsight.minivlm.training.network import finite
from secondsight.simulate.seed import generator

Inputs = tuple[Tensor, ...]


@dataclass(frozen=True)
class Towers:
    """Two networks into one space, and the loss's scale and shift, which stay as they are.

    Attributes
    ----------
    image, text : Module
        From one side's inputs to embeddings (n, d), of any length.
    scale, bias : float
        A pair's logit is ``scale * cosine + bias``.
    """

    image: nn.Module
    text: nn.Module
    scale: float
    bias: float


def embed(tower: nn.Module, inputs: Inputs, settings: Settings) -> Tensor:
    """Return embeddings of length 1, shape (n, d), on the tower's device, that of the settings.

    The inputs may lie elsewhere. The gradient goes where the tower lets it.
    """
    device = torch.device(settings.device)
    with torch.autocast(device.type, torch.bfloat16, enabled=settings.half):
        found = tower(*(part.to(device) for part in inputs))
    return functional.normalize(found.float(), dim=1)


@torch.no_grad()
def embed_all(tower: nn.Module, inputs: Inputs, settings: Settings) -> Tensor:
    """Return the embeddings of everything, batch by batch, without gradients."""
    count = len(inputs[0])
    starts = range(0, count, settings.batch)
    return torch.cat(
        [embed(tower, _some(inputs, slice(at, at + settings.batch)), settings) for at in starts]
    )


def pair_loss(towers: Towers, images: Tensor, texts: Tensor) -> Tensor:
    """Return the sigmoid loss of embeddings of which each image has one text, at its own place.

    References
    ----------
    Zhai et al. 2023, ICCV, "Sigmoid loss for language image pre-training".
    """
    logits = towers.scale * images @ texts.T + towers.bias
    true = torch.eye(len(images), device=logits.device)
    return functional.binary_cross_entropy_with_logits(logits, true, reduction="sum") / len(images)


def train(
    towers: Towers,
    images: Inputs,
    texts: Inputs,
    held_out: Places,
    settings: Settings,
    file: Path,
) -> list[float]:
    """Train what may be trained, or go on where an earlier run stopped.

    Parameters
    ----------
    towers : Towers
        With adapters in place, on the settings' device; at the end they are those of the best
        epoch.
    images, texts : tuple of Tensor
        Inputs of either tower, a row a pair.
    held_out : array of int
        Places that are not learnt from, and decide when to stop.
    settings : Settings
    file : Path
        The checkpoint, in safetensors.

    Returns
    -------
    list of float
        The loss on the held-out pairs before training and after each epoch.

    Raises
    ------
    DataError
        If the loss is no longer a number, or the checkpoint is of other settings.
    """
    weights = trained(towers)
    optimizer = torch.optim.AdamW(weights.values(), lr=settings.rate, weight_decay=0.0)
    sides = [_Side(towers.image, images, settings), _Side(towers.text, texts, settings)]
    learnt = np.setdiff1d(np.arange(len(images[0])), held_out)
    kept = checkpoint.resume(file, settings, weights, optimizer)
    if kept is None:
        best, curve = _copied(weights), [_held_out_loss(towers, sides, held_out)]
    else:
        best, curve = kept[1], kept[0]["curve"]
    while (
        len(curve) <= settings.epochs and len(curve) - 1 - int(np.argmin(curve)) < settings.patience
    ):
        for rows in batches(learnt, settings, len(curve)):
            _step(pair_loss(towers, *(side(rows) for side in sides)), optimizer)
        curve.append(_held_out_loss(towers, sides, held_out))
        best = _copied(weights) if curve[-1] == min(curve) else best
        checkpoint.keep(file, settings, weights, optimizer, {"curve": curve}, best)
    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(best[name])
    return curve


def trained(towers: Towers) -> dict[str, nn.Parameter]:
    """Return the weights that may be trained, by name."""
    return {
        f"{side}.{name}": weight
        for side in ("image", "text")
        for name, weight in getattr(towers, side).named_parameters()
        if weight.requires_grad
    }


def batches(rows: Places, settings: Settings, epoch: int) -> list[Places]:
    """Return an epoch's batches: each row once, but for a remainder that fills no batch."""
    order = generator(settings.seed, "alignment", str(epoch)).permutation(rows)
    size = min(settings.batch, len(order))
    return [order[at : at + size] for at in range(0, len(order) - size + 1, size)]


class _Side:
    """One side's embeddings by row. A side that isn't trained is run once."""

    def __init__(self, tower: nn.Module, inputs: Inputs, settings: Settings) -> None:
        self.tower, self.inputs, self.settings = tower, inputs, settings
        moves = any(weight.requires_grad for weight in tower.parameters())
        self.fixed = None if moves else embed_all(tower, inputs, settings)

    def __call__(self, rows: Places) -> Tensor:
        if self.fixed is not None:
            return self.fixed[torch.from_numpy(rows)]
        return embed(self.tower, _some(self.inputs, torch.from_numpy(rows)), self.settings)


def _some(inputs: Inputs, rows: Any) -> Inputs:
    return tuple(part[rows] for part in inputs)


@torch.no_grad()
def _held_out_loss(towers: Towers, sides: Sequence[_Side], rows: Places) -> float:
    return float(finite(pair_loss(towers, *(side(rows) for side in sides))))


def _step(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    finite(loss)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _copied(weights: dict[str, nn.Parameter]) -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in weights.items()}

"""Train adapters on pairs of images and captions by the sigmoid loss, with early stopping.

The order of the pairs depends on the seed and the epoch alone, and no part of the networks is
random, so a training that was cut off ends as a whole one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from secondsight.simulate.seed import generator
from secondsight.training.loop import (
    Rows,
    Training,
    Weights,
    finite,
    in_portions,
    scheduled,
    train,
    whole_batches,
)
from secondsight.training.minivlm.network import sigmoid_loss
from secondsight.training.pretrained import add_adapters
from secondsight.training.settings import RANK, SIDES, RadioSettings

Inputs = tuple[Tensor, ...]


@dataclass(frozen=True)
class DualEncoder:
    """Two networks into one space, and the loss's scale and shift, which stay as they are."""

    image: nn.Module  # from one side's inputs to embeddings (n, d), of any length
    text: nn.Module
    scale: float  # a pair's logit is scale * cosine + bias
    bias: float
    beside: Mapping[str, Sequence[str]]  # from a side to the matrices beside which adapters are put


def adapt(encoder: DualEncoder, setting: str, seed: int = 0) -> None:
    """Freeze both networks, put adapters into those that a setting of `SIDES` trains, in place.

    The seed is that of the adapters' random start; they begin by changing nothing.
    """
    torch.manual_seed(seed)
    for network in (encoder.image, encoder.text):
        network.requires_grad_(False)
        network.eval()
    for side in SIDES[setting]:
        add_adapters(getattr(encoder, side), encoder.beside[side], RANK)


def embed(network: nn.Module, inputs: Inputs, settings: RadioSettings) -> Tensor:
    """Return embeddings of length 1, shape (n, d), on the network's device, that of the settings.

    The inputs may lie elsewhere. The gradient goes where the network lets it.
    """
    device = torch.device(settings.device)
    with torch.autocast(device.type, torch.bfloat16, enabled=settings.half):
        embedded = network(*(part.to(device) for part in inputs))
    return functional.normalize(embedded.float(), dim=1)


def embed_all(network: nn.Module, inputs: Inputs, settings: RadioSettings) -> Tensor:
    """Return the embeddings of everything, batch by batch, without gradients."""
    return in_portions(lambda *part: embed(network, part, settings), settings.batch, *inputs)


def pair_loss(encoder: DualEncoder, images: Tensor, texts: Tensor) -> Tensor:
    """Return the sigmoid loss of embeddings of which each image has one text, at its own place."""
    logits = encoder.scale * images @ texts.T + encoder.bias
    return sigmoid_loss(logits, torch.eye(len(images), device=logits.device))


def train_adapters(
    encoder: DualEncoder,
    images: Inputs,
    texts: Inputs,
    held_out: Rows,
    settings: RadioSettings,
    file: Path,
) -> list[float]:
    """Train what may be trained, or go on where an earlier run stopped; keep the best epoch's.

    Either side's inputs have a row a pair. The rows `held_out` are not learnt from and decide when
    to stop; the loss on them, before training and after each epoch, is returned.

    Raises DataError if the loss is no longer a number, or the checkpoint is of other settings.
    """
    inputs = ((encoder.image, images), (encoder.text, texts))
    sides = [_by_row(network, rows, settings) for network, rows in inputs]
    learnt = np.setdiff1d(np.arange(len(images[0])), held_out)

    def loss(rows: Rows) -> Tensor:
        return pair_loss(encoder, *(side(rows) for side in sides))

    @torch.no_grad()
    def held_out_loss(_: list[tuple[Rows, float]]) -> float:
        return float(finite(loss(held_out)))

    weights = trained(encoder)
    training = Training(
        weights,
        scheduled(weights, settings.rate),
        1 + settings.epochs,
        lambda epoch: batches(learnt, settings, epoch) if epoch else [],
        loss,
        held_out_loss,
        patience=settings.patience,
    )
    return train(training, settings, file)


def trained(encoder: DualEncoder) -> Weights:
    """Return the weights that may be trained, by name."""
    return {
        f"{side}.{name}": weight
        for side in ("image", "text")
        for name, weight in getattr(encoder, side).named_parameters()
        if weight.requires_grad
    }


def batches(rows: Rows, settings: RadioSettings, epoch: int) -> list[Rows]:
    """Return an epoch's batches: each row once, but for a remainder that fills no batch."""
    order = generator(settings.seed, "alignment", str(epoch)).permutation(rows)
    return whole_batches(order, min(settings.batch, len(order)))


def _by_row(
    network: nn.Module, inputs: Inputs, settings: RadioSettings
) -> Callable[[Rows], Tensor]:
    """Return from rows to one side's embeddings of them; a side that isn't trained is run once."""
    if any(weight.requires_grad for weight in network.parameters()):
        return lambda rows: embed(network, tuple(part[rows] for part in inputs), settings)
    fixed = embed_all(network, inputs, settings)
    return lambda rows: fixed[torch.from_numpy(rows)]

"""Low-rank adapters beside the matrices of either tower, by peft."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import nn

from secondsight.alignment.settings import ALPHA, RANK

SIDES = {
    "frozen": (),
    "vision": ("image",),
    "text": ("text",),
    "both": ("image", "text"),
}
"""From a setting to the sides that are trained."""


@dataclass(frozen=True)
class Targets:
    """Names of the matrices beside which adapters are put; a name's last parts are enough."""

    image: Sequence[str]
    text: Sequence[str]


def matrices(module: nn.Module) -> list[str]:
    """Return the names of a network's convolutions and linear layers."""
    kinds = (nn.Conv2d, nn.Linear)
    return [name for name, part in module.named_modules() if isinstance(part, kinds)]


def adapt(
    image: nn.Module, text: nn.Module, targets: Targets, setting: str, seed: int = 0
) -> list[nn.Parameter]:
    """Freeze both networks, put adapters into those that the setting trains, in place.

    Parameters
    ----------
    image, text : Module
        The towers.
    targets : Targets
        Where adapters are put in either.
    setting : {"frozen", "vision", "text", "both"}
    seed : int
        Where the adapters' random start begins; they begin by changing nothing.

    Returns
    -------
    list of Parameter
        The adapters' weights: all that may be trained.
    """
    torch.manual_seed(seed)
    towers = {"image": image, "text": text}
    for tower in towers.values():
        tower.requires_grad_(False)
        tower.eval()
    for side in SIDES[setting]:
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=list(getattr(targets, side)))
        inject_adapter_in_model(config, towers[side])
    return [
        one for side in SIDES[setting] for one in towers[side].parameters() if one.requires_grad
    ]

"""SigLIP-2 as a pair of towers, for the same functions that train this project's own pair.

`google/siglip2-base-patch16-224` is loaded by `transformers` where its weights are at hand.
"""

from typing import Any

import torch
from torch import Tensor, nn

from secondsight.alignment.lora import Targets
from secondsight.alignment.training import Towers

NAME = "google/siglip2-base-patch16-224"
MODULES = ("q_proj", "k_proj", "v_proj", "fc1", "fc2")
"""Beside which the paper's released script puts adapters, if it is told nothing else."""


class Pooled(nn.Module):
    """A tower of SigLIP, from one input to its pooled embedding."""

    def __init__(self, tower: nn.Module) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, given: Tensor) -> Tensor:
        """Return embeddings (n, d) of pixels (n, 3, height, width) or of token ids (n, tokens)."""
        found: Tensor = self.tower(given).pooler_output
        return found


def siglip_towers(model: Any) -> tuple[Towers, Targets]:
    """Return a SigLIP model of `transformers` as towers, and where its adapters go."""
    with torch.no_grad():
        scale, bias = float(model.logit_scale.exp()), float(model.logit_bias)
    towers = Towers(Pooled(model.vision_model), Pooled(model.text_model), scale, bias)
    return towers, Targets(MODULES, MODULES)

"""SigLIP-2 as a pair of towers, for the same functions that train this project's own pair.

`google/siglip2-base-patch16-224` is loaded by `transformers` where its weights are at hand. Those
of a fixed size, as that one, are networks of `SiglipModel`; those whose names end in `naflex` take
pictures of any shape and are of `Siglip2Model`. Both will do.
"""

from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import AutoModel

from secondsight.alignment.lora import Targets
from secondsight.alignment.training import Towers
from secondsight.errors import DataError

NAME = "google/siglip2-base-patch16-224"
MODULES = ("q_proj", "k_proj", "v_proj", "fc1", "fc2")
"""Beside which the paper's released script puts adapters, if it is told nothing else."""
KINDS = ("siglip", "siglip2")


class Pooled(nn.Module):
    """A tower of SigLIP, from its inputs to its pooled embedding."""

    def __init__(self, tower: nn.Module) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, *given: Tensor) -> Tensor:
        """Return embeddings (n, d).

        Parameters
        ----------
        *given : Tensor
            Token ids (n, tokens); or pixels (n, 3, height, width); or, for a network that takes
            pictures of any shape, flat patches (n, patches, 3 * side * side), a mask of those that
            are there (n, patches), and how many there are down and across (n, 2).
        """
        found: Tensor = self.tower(*given).pooler_output
        return found


def load_siglip(
    name: str = NAME, device: str = "cpu", dtype: torch.dtype = torch.float32
) -> nn.Module:
    """Return a SigLIP model of `transformers`, from its hub or from a folder, in safetensors.

    Raises
    ------
    DataError
        If the weights can't be had, or are of another network.
    """
    try:
        model: nn.Module = AutoModel.from_pretrained(name, dtype=dtype, use_safetensors=True)
    except (OSError, ValueError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0]
        raise DataError(
            f"no weights of {name} ({why}): go online once, or name a folder that holds them"
        ) from None
    kind = model.config.model_type
    if kind not in KINDS:
        raise DataError(f"{name} is a network of the kind {kind}, not {' or '.join(KINDS)}")
    return model.to(device).eval()


def siglip_towers(model: Any) -> tuple[Towers, Targets]:
    """Return a SigLIP model of `transformers` as towers, and where its adapters go."""
    with torch.no_grad():
        scale, bias = float(model.logit_scale.exp()), float(model.logit_bias)
    towers = Towers(Pooled(model.vision_model), Pooled(model.text_model), scale, bias)
    return towers, Targets(MODULES, MODULES)

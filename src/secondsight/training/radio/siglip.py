"""SigLIP-2 as a dual encoder, for the same functions that train this project's own networks.

`google/siglip2-base-patch16-224` is loaded by `transformers` where its weights are at hand. Those
of a fixed size, as that one, are networks of `SiglipModel`; those whose names end in `naflex` take
pictures of any shape and are of `Siglip2Model`. Both will do.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel

from secondsight.training.pretrained import from_hub
from secondsight.training.radio.contrastive import DualEncoder

NAME = "google/siglip2-base-patch16-224"
MODULES = ("q_proj", "k_proj", "v_proj", "fc1", "fc2")
"""Beside which the paper's released script puts adapters, if it is told nothing else."""
KINDS = ("siglip", "siglip2")


class Pooled(nn.Module):
    """One side of SigLIP, from its inputs to its pooled embedding."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return embeddings (n, d).

        The inputs are token ids (n, tokens); or pixels (n, 3, height, width); or, for a network
        that takes pictures of any shape, flat patches (n, patches, 3 * side * side), a mask of
        those that are there (n, patches), and how many there are down and across (n, 2).
        """
        embedded: Tensor = self.network(*inputs).pooler_output
        return embedded


def load_siglip(
    name: str = NAME, device: str = "cpu", dtype: torch.dtype = torch.float32
) -> nn.Module:
    """Return a SigLIP model of `transformers`, from its hub or a folder; raises as `from_hub`."""

    def load(name: str) -> nn.Module:
        model: nn.Module = AutoModel.from_pretrained(name, dtype=dtype, use_safetensors=True)
        return model

    return from_hub(name, KINDS, load).to(device).eval()


def dual_encoder(model: Any) -> DualEncoder:
    """Return a SigLIP model of `transformers` as a dual encoder."""
    with torch.no_grad():
        scale, bias = float(model.logit_scale.exp()), float(model.logit_bias)
    image, text = Pooled(model.vision_model), Pooled(model.text_model)
    return DualEncoder(image, text, scale, bias, {"image": MODULES, "text": MODULES})

"""LLaVA's two stages, for any LLaVA of `transformers`.

First the projector alone learns from captions: features of images come to stand in the language
model's terms. Then the projector and the language model learn from conversations; a large language
model learns by low-rank adapters beside its matrices.

References
----------
Liu et al. 2023, "Visual instruction tuning".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from secondsight.training.llava.chat_tokens import described, encoded
from secondsight.training.llava.chat_training import Chats, NamedStage, Point, train_stage
from secondsight.training.llava.conversations import Turn
from secondsight.training.loop import Weights
from secondsight.training.pretrained import add_adapters
from secondsight.training.settings import LlavaSettings

PROJECTOR = ("multi_modal_projector.",)
LANGUAGE = ("language_model.", "lm_head.")
ADAPTERS = ("lora_",)
"""What the names of a part's weights hold."""
RANK = 16
"""How thin the adapters' matrices are."""
BESIDE = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Material:
    """What is learnt from, and what is held out."""

    tokenizer: Any
    features: Tensor  # what the image encoder made of the pictures, shape (n, tokens, width)
    captions: Sequence[str]
    conversations: Sequence[Sequence[Turn]]  # one a picture; an empty one is left out
    held_features: Tensor
    held_captions: Sequence[str]

    @property
    def described(self) -> Chats:
        """The captions as answers to the wish for a description."""
        return self._described(self.captions, self.features)

    @property
    def held_out(self) -> Chats:
        """The held-out captions, likewise."""
        return self._described(self.held_captions, self.held_features)

    @property
    def discussed(self) -> Chats:
        """The conversations."""
        rows = [row for row, turns in enumerate(self.conversations) if turns]
        image_tokens = self.features.shape[1]
        chats = [encoded(self.conversations[row], self.tokenizer, image_tokens) for row in rows]
        return Chats(chats, self.tokenizer.pad_token_id, self.features[rows])

    def _described(self, captions: Sequence[str], features: Tensor) -> Chats:
        chats = [described(text, self.tokenizer, features.shape[1]) for text in captions]
        return Chats(chats, self.tokenizer.pad_token_id, features)


def first_stage(
    model: nn.Module, material: Material, settings: LlavaSettings, name: str, folder: Path
) -> tuple[list[Point], int]:
    """Train the projector on captions; return the loss curve, and how many weights were trained."""
    weights = unfrozen(model, PROJECTOR)
    stage = NamedStage(f"{name} stage 1", settings.first)
    curve = train_stage(model, weights, material.described, stage, settings, folder)
    return curve, _count(weights)


def second_stage(
    model: nn.Module, material: Material, settings: LlavaSettings, name: str, folder: Path
) -> tuple[list[Point], int]:
    """Train the projector and the language model on conversations; return as `first_stage` does.

    Of a language model with adapters, these are trained in its place.
    """
    adapted = any(ADAPTERS[0] in part for part, _ in model.named_parameters())
    weights = unfrozen(model, PROJECTOR + (ADAPTERS if adapted else LANGUAGE))
    stage = NamedStage(f"{name} stage 2", settings.second)
    curve = train_stage(model, weights, material.discussed, stage, settings, folder)
    return curve, _count(weights)


def adapt_language_model(model: Any, seed: int) -> None:
    """Put low-rank adapters beside the language model's matrices, in place."""
    torch.manual_seed(seed)
    add_adapters(model.model.language_model, BESIDE, RANK)


def unfrozen(model: nn.Module, held: Sequence[str]) -> Weights:
    """Freeze a model but for the weights whose names hold one of these; return those by name.

    What is trained becomes single precision: small updates of a smaller one would be rounded away.
    """
    weights = {}
    for name, weight in model.named_parameters():
        weight.requires_grad_(any(part in name for part in held))
        if weight.requires_grad:
            weight.data = weight.data.float()
            weights[name] = weight
    return weights


def _count(weights: Weights) -> int:
    return sum(weight.numel() for weight in weights.values())

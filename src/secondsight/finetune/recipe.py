"""LLaVA's two stages, for any LLaVA of `transformers`.

First the projector alone learns from captions: what was seen comes to stand in the language model's
terms. Then the projector and the language model learn from conversations; a large language model
learns by low-rank adapters beside its matrices.

References
----------
Liu et al. 2023, "Visual instruction tuning"; Hu et al. 2022, "LoRA".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from secondsight.finetune.conversations import Turn
from secondsight.finetune.dialogue import DESCRIBE, Encoded, encoded
from secondsight.finetune.settings import Settings
from secondsight.finetune.stages import Point, Talks, train_stage

PROJECTOR = ("multi_modal_projector.",)
LANGUAGE = ("language_model.", "lm_head.")
ADAPTERS = ("lora_",)
"""What the names of a part's weights hold."""
RANK, ALPHA = 16, 32
"""Of the adapters: how thin their matrices are, and, over that, by how much they are multiplied."""
BESIDE = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Material:
    """What is learnt from, and what is held out.

    Attributes
    ----------
    tokenizer : PreTrainedTokenizer
    seen, held_seen : Tensor, shape (n, tokens, width)
        What the image encoder made of the pictures.
    captions, held_captions : sequence of str
    talks : sequence of sequence of Turn
        A conversation a picture that is learnt from; an empty one is left out.
    """

    tokenizer: Any
    seen: Tensor
    captions: Sequence[str]
    talks: Sequence[Sequence[Turn]]
    held_seen: Tensor
    held_captions: Sequence[str]

    def described(self, captions: Sequence[str]) -> list[Encoded]:
        """Return captions as answers to the wish for a description."""
        return [described(text, self.tokenizer, self.seen.shape[1]) for text in captions]

    @property
    def held_out(self) -> Talks:
        """The held-out captions and their pictures."""
        return Talks(self.described(self.held_captions), self.held_seen)


def described(text: str, tokenizer: Any, looks: int, words: str = "") -> Encoded:
    """Return a text as the answer to the wish for a description.

    Parameters
    ----------
    text : str
    tokenizer : PreTrainedTokenizer
    looks : int
        Tokens that stand for an image; 0 without one.
    words : str
        What stands in an image's place when there is none.
    """
    return encoded([Turn(f"{words} {DESCRIBE}".strip(), text)], tokenizer, looks)


def first_stage(
    model: nn.Module, material: Material, settings: Settings, name: str, folder: Path
) -> tuple[list[Point], int]:
    """Train the projector on captions; return the loss curve, and how many weights were trained."""
    talks = Talks(material.described(material.captions), material.seen)
    weights = parts(model, PROJECTOR)
    curve = train_stage(
        model, weights, talks, settings.first, settings,
        f"{name} stage 1", material.tokenizer.pad_token_id, folder,
    )  # fmt: skip
    return curve, _count(weights)


def second_stage(
    model: nn.Module,
    material: Material,
    settings: Settings,
    name: str,
    folder: Path,
    *,
    adapters: bool = False,
) -> tuple[list[Point], int]:
    """Train the projector and the language model on conversations; return as `first_stage` does.

    Parameters
    ----------
    adapters : bool
        Whether low-rank adapters are trained in the language model's place.
    """
    looks = material.seen.shape[1]
    whole = [place for place, talk in enumerate(material.talks) if talk]
    talks = [encoded(material.talks[place], material.tokenizer, looks) for place in whole]
    if adapters:
        add_adapters(model, settings.seed)
    weights = parts(model, PROJECTOR + (ADAPTERS if adapters else LANGUAGE))
    curve = train_stage(
        model, weights, Talks(talks, material.seen[whole]), settings.second,
        settings, f"{name} stage 2", material.tokenizer.pad_token_id, folder,
    )  # fmt: skip
    return curve, _count(weights)


def add_adapters(model: Any, seed: int) -> None:
    """Put low-rank adapters beside the language model's matrices, in place."""
    torch.manual_seed(seed)
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=list(BESIDE))
    inject_adapter_in_model(config, model.model.language_model)


def parts(model: nn.Module, held: Sequence[str]) -> dict[str, nn.Parameter]:
    """Freeze a model but for the weights whose names hold one of these; return those by name.

    What is trained becomes single precision: small updates of a smaller one would be rounded away.
    """
    found = {}
    for name, weight in model.named_parameters():
        weight.requires_grad_(any(part in name for part in held))
        if weight.requires_grad:
            weight.data = weight.data.float()
            found[name] = weight
    return found


def _count(weights: dict[str, nn.Parameter]) -> int:
    return sum(weight.numel() for weight in weights.values())

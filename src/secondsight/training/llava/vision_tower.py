"""The small model's image encoder as a vision tower of `transformers`."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from secondsight.training.minivlm.network import WIDTHS, ImageEncoder

SIDE = 4
"""A picture is passed on as so many by so many tokens."""
DEPTHS = {"trained": len(WIDTHS), "untrained": len(WIDTHS), "shallow": 2}
"""Stages of the encoder through which a picture goes, by the kind of vision tower."""
ENDS = (3, 7, 11, 16)
"""Where each stage of the encoder's body ends."""


class VisionTowerConfig(PreTrainedConfig):
    """How deep the encoder is: stages, 1 to 4; each has its own width."""

    model_type = "secondsight-vision-tower"
    stages: int = len(WIDTHS)
    hidden_size: int = WIDTHS[-1]


class VisionTower(PreTrainedModel):
    """From planes (n, CHANNELS, height, width) to SIDE x SIDE tokens."""

    config_class = VisionTowerConfig
    main_input_name = "pixel_values"

    def __init__(self, config: VisionTowerConfig) -> None:
        super().__init__(config)
        self.body = ImageEncoder().body[: ENDS[config.stages - 1]]
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Leave every layer as it was made."""

    def forward(self, pixel_values: Tensor, **_: Any) -> BaseModelOutput:
        """Return tokens (n, SIDE * SIDE, width) as the one hidden state."""
        pooled = functional.adaptive_avg_pool2d(self.body(pixel_values), SIDE)
        tokens = pooled.flatten(2).mT
        return BaseModelOutput(last_hidden_state=tokens, hidden_states=(tokens,))


def make_vision_tower(kind: str, encoder: ImageEncoder) -> VisionTower:
    """Return a vision tower of a kind of `DEPTHS`, with the encoder's weights or untrained."""
    stages = DEPTHS[kind]
    torch.manual_seed(0)
    tower = VisionTower(VisionTowerConfig(stages=stages, hidden_size=WIDTHS[stages - 1]))
    if kind != "untrained":
        tower.body.load_state_dict(encoder.body[: ENDS[stages - 1]].state_dict())
    tower.eval()
    return tower


AutoConfig.register("secondsight-vision-tower", VisionTowerConfig)
AutoModel.register(VisionTowerConfig, VisionTower)

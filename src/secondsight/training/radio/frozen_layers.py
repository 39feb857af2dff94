"""The small model's networks, cut in two: layers that stay as they are, and those with adapters.

The lower layers of either side see each picture and each caption once; the upper ones are what is
trained. That makes the experiment small enough for one processor core.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoTokenizer

from secondsight.dtypes import Pixels
from secondsight.minivlm.picture import planes, views
from secondsight.training.loop import in_portions
from secondsight.training.minivlm.network import Pair
from secondsight.training.minivlm.sentence_encoder import SentenceEncoder
from secondsight.training.minivlm.words import source
from secondsight.training.pretrained import matrices
from secondsight.training.radio.contrastive import DualEncoder, Inputs

STAGE = 11
"""The first part of the image encoder's body that has adapters: its last stage of four begins."""
LAYER = 5
"""The first layer of the sentence encoder that has adapters: its last of six."""
LONGEST = 64
"""Tokens of a caption that are read."""
AT_A_TIME = 64


class UpperTextLayers(nn.Module):
    """From what lower layers say of each token, and a mask, to embeddings (n, d)."""

    def __init__(self, layers: nn.ModuleList, project: nn.Module) -> None:
        super().__init__()
        self.layers, self.project = layers, project

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return the projected mean over the tokens that are there."""
        hidden = (1 - mask[:, None, None, :]) * torch.finfo(torch.bfloat16).min
        for layer in self.layers:
            output = layer(states, hidden)
            states = output[0] if isinstance(output, tuple) else output
        mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        embedded: Tensor = self.project(functional.normalize(mean, dim=1))
        return embedded


@dataclass(frozen=True)
class LowerLayers:
    """The layers that see each picture and each caption once."""

    image: nn.Module
    text: nn.Module

    def pictures(self, pictures: Pixels) -> Inputs:
        """Return what the upper layers take of pictures, uint8, shape (n, height, width, 3)."""

        def look(some: Pixels) -> Tensor:
            seen: Tensor = self.image(torch.from_numpy(planes(some)))
            return seen

        both = zip(*map(views, pictures), strict=True)
        return tuple(in_portions(look, AT_A_TIME, np.stack(view)) for view in both)

    def captions(self, captions: Sequence[str]) -> Inputs:
        """Return what the upper layers take of captions: a state for each token, and a mask."""
        tokenizer = AutoTokenizer.from_pretrained(source())
        read = tokenizer(
            list(captions), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )

        def states(ids: Tensor, mask: Tensor) -> Tensor:
            hidden: Tensor = self.text(input_ids=ids, attention_mask=mask).last_hidden_state
            return hidden

        ids, mask = read["input_ids"], read["attention_mask"]
        return in_portions(states, AT_A_TIME, ids, mask), mask.float()


def cut(pair: Pair) -> tuple[LowerLayers, DualEncoder]:
    """Return the lower layers and the upper ones."""
    body = SentenceEncoder().body
    pair.requires_grad_(False)
    lower = LowerLayers(pair.image.body[:STAGE].eval(), body)
    pair.image.body = pair.image.body[STAGE:]
    upper = UpperTextLayers(body.encoder.layer[LAYER:], pair.text.project)
    body.encoder.layer = body.encoder.layer[:LAYER]
    beside = {"image": matrices(pair.image), "text": matrices(upper)}
    scale, bias = float(pair.log_scale.exp()), float(pair.bias)
    return lower, DualEncoder(pair.image, upper, scale, bias, beside)

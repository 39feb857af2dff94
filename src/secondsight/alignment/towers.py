"""The pair of networks of this project, cut in two: what stays as it is, and what adapters reach.

The lower part of either side sees each picture and each caption once; the upper part is what is
trained. That makes the experiment small enough for one processor core.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoTokenizer

from secondsight.alignment.lora import Targets, matrices
from secondsight.alignment.training import Inputs, Towers
from secondsight.errors import DataError
from secondsight.minivlm.picture import planes
from secondsight.minivlm.training.committed import load_committed
from secondsight.minivlm.training.network import Pair
from secondsight.minivlm.training.sentences import SentenceEncoder, source
from secondsight.paths import shown

COMMITTED, RANDOM = "committed", "random"
STAGE = 11
"""The first part of the image encoder's body that has adapters: its last stage of four begins."""
LAYER = 5
"""The first layer of the sentence encoder that has adapters: its last of six."""
LONGEST = 64
"""Tokens of a caption that are read."""
AT_A_TIME = 64


class UpperText(nn.Module):
    """From what lower layers say of each token, and a mask, to embeddings (n, d)."""

    def __init__(self, layers: nn.ModuleList, project: nn.Module) -> None:
        super().__init__()
        self.layers, self.project = layers, project

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return the projected mean over the tokens that are there."""
        hidden = (1 - mask[:, None, None, :]) * torch.finfo(torch.bfloat16).min
        for layer in self.layers:
            found = layer(states, hidden)
            states = found[0] if isinstance(found, tuple) else found
        mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        embedded: Tensor = self.project(functional.normalize(mean, dim=1))
        return embedded


@dataclass(frozen=True)
class Lower:
    """The parts that see each picture and each caption once."""

    image: nn.Module
    body: nn.Module

    @torch.inference_mode()
    def pictures(self, pictures: npt.NDArray[np.uint8]) -> Inputs:
        """Return what the upper part takes of pictures, uint8, shape (n, height, width, 3)."""
        parts = [
            self.image(torch.from_numpy(planes(pictures[at : at + AT_A_TIME])))
            for at in range(0, len(pictures), AT_A_TIME)
        ]
        return (torch.cat(parts).clone(),)

    @torch.inference_mode()
    def captions(self, captions: Sequence[str]) -> Inputs:
        """Return what the upper part takes of captions: a state for each token, and a mask."""
        tokenizer = AutoTokenizer.from_pretrained(source())
        read = tokenizer(
            list(captions), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        ids, mask = read["input_ids"], read["attention_mask"]
        states = [
            self.body(
                input_ids=ids[at : at + AT_A_TIME], attention_mask=mask[at : at + AT_A_TIME]
            ).last_hidden_state
            for at in range(0, len(ids), AT_A_TIME)
        ]
        return torch.cat(states).clone(), mask.float().clone()


def load_pair(start: str) -> Pair:
    """Return the pair of networks with the weights in a file, or random ones.

    Parameters
    ----------
    start : str
        ``"committed"`` for those of the project, ``"random"``, or a safetensors file as `make
        train` leaves it in `_build/training`.

    Raises
    ------
    DataError
        If there is no such file, or it is of another network.
    """
    torch.manual_seed(0)
    pair = Pair()
    if start == RANDOM:
        return pair
    if start == COMMITTED:
        return load_committed()
    path = Path(start)
    if not path.is_file():
        raise DataError(
            f"no weights in {shown(path)}: run make train, or name others with --start "
            f"({COMMITTED}: the project's; {RANDOM}: none)"
        )
    try:
        pair.load_state_dict(load_file(path))
    except Exception as error:  # safetensors and torch have errors of their own
        raise DataError(
            f"{shown(path)} holds no weights of this network ({str(error).splitlines()[0]})"
        ) from None
    return pair


def cut(pair: Pair) -> tuple[Lower, Towers, Targets]:
    """Return the lower parts, the upper ones, and the upper ones' matrices."""
    body = SentenceEncoder().body
    pair.requires_grad_(False)
    lower = Lower(pair.image.body[:STAGE].eval(), body)
    pair.image.body = pair.image.body[STAGE:]
    upper = UpperText(body.encoder.layer[LAYER:], pair.text.project)
    body.encoder.layer = body.encoder.layer[:LAYER]
    towers = Towers(pair.image, upper, float(pair.log_scale.exp()), float(pair.bias))
    return lower, towers, Targets(matrices(pair.image), matrices(upper))

"""The networks: a small convolutional image encoder, and the sigmoid loss that joins it to text."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from secondsight.minivlm.picture import CHANNELS

WIDTHS = (24, 48, 96, 192)
LOOKS = 4
VIEWS = 2
"""How many a picture has: the whole and the middle, seen by the same layers."""
POOLED = VIEWS * WIDTHS[-1] * (2 + LOOKS)
"""Numbers that are gathered of a picture."""
GROUPS = 8
"""Channels are normalized in so many groups, picture by picture: skies differ too much to share."""
SIZE = 256
"""Numbers in an embedding."""
TEXT_SIZE = 384
"""Numbers in an embedding of the sentence encoder."""


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.first_norm = nn.GroupNorm(GROUPS, width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second_norm = nn.GroupNorm(GROUPS, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return an array of the same shape (n, width, height, width)."""
        inner = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(x + self.second_norm(self.second(inner)))


class ImageEncoder(nn.Module):
    """From planes (n, CHANNELS, height, width) of two views to embeddings (n, SIZE) of length 1."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = CHANNELS
        for stage, width in enumerate(WIDTHS):
            layers += [
                nn.Conv2d(before, width, 3, stride=2, padding=1, bias=False),
                nn.GroupNorm(GROUPS, width),
                nn.ReLU(),
            ]
            layers += [Block(width)] * (stage > 0)
            before = width
        self.body = nn.Sequential(*layers, Block(before))
        self.look = nn.Linear(before, LOOKS, bias=False)
        self.head = nn.Linear(POOLED, SIZE)

    def forward(self, whole: Tensor, middle: Tensor) -> Tensor:
        """Return embeddings of pictures, given the planes of their views."""
        return self.project(self.pool(whole, middle))

    def project(self, pooled: Tensor) -> Tensor:
        """Return embeddings of what `pool` gave."""
        return functional.normalize(self.head(pooled), dim=1)

    def pool(self, whole: Tensor, middle: Tensor) -> Tensor:
        """Return what is gathered of both views, side by side."""
        return torch.cat([self.gather(whole), self.gather(middle)], dim=1)

    def gather(self, planes: Tensor) -> Tensor:
        """Pool by mean, by maximum, and by where each learned look goes."""
        seen = self.body(planes).flatten(2)
        weight = torch.softmax(self.look(seen.mT).mT, dim=2)
        looked = torch.einsum("nlp,ncp->nlc", weight, seen).flatten(1)
        return torch.cat([seen.mean(2), seen.amax(2), looked], dim=1)


class TextHead(nn.Module):
    """From embeddings of the sentence encoder (n, TEXT_SIZE) to (n, SIZE) of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(TEXT_SIZE, SIZE)

    def forward(self, text: Tensor) -> Tensor:
        """Project and normalize."""
        return functional.normalize(self.project(text), dim=1)


class Pair(nn.Module):
    """Both encoders, and the scale and shift of the sigmoid loss."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self.text = ImageEncoder(), TextHead()
        self.log_scale = nn.Parameter(torch.tensor(2.3))
        self.bias = nn.Parameter(torch.tensor(-3.0))

    def forward(self, views: tuple[Tensor, Tensor], text: Tensor) -> Tensor:
        """Return logits, shape (images, texts)."""
        return self.logits(self.image(*views), text)

    def logits(self, seen: Tensor, text: Tensor) -> Tensor:
        """Return logits of images whose embeddings are at hand."""
        cosine = seen.float() @ self.text(text).float().T
        return cosine * self.log_scale.exp() + self.bias


def sigmoid_loss(logits: Tensor, true: Tensor) -> Tensor:
    """Return the mean over images of the summed loss over texts, both arguments of shape (n, m).

    `true` is 1 where the text is true of the image, 0 where it is not.

    References
    ----------
    Zhai et al. 2023, ICCV, "Sigmoid loss for language image pre-training": a pair's logit is
    t cos + b, and each of the n x m pairs of a batch is a yes-or-no question.
    """
    return functional.binary_cross_entropy_with_logits(logits, true, reduction="sum") / len(logits)

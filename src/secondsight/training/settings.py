"""What each training is told, and what is compared. Nothing here needs torch."""

from dataclasses import dataclass, field
from typing import Literal

COMMITTED, RANDOM = "committed", "random"
"""Where a training that goes on from the small model starts, if not from a file."""


COUNTS = {"lsbg": 14_000, "morphology": 28_000, "dwarfs": 12_000, "radio": 14_000}
"""Examples of each sky, from which the small model learns."""


@dataclass(frozen=True)
class MiniVLMSettings:
    """How the small model is trained."""

    counts: dict[str, int] = field(default_factory=COUNTS.copy)  # from each sky
    epochs: int = 7
    batch: int = 64
    seed: int = 11
    rate: float = 1.5e-3  # the highest; it rises over the first twentieth and falls as a cosine
    decay: float = 0.05  # of weights
    steps: int = 4_000  # batches of the second part, in ten portions for its curve
    words_batch: int = 128
    words_rate: float = 2e-3  # the second part's highest rate


@dataclass(frozen=True)
class Settings:
    """What the trainings that go on from the small model have in common."""

    seed: int = 0
    half: bool = True  # whether products are taken in bfloat16
    device: str = "cpu"  # where the networks are, as torch names it: "cpu", "cuda"


# ------------------------------------------------------------------- captions of radio galaxies

SIDES = {
    "frozen": (),
    "vision": ("image",),
    "text": ("text",),
    "both": ("image", "text"),
}
"""From a setting to the sides whose adapters are trained."""
SETTINGS = tuple(SIDES)
RANK = 8
"""Of every adapter: how thin its matrices are."""


@dataclass(frozen=True)
class RadioSettings(Settings):
    """How adapters are trained on captions of radio galaxies."""

    rate: float = 2e-3  # the same throughout
    epochs: int = 8  # how many at most
    patience: int = 3  # after how many without a lower loss on the held-out pairs it stops
    batch: int = 64


# ---------------------------------------------------------------------------------- small LLaVAs

VisionTower = Literal["trained", "untrained", "shallow"]
"""The small model's image encoder; the same network before any training; its first layers."""
MOMENTS = ("before", "after stage 1", "after stage 2")
"""When a model is measured."""
WAYS = ("described", "drawn", "asked far")
"""A description by the likeliest words; one drawn by chance; the answer to how far it is."""


@dataclass(frozen=True)
class LanguageModelSize:
    """The size of a language model: a Llama of this width and depth."""

    width: int
    layers: int
    heads: int = 4


SMALL, LARGE = LanguageModelSize(128, 3), LanguageModelSize(192, 4)


@dataclass(frozen=True)
class Variant:
    """One way to fine-tune."""

    vision_tower: VisionTower = "trained"
    language_model: LanguageModelSize = SMALL
    first: bool = True  # whether the projector alone is trained first
    prompt: str = "conversation-1"  # by which conversations were made from captions
    adapters: bool = False  # whether these are trained in the language model's place


BASE = "two stages"
VARIANTS: dict[str, Variant] = {
    BASE: Variant(),
    "without stage 1": Variant(first=False),
    "larger language model": Variant(language_model=LARGE),
    "untrained image encoder": Variant(vision_tower="untrained"),
    "first layers of the encoder": Variant(vision_tower="shallow"),
    "conversations without the instruction": Variant(prompt="conversation-1-free"),
}
"""What is compared; each differs from the first in one thing, and in the order of learning."""


@dataclass(frozen=True)
class Stage:
    """One stretch of training."""

    steps: int
    rate: float  # the highest; it rises over the first tenth and falls as a cosine
    batch: int = 32


@dataclass(frozen=True)
class LlavaSettings(Settings):
    """How LLaVAs are fine-tuned.

    The language model alone, on captions with key words in an image's place; then the projector on
    captions; then the projector and the language model on conversations.
    """

    words: Stage = field(default_factory=lambda: Stage(1_000, 2e-3))
    first: Stage = field(default_factory=lambda: Stage(200, 2e-3))
    second: Stage = field(default_factory=lambda: Stage(200, 1e-3))
    every: int = 50  # steps between two points of the loss curve, and between two checkpoints

"""What each training is told, and what is compared. Nothing here needs torch."""

from dataclasses import dataclass, field
from typing import Literal

COMMITTED, RANDOM = "committed", "random"
"""Where a training that goes on from the small model starts, if not from a file."""


@dataclass(frozen=True)
class MiniVLMSettings:
    """How the small model is trained.

    Attributes
    ----------
    counts : dict
        From each sky to how many examples there are of it.
    epochs, batch, seed : int
    rate : float
        The highest learning rate; it rises over the first twentieth and falls as a cosine.
    decay : float
        Weight decay.
    steps : int
        Batches of the second part, in ten portions for its curve.
    words_rate : float
        The second part's highest learning rate.
    """

    counts: dict[str, int] = field(
        default_factory=lambda: {
            "lsbg": 14_000,
            "morphology": 14_000,
            "dwarfs": 14_000,
            "radio": 7_000,
        }
    )
    epochs: int = 8
    batch: int = 128
    seed: int = 11
    rate: float = 1.5e-3
    decay: float = 0.05
    steps: int = 4_000
    words_rate: float = 2e-3


@dataclass(frozen=True)
class Settings:
    """What the trainings that go on from the small model have in common.

    Attributes
    ----------
    seed : int
    half : bool
        Whether products are taken in bfloat16.
    device : str
        Where the networks are, as torch names it: ``"cpu"``, ``"cuda"``.
    """

    seed: int = 0
    half: bool = True
    device: str = "cpu"


# ------------------------------------------------------------------- captions of radio galaxies

SIDES = {
    "frozen": (),
    "vision": ("image",),
    "text": ("text",),
    "both": ("image", "text"),
}
"""From a setting to the sides whose adapters are trained."""
SETTINGS = tuple(SIDES)
RANK, ALPHA = 8, 16
"""Of every adapter: how thin its matrices are, and, over that, by how much they are multiplied."""


@dataclass(frozen=True)
class RadioSettings(Settings):
    """How adapters are trained on captions of radio galaxies.

    Attributes
    ----------
    rate : float
        The learning rate, the same throughout.
    epochs, patience : int
        How many at most, and after how many without a lower loss on the held-out pairs it stops.
    batch : int
    """

    rate: float = 2e-3
    epochs: int = 8
    patience: int = 3
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
    """One way to fine-tune.

    Attributes
    ----------
    vision_tower : {"trained", "untrained", "shallow"}
    language_model : LanguageModelSize
    first : bool
        Whether the projector alone is trained first.
    prompt : str
        The prompt by which conversations were made from captions.
    adapters : bool
        Whether low-rank adapters are trained in the language model's place.
    """

    vision_tower: VisionTower = "trained"
    language_model: LanguageModelSize = SMALL
    first: bool = True
    prompt: str = "conversation-1"
    adapters: bool = False


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
    """One stretch of training.

    Attributes
    ----------
    steps, batch : int
    rate : float
        The highest learning rate; it rises over the first tenth and falls as a cosine.
    """

    steps: int
    rate: float
    batch: int = 32


@dataclass(frozen=True)
class LlavaSettings(Settings):
    """How LLaVAs are fine-tuned.

    Attributes
    ----------
    words : Stage
        The language model alone, on captions with key words in an image's place.
    first, second : Stage
        The projector on captions; the projector and the language model on conversations.
    every : int
        Steps between two points of the loss curve, and between two checkpoints.
    """

    words: Stage = field(default_factory=lambda: Stage(1_000, 2e-3))
    first: Stage = field(default_factory=lambda: Stage(200, 2e-3))
    second: Stage = field(default_factory=lambda: Stage(200, 1e-3))
    every: int = 50

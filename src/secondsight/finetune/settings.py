"""What is trained, and how. Nothing here needs torch."""

from dataclasses import dataclass, field
from typing import Literal

Eye = Literal["trained", "untrained", "shallow"]
EYES: tuple[Eye, ...] = ("trained", "untrained", "shallow")
"""Image encoders: the small model's own; the same network before any training; its first layers."""


@dataclass(frozen=True)
class Speaker:
    """The size of a language model: a Llama of this width and depth."""

    width: int
    layers: int
    heads: int = 4


SMALL, LARGE = Speaker(128, 3), Speaker(192, 4)


@dataclass(frozen=True)
class Arm:
    """One way to fine-tune.

    Attributes
    ----------
    eye : {"trained", "untrained", "shallow"}
    speaker : Speaker
    first : bool
        Whether the projector alone is trained first.
    prompt : str
        The prompt by which conversations were made from captions.
    """

    eye: Eye = "trained"
    speaker: Speaker = SMALL
    first: bool = True
    prompt: str = "conversation-1"


BASE = "two stages"
ARMS: dict[str, Arm] = {
    BASE: Arm(),
    "without stage 1": Arm(first=False),
    "larger language model": Arm(speaker=LARGE),
    "untrained image encoder": Arm(eye="untrained"),
    "first layers of the encoder": Arm(eye="shallow"),
    "conversations without the instruction": Arm(prompt="conversation-1-free"),
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
class Settings:
    """How all of it is trained.

    Attributes
    ----------
    words : Stage
        The language model alone, on captions with key words in an image's place.
    first, second : Stage
        The projector on captions; the projector and the language model on conversations.
    every : int
        Steps between two points of the loss curve, and between two checkpoints.
    seed : int
    half : bool
        Whether products are taken in bfloat16.
    device : str
        ``"cpu"``, or where torch finds a GPU ``"cuda"``.
    """

    words: Stage = field(default_factory=lambda: Stage(1_000, 2e-3))
    first: Stage = field(default_factory=lambda: Stage(200, 2e-3))
    second: Stage = field(default_factory=lambda: Stage(200, 1e-3))
    every: int = 50
    seed: int = 0
    half: bool = True
    device: str = "cpu"

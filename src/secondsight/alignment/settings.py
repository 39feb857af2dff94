"""What is trained, and how. Nothing here needs torch."""

from dataclasses import dataclass

SETTINGS = ("frozen", "vision", "text", "both")
"""Which sides have adapters that are trained."""
RANK, ALPHA = 8, 16
"""Of every adapter: how thin its matrices are, and, over that, by how much they are multiplied."""


@dataclass(frozen=True)
class Settings:
    """How adapters are trained.

    Attributes
    ----------
    rate : float
        The learning rate, the same throughout.
    epochs, patience : int
        How many at most, and after how many without a lower loss on the held-out pairs it stops.
    batch, seed : int
    half : bool
        Whether products are taken in bfloat16.
    device : str
        Where the towers are, as torch names it.
    """

    rate: float = 2e-3
    epochs: int = 8
    patience: int = 3
    batch: int = 64
    seed: int = 0
    half: bool = True
    device: str = "cpu"

"""What the server needs of a model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from secondsight.dtypes import Pixels
from secondsight.minivlm.question import Question


class Model(Protocol):
    """An image-text model; the server calls it from one thread at a time."""

    @property
    def name(self) -> str:
        """The name that a client asks for."""

    def probabilities(
        self, pixels: Sequence[Pixels], question: Question
    ) -> npt.NDArray[np.float64]:
        """Return one probability for each of the question's options; they sum to 1."""

    def describe(self, pixels: Sequence[Pixels]) -> str:
        """Return a sentence or two about what the images show."""

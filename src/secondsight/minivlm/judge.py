"""How well each category fits a picture: the step from embeddings to probabilities.

A category's text is its description, or its bare name where the prompt describes nothing. How well
a text fits is its cosine with the picture, less its mean cosine with other pictures of the kind
(`Reference`): some wordings lie near every picture, and that tells nothing. Probabilities are a
softmax of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from secondsight.dtypes import AnyFloats
from secondsight.errors import DataError
from secondsight.minivlm.question import Option
from secondsight.paths import shown

SHARPNESS = 20.0
"""What a cosine is worth in log odds; fitted on training pictures that were held back."""
NEAREST = 96
"""Reference pictures that a picture is compared with: those most like it."""


@dataclass(frozen=True)
class Reference:
    """Pictures to compare with: embeddings of some of the training pictures.

    Attributes
    ----------
    embeddings : array of float, shape (n, d)
    """

    embeddings: AnyFloats

    @classmethod
    def load(cls, path: Path) -> "Reference":
        """Read the embeddings from a `.npy` file of int8, each row in units of its length.

        Raises
        ------
        DataError
            If the file is missing or damaged.
        """
        try:
            rows = np.load(path, allow_pickle=False).astype(np.float32)
        except (OSError, ValueError) as error:
            raise DataError(
                f"{shown(path)} is missing or damaged ({error}): restore it with git"
            ) from None
        return cls(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    def near(self, image: AnyFloats) -> AnyFloats:
        """Return the embeddings of the pictures most like one, shape (NEAREST, d)."""
        likeness = self.embeddings @ image
        found: AnyFloats = self.embeddings[np.argsort(-likeness, kind="stable")[:NEAREST]]
        return found


def wording(option: Option) -> str:
    """Return the text by which a category is known."""
    return option.description or option.name or option.code


def fit(
    image: AnyFloats,
    options: Sequence[Option],
    embed: Callable[[Sequence[str]], AnyFloats],
    reference: Reference,
) -> npt.NDArray[np.float64]:
    """Return how well each category fits, shape (k,): cosines less those of other pictures.

    Parameters
    ----------
    image : array of float, shape (d,)
        The picture's embedding, of length 1.
    options : sequence of Option
    embed : callable
        From texts to embeddings, shape (n, d), of length 1.
    reference : Reference
    """
    texts = embed([wording(option) for option in options])
    usual = (reference.near(image) @ texts.T).mean(axis=0)
    found: npt.NDArray[np.float64] = (texts @ image - usual).astype(np.float64)
    return found


def probabilities(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the softmax of scores, shape (k,)."""
    found: npt.NDArray[np.float64] = softmax(SHARPNESS * scores)
    return found

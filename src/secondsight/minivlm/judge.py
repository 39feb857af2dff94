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
from scipy.special import softmax

from secondsight.dtypes import AnyFloats, Floats
from secondsight.errors import DataError
from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.denied import affirmed
from secondsight.paths import shown

SHARPNESS = 20.0
"""What a cosine is worth in log odds; fitted on training pictures that were held back."""
NEAREST = 96
"""Reference pictures that a picture is compared with: those most like it."""


@dataclass(frozen=True)
class Reference:
    """Pictures to compare with: embeddings of some training pictures, float, shape (n, d)."""

    embeddings: AnyFloats

    @classmethod
    def load(cls, path: Path) -> "Reference":
        """Read the embeddings from a `.npy` file of int8, each row in units of its length.

        Raises DataError if the file is missing or damaged.
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
        nearest: AnyFloats = self.embeddings[np.argsort(-likeness, kind="stable")[:NEAREST]]
        return nearest


def wording(option: Option) -> str:
    """Return the text by which a category is known: what its description affirms, or its name.

    A name longer than the description describes too.
    """
    told = affirmed(option.description)
    if told and len(option.name.split()) > len(told.split()):
        return affirmed(f"{option.name}, {told}")
    return told or option.name or option.code


def fit(
    image: AnyFloats,
    options: Sequence[Option],
    embed: Callable[[Sequence[str]], AnyFloats],
    reference: Reference,
) -> Floats:
    """Return how well each category fits, shape (k,): cosines less those of other pictures.

    The picture's embedding, shape (d,), has length 1, as have those that `embed` makes of texts,
    shape (n, d).
    """
    texts = embed([wording(option) for option in options])
    usual = (reference.near(image) @ texts.T).mean(axis=0)
    return np.asarray(texts @ image - usual, np.float64)


def probabilities(scores: Floats) -> Floats:
    """Return the softmax of scores, shape (k,)."""
    return np.asarray(softmax(SHARPNESS * scores))

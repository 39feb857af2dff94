"""How well each category fits a picture: the step from embeddings to probabilities.

A category's text is its description, or its bare name where the prompt describes nothing. How well
a text fits is its cosine with the picture, less its mean cosine with pictures of all skies: some
wordings lie near every picture, and that tells nothing. Probabilities are a softmax of it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.special import softmax

from secondsight.dtypes import AnyFloats, Floats, Singles
from secondsight.errors import DataError
from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.denied import affirmed
from secondsight.paths import shown

USUAL = "usual.npy"
"""The file with the mean embedding of some training pictures, float32, shape (d,)."""
SHARPNESS = 20.0
"""What a cosine is worth in log odds; fitted on training pictures that were held back."""


def load_usual(path: Path) -> Singles:
    """Read the mean embedding of some training pictures, shape (d,), from a `.npy` file.

    Raises DataError if the file is missing or damaged.
    """
    try:
        usual = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{shown(path)} is missing or damaged ({error}): restore it with git"
        ) from None
    return np.asarray(usual, np.float32)


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
    usual: AnyFloats,
) -> Floats:
    """Return how well each category fits, shape (k,): cosines less those that are usual.

    The picture's embedding, shape (d,), has length 1, as have those that `embed` makes of texts,
    shape (n, d); `usual` is the mean embedding of many pictures, shape (d,).
    """
    texts = embed([wording(option) for option in options])
    return np.asarray(texts @ (image - usual), np.float64)


def probabilities(scores: Floats) -> Floats:
    """Return the softmax of scores, shape (k,)."""
    return np.asarray(softmax(SHARPNESS * scores))

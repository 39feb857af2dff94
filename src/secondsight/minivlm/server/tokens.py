"""How tokens are counted.

The model has no tokens of a large model's kind, so they are counted by a simple rule: each word
and each mark of a text is one, and so is the category in an answer, however many words it has. An
image is one for each started square of 32 x 32 pixels, and never more than 1,024.
"""

from collections.abc import Iterable
from math import ceil

from secondsight.minivlm.reply import tokens_of

SQUARE = 32
MOST_OF_AN_IMAGE = 1024


def of_texts(texts: Iterable[str]) -> int:
    """Return how many tokens these texts have."""
    return sum(len(tokens_of(text)) for text in texts)


def of_images(sizes: Iterable[tuple[int, int]]) -> int:
    """Return how many tokens images of these widths and heights have."""
    return sum(
        min(ceil(width / SQUARE) * ceil(height / SQUARE), MOST_OF_AN_IMAGE)
        for width, height in sizes
    )

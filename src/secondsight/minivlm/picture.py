"""From a picture's pixels to what the image encoder takes."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from secondsight.dtypes import Pixels

Planes = npt.NDArray[np.float32]

LONGEST = 160
"""Pictures with a longer side are reduced to it; smaller ones stay as they are."""

CUTOUT = 64
"""Square pictures too long are reduced to this: of a galaxy alone the encoder has seen cutouts."""

SHORTEST = 32
"""Pictures with a shorter side are enlarged to it."""

CHANNELS = 6
"""Three of light, three of place: across, down, and away from the middle."""


def fitted(pixels: Pixels) -> Pixels:
    """Return a picture of three colours within the sizes that the encoder takes.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width) or (height, width, 3)
        Grey or RGB.

    Returns
    -------
    array of uint8, shape (height, width, 3)
        As it is, if it fits. A longer one is reduced to `LONGEST`, or to `CUTOUT` if it is about
        square; one whose shorter side is below `SHORTEST` is enlarged, and squeezed if need be.
    """
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[..., np.newaxis], 3, axis=2)
    height, width = colour.shape[:2]
    longest = max(height, width)
    limit = CUTOUT if longest < 1.2 * min(height, width) else LONGEST
    scale = limit / longest if longest > LONGEST else 1.0
    scale = max(scale, SHORTEST / min(height, width))
    size = tuple(min(max(round(side * scale), SHORTEST), LONGEST) for side in (width, height))
    if size == (width, height):
        return colour
    picture = Image.fromarray(colour).resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(picture)


def planes(pictures: Pixels) -> Planes:
    """Return pictures of one size as the encoder takes them.

    Parameters
    ----------
    pictures : array of uint8, shape (n, height, width, 3)

    Returns
    -------
    array of float32, shape (n, CHANNELS, height, width)
        The square root of light, 0 to 1, so that what is faint is seen, and where each pixel is,
        -1 to 1.
    """
    count, height, width = pictures.shape[:3]
    taken = np.empty((count, CHANNELS, height, width), np.float32)
    taken[:, :3] = np.moveaxis(ROOTS[pictures], 3, 1)
    taken[:, 3:] = places(height, width)
    return taken


ROOTS = np.sqrt(np.arange(256, dtype=np.float32) / 255)


@lru_cache(maxsize=64)
def places(height: int, width: int) -> Planes:
    """Return where each pixel is, float32, shape (3, height, width): x, y, and distance."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([x, y, np.hypot(x, y)]).astype(np.float32)

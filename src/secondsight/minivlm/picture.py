"""From a picture's pixels to what the image encoder takes: the whole of it, and its middle.

Of a galaxy survey's picture the galaxy may fill a tenth or all. The encoder therefore looks twice:
at the whole frame, and at what stands at its centre, as large as a view can hold it. A picture of
any size will do.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from secondsight.dtypes import Pixels

Planes = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge, in pixels."""

SIDE = 64
"""Pixels along a side of a view."""
SQUARE = 1.2
"""Up to which ratio of its sides a picture is about square: the whole of it is made `SIDE` wide."""
LONGEST, SHORTEST = 160, 32
"""Pixels along the sides, at most and at least, of the whole of any other picture."""
CHANNELS = 6
"""Three of light, three of place: across, down, and away from the middle."""

CLEAR = 3.0
"""Standard deviations of the sky by which light at the centre must stand out."""
START, ROUNDS = 0.25, 6
"""The size from which the light's is looked for, as a share of half a side, and how many times."""
WIDE, CLOSEST = 3.5, 0.16
"""Half a middle view: so many sizes of the light, and at least this share of half a side."""


class Views(NamedTuple):
    """A picture as the encoder sees it, twice; uint8, with three colours."""

    whole: Pixels  # shape (height, width, 3), SIDE by SIDE of a picture that is about square
    middle: Pixels  # shape (SIDE, SIDE, 3)


def views(pixels: Pixels) -> Views:
    """Return the whole of a picture and its middle.

    It is grey or RGB, uint8, shape (height, width) or (height, width, 3).
    """
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[..., np.newaxis], 3, axis=2)
    picture = Image.fromarray(colour)
    size = SIDE, SIDE
    square = _resized(picture, size, _around_centre(picture, 1.0))
    middle = _resized(picture, size, _around_centre(picture, reach(square)))
    return Views(_resized(picture, _whole_size(picture), None), middle)


def _whole_size(picture: Image.Image) -> tuple[int, int]:
    """Return the width and height of the whole view."""
    longest, shortest = max(picture.size), min(picture.size)
    if longest < SQUARE * shortest:
        return SIDE, SIDE
    scale = max(min(LONGEST / longest, 1.0), SHORTEST / shortest)
    width, height = (min(max(round(side * scale), SHORTEST), LONGEST) for side in picture.size)
    return width, height


def _around_centre(picture: Image.Image, share: float) -> Box:
    """Return a square around the centre, this share of the picture's shorter side."""
    width, height = picture.size
    half = share * min(width, height) / 2
    return width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half


def _resized(picture: Image.Image, size: tuple[int, int], box: Box | None) -> Pixels:
    if box is None and picture.size == size:
        return np.asarray(picture)
    return np.asarray(picture.resize(size, Image.Resampling.BILINEAR, box, reducing_gap=3.0))


def reach(square: Pixels) -> float:
    """Return how far the middle view reaches, as a share of half a picture's side, up to 1.

    It is in proportion to the size of what shines at the centre; one half where nothing does.

    Parameters
    ----------
    square : array of uint8, shape (SIDE, SIDE, 3)

    Notes
    -----
    The size is the root mean square radius of the light above the sky, weighted with a Gaussian of
    that same size, found by repetition.

    References
    ----------
    Bernstein & Jarvis 2002, AJ 123, 583: adaptive moments.
    """
    light = square.mean(axis=2, dtype=np.float32)
    sky = np.median(light)
    noise = 1.4826 * np.median(np.abs(light - sky))
    light = np.maximum(light - sky - CLEAR * max(noise, 1.0), 0)
    squared = _squared_radii()
    size = START
    for _ in range(ROUNDS):
        weighted = light * np.exp(-0.5 * squared / size**2)
        total = float(weighted.sum())
        if total <= 0:
            return 0.5
        size = min(max(float(np.sqrt((weighted * squared).sum() / total)), 0.05), 0.8)
    return min(max(WIDE * size, CLOSEST), 1.0)


@lru_cache(maxsize=1)
def _squared_radii() -> Planes:
    axis = (np.arange(SIDE, dtype=np.float32) + 0.5) * 2 / SIDE - 1
    return np.asarray(axis[:, None] ** 2 + axis[None, :] ** 2)


def planes(pictures: Pixels) -> Planes:
    """Return views of one size as the encoder takes them.

    That is float32, shape (n, CHANNELS, height, width): of pictures, uint8, shape (n, height,
    width, 3), the square root of light, 0 to 1, so that what is faint is seen, and where each pixel
    is, -1 to 1.
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

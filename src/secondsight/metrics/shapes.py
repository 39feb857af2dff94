"""Measure what an image shows at its centre: size, axis ratio, concentration, noise."""

from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Floats, Pixels

BORDER = 0.08
"""The outer share of the width from which background and noise are taken."""
FEWEST = 5
"""With fewer pixels than this nothing but the noise is measured."""
ABOVE = 3.0
"""Pixels count from so many times the noise above the background."""


@dataclass(frozen=True)
class Shape:
    """What was measured on one image."""

    size: float  # radius that holds half of the light, as a share of the image's width
    axis_ratio: float  # minor over major axis from second moments, between 0 and 1
    concentration: float  # 5 log10 of the radii of 80% and 20% of the light (Bershady et al. 2000)
    noise: float  # of the border's pixels, grey levels of 255, from the median absolute deviation


def measure(pixels: Pixels) -> Shape:
    """Measure what stands at the centre; NaN but for the noise where too little stands out.

    `pixels` are uint8, shape (side, side) or (side, side, 3). The light within half of the width
    counts.
    """
    grey = pixels.astype(float).mean(axis=2) if pixels.ndim == 3 else pixels.astype(float)
    background, noise = _border(grey)
    side = grey.shape[0]
    y, x = (np.indices(grey.shape) - (side - 1) / 2) / side
    inside = np.hypot(x, y) < 0.25
    light = np.where(inside & (grey > background + ABOVE * max(noise, 0.5)), grey - background, 0.0)
    if np.count_nonzero(light) < FEWEST:
        return Shape(np.nan, np.nan, np.nan, noise)
    x, y = x - np.average(x, weights=light), y - np.average(y, weights=light)
    smallest = 0.5 / side
    r20, r50, r80 = (max(r, smallest) for r in _radii(light, np.hypot(x, y), (0.2, 0.5, 0.8)))
    return Shape(r50, _axis_ratio(light, x, y), 5 * float(np.log10(r80 / r20)), noise)


def _border(grey: Floats) -> tuple[float, float]:
    width = max(1, round(BORDER * grey.shape[0]))
    edge = np.ones(grey.shape, bool)
    edge[width:-width, width:-width] = False
    level = float(np.median(grey[edge]))
    return level, float(1.4826 * np.median(np.abs(grey[edge] - level)))


def _radii(light: Floats, radius: Floats, shares: tuple[float, ...]) -> tuple[float, ...]:
    order = np.argsort(radius, axis=None)
    grown = np.cumsum(light.ravel()[order]) / light.sum()
    return tuple(float(radius.ravel()[order][np.searchsorted(grown, share)]) for share in shares)


def _axis_ratio(light: Floats, x: Floats, y: Floats) -> float:
    moments = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=light.ravel())
    minor, major = np.linalg.eigvalsh(moments)
    return float(np.sqrt(max(minor, 0.0) / major)) if major > 0 else np.nan

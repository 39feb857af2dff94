"""What a search for satellites measures in a field: isochrone filter, density, profile, excess."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from secondsight.dtypes import Bools, Floats, Ints
from secondsight.simulate.isochrone import BLUE_END, load_isochrone
from secondsight.simulate.scene import CELLS, HALF, Scene, Sources, Stars, cell_of, centres

TOLERANCE = 0.1
"""How far in colour a star without photometric error may lie from the isochrone."""

BRANCH_TOLERANCE = 0.25
"""How far in magnitude g from the horizontal branch."""

APERTURES = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""The radii, in arcmin, of which a search takes the one with the greatest excess."""

EDGES = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7.5, 9, 11, 13])
"""Bounds of the rings of a radial profile, in arcmin."""

BACKGROUND = 8.0, 14.0
"""Between which radii, in arcmin, the background is measured."""

SMOOTHING = 0.8
"""Standard deviation of the Gaussian that smooths densities, in arcmin."""

WEIGHT = 1 << 12
FINE = 5


@dataclass(frozen=True)
class Profile:
    """Stars in rings around the centre, arrays of shape (rings,)."""

    inner: Floats  # in arcmin
    outer: Floats
    density: Floats  # stars an arcmin²; not a number where the survey has not looked
    error: Floats  # of the counts' Poisson noise
    background: float  # stars an arcmin² in the outer field


@dataclass(frozen=True)
class Excess:
    """How many stars more than the background there are around the centre."""

    aperture: float  # radius in arcmin
    counted: int  # stars within it
    expected: float  # stars that the background lets expect
    significance: float  # of the difference, in standard deviations; negative if there are too few


def on_isochrone(stars: Stars, distance_modulus: float) -> Bools:
    """Return which stars may be of an old metal-poor population at a distance, shape (stars,)."""
    track = load_isochrone()
    m_g, colour = stars.g - distance_modulus, stars.colour
    room = TOLERANCE**2 + stars.g_error**2 + stars.r_error**2
    near = (colour - track.colour_at(m_g)) ** 2 < room
    near &= m_g > track.m_g[track.giants - 1] - TOLERANCE
    branch = (colour > BLUE_END[0]) & (colour < BLUE_END[1]) & (m_g < 3)
    branch[branch] = (
        np.abs(m_g[branch] - track.horizontal_branch(colour[branch])) < BRANCH_TOLERANCE
    )
    return np.asarray(near | branch)


def counts(x: Floats, y: Floats) -> Ints:
    """Return how many places lie in each cell, shape (CELLS, CELLS), the south first."""
    cells = cell_of(y) * CELLS + cell_of(x)
    return np.bincount(cells, minlength=CELLS * CELLS).reshape(CELLS, CELLS)


def smoothing_kernel(size: int, sigma: float) -> Floats:
    """Return a Gaussian's matrix of whole numbers, shape (size, size).

    Parameters
    ----------
    size : int
        Cells along a side.
    sigma : float
        In cells.

    Notes
    -----
    Products of whole numbers this small are exact in floating point, so a sum of them is the
    same in whatever order a processor takes it.
    """
    apart = np.arange(size)[:, None] - np.arange(size)
    return np.asarray(np.rint(WEIGHT * np.exp(-(apart**2) / (2 * sigma**2))))


@cache
def _kernel() -> Floats:
    return smoothing_kernel(CELLS, SMOOTHING * CELLS / (2 * HALF))


def density_map(x: Floats, y: Floats, covered: Bools) -> Floats:
    """Return the smoothed density of places, shape (CELLS, CELLS), in places an arcmin².

    The smoothing is divided by the smoothed coverage; uncovered cells hold not a number.
    """
    kernel = _kernel()
    smooth = kernel @ counts(x, y).astype(float) @ kernel
    looked = kernel @ covered.astype(float) @ kernel
    with np.errstate(divide="ignore", invalid="ignore"):
        density: Floats = smooth / looked * (CELLS / (2 * HALF)) ** 2
    density[~covered] = np.nan
    return density


@cache
def _cell_radii() -> Floats:
    """Return the radii of points spread over the cells, `FINE` by `FINE` a cell."""
    step = 2 * HALF / CELLS
    parts = (np.arange(FINE) + 0.5) / FINE * step - step / 2
    places = (centres()[:, None] + parts).ravel()
    radii = np.hypot(places[:, None], places)
    return radii.reshape(CELLS, FINE, CELLS, FINE).transpose(0, 2, 1, 3).reshape(CELLS**2, -1)


@cache
def _ring_weights(edges: tuple[float, ...]) -> Floats:
    """Return what share of each cell lies in each ring, shape (CELLS², rings)."""
    rings = np.searchsorted(edges, _cell_radii(), side="right") - 1
    return np.stack([(rings == ring).mean(axis=1) for ring in range(len(edges) - 1)], axis=1)


def ring_areas(edges: tuple[float, ...], covered: Bools) -> Floats:
    """Return the covered area of rings around the centre, shape (rings,), in arcmin²."""
    weights = _ring_weights(edges)
    whole = (2 * HALF / CELLS) ** 2
    if covered.all():
        return np.asarray(weights.sum(axis=0) * whole)
    return np.asarray(weights[covered.ravel()].sum(axis=0) * whole)


def background(radii: Floats, covered: Bools) -> float:
    """Return how many places an arcmin² there are in the outer field, from radii, shape (n,)."""
    area = float(ring_areas(BACKGROUND, covered)[0])
    within = int(((radii > BACKGROUND[0]) & (radii < BACKGROUND[1])).sum())
    return within / area if area > 0 else 0.0


def radial_profile(scene: Scene, chosen: Stars) -> Profile:
    """Return the density of chosen stars in rings around the centre."""
    radii = np.hypot(chosen.x, chosen.y)
    edges = tuple(EDGES.tolist())
    areas = ring_areas(edges, scene.covered)
    counted = np.histogram(radii, EDGES)[0].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(areas > 0, counted / areas, np.nan)
        error = np.where(areas > 0, np.sqrt(np.maximum(counted, 1)) / areas, np.nan)
    return Profile(EDGES[:-1], EDGES[1:], density, error, background(radii, scene.covered))


def best_excess(scene: Scene, chosen: Sources, apertures: tuple[float, ...] = APERTURES) -> Excess:
    """Return the greatest excess of chosen sources around the centre over all apertures."""
    radii = np.hypot(chosen.x, chosen.y)
    density = background(radii, scene.covered)
    areas = np.cumsum(ring_areas((0.0, *apertures), scene.covered))
    counted = np.searchsorted(np.sort(radii), apertures)
    expected = np.maximum(density * areas, 1e-3)
    significances = significance(counted, expected)
    best = int(np.argmax(significances))
    return Excess(
        apertures[best], int(counted[best]), float(expected[best]), float(significances[best])
    )


def significance(counted: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Return by how many standard deviations counts (any shape) depart from what was expected.

    Notes
    -----
    √(2 (n ln(n / b) - n + b)) with the sign of n - b: Li & Ma (1983) for a background that is
    known; Cowan et al. (2011), equation 97, is the same for the expected count.
    """
    n, b = np.asarray(counted, float), np.asarray(expected, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(n > 0, n * np.log(n / b), 0.0)
    return np.asarray(np.sign(n - b) * np.sqrt(np.maximum(2 * (ratio - n + b), 0)))

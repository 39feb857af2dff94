"""What stands in a piece of sky: the arrays from which every panel is drawn, real or simulated."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from secondsight.dtypes import Bools, Floats, Ints

HALF = 15.0
"""Half the side of the field, in arcmin."""

CELLS = 90
"""Cells along the side of the field: each is a third of an arcmin wide."""

FAINTEST_G = 24.0
"""Stars fainter than this in g are left out, as a search does."""


@dataclass(frozen=True)
class Sources:
    """What was detected, an array of shape (sources,) a property."""

    x: Floats  # place in arcmin from the centre; it grows to the east
    y: Floats  # and this to the north

    def where(self, kept: Bools) -> Self:
        """Return those at which `kept`, shape (sources,), is true."""
        return type(self)(*(values[kept] for values in vars(self).values()))

    def joined(self, others: Self) -> Self:
        """Return these and others as one."""
        pairs = zip(vars(self).values(), vars(others).values(), strict=True)
        return type(self)(*map(np.concatenate, pairs))


@dataclass(frozen=True)
class Stars(Sources):
    """Detected point sources: measured magnitudes, without extinction, and their errors."""

    g: Floats
    r: Floats
    g_error: Floats
    r_error: Floats

    @property
    def colour(self) -> Floats:
        """The colours g - r, shape (sources,)."""
        return self.g - self.r


@dataclass(frozen=True)
class Galaxies(Sources):
    """Resolved galaxies: magnitude r, and the colour g - r; shape (sources,)."""

    r: Floats
    colour: Floats


@dataclass(frozen=True)
class Light:
    """Something bright that no star list holds."""

    x: float  # place in arcmin from the centre, to the east
    y: float  # and to the north
    r: float  # magnitude
    radius: float = 0.0  # for a galaxy its half-light radius in arcmin; 0 for a bright star


@dataclass(frozen=True)
class Scene:
    """A piece of sky, 30 by 30 arcmin, and the distance at which a search saw something.

    The first row of what is covered is the southernmost, the first column the westernmost.
    """

    stars: Stars  # what is detected as points
    galaxies: Galaxies | None  # what is detected as extended; None if that is not known
    distance_modulus: float  # in magnitudes
    covered: Bools = field(default_factory=lambda: np.ones((CELLS, CELLS), bool))
    lights: tuple[Light, ...] = ()  # bright stars and large galaxies
    noise: int = 0  # seed of the sky noise in the image

    def with_stars(self, more: Stars) -> "Scene":
        """Return the scene with more stars."""
        return replace(self, stars=self.stars.joined(more))

    def with_galaxies(self, more: Galaxies) -> "Scene":
        """Return the scene with more galaxies."""
        return replace(self, galaxies=self.galaxies.joined(more) if self.galaxies else more)

    def where(self, kept: Callable[[Floats, Floats], Bools]) -> "Scene":
        """Return the stars and galaxies for whose places, x and y, `kept` is true."""
        stars, galaxies = self.stars, self.galaxies
        if galaxies:
            galaxies = galaxies.where(kept(galaxies.x, galaxies.y))
        return replace(self, stars=stars.where(kept(stars.x, stars.y)), galaxies=galaxies)


def cell_of(place: Floats) -> Ints:
    """Return the cells, counted from the west or south edge, of places in arcmin (any shape)."""
    cells = np.floor((place + HALF) * (CELLS / (2 * HALF))).astype(np.int64)
    return np.clip(cells, 0, CELLS - 1)


def centres() -> Floats:
    """Return the places in arcmin of the cells' middles, shape (CELLS,)."""
    return np.asarray((np.arange(CELLS) + 0.5) * (2 * HALF / CELLS) - HALF, np.float64)

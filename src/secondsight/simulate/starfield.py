"""Stars and galaxies as a survey of DELVE's depth detects them.

A stand-in for a Galactic model: six kinds of point sources, each with a normal distribution of
colour and an exponential one of magnitude, set so that their sum at a Galactic latitude of 50
degrees resembles DELVE's counts in colour and magnitude.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from secondsight.dtypes import Floats
from secondsight.simulate.scene import FAINTEST_G, HALF, Galaxies, Stars

DEPTH_G, DEPTH_R = 24.3, 23.9
"""Magnitudes at which a point source has a signal-to-noise ratio of 5 (DELVE DR2)."""

FLOOR = 0.005
"""The photometric error that no star goes below, in magnitudes."""

AREA = (2 * HALF / 60) ** 2
"""The field's area in square degrees."""

STEPS = 1024
GALAXIES_AN_ARCMIN2 = 4.0
GROUPED, GROUP_SIZE, GROUP_RADIUS = 0.3, 14, 1.4
"""Share of galaxies in groups, members of a group, and its spread in arcmin."""

GALAXY_BRIGHT, GALAXY_FAINT, GALAXY_SLOPE = 16.0, 23.2, 0.4


@dataclass(frozen=True)
class Kind:
    """One kind of point sources in the field."""

    density: float  # sources a square degree and magnitude at `pivot`, at a latitude of 50 degrees
    pivot: float  # magnitude r
    slope: float  # growth of their number's decadic logarithm with magnitude
    bright: float  # magnitude r of the brightest
    faint: float  # and of the faintest
    colour: float  # mean g - r
    spread: float  # standard deviation of g - r
    flattening: float  # power of 1 / sin|b| with which they grow towards the plane

    def total(self) -> float:
        """Return their number a square degree at a latitude of 50 degrees."""
        return float(np.trapezoid(self.at(self.magnitudes()), self.magnitudes()))

    def at(self, r: Floats) -> Floats:
        """Return their number a square degree and magnitude at magnitudes `r` of any shape."""
        return np.asarray(self.density * 10 ** (self.slope * (r - self.pivot)))

    def magnitudes(self) -> Floats:
        """Return magnitudes from bright to faint in equal steps, shape (STEPS,)."""
        return np.linspace(self.bright, self.faint, STEPS)

    def quantiles(self) -> Floats:
        """Return the magnitudes below which equally growing shares lie, shape (STEPS + 1,)."""
        steps = np.linspace(0, 1, STEPS + 1)
        low, high = (10 ** (self.slope * (m - self.pivot)) for m in (self.bright, self.faint))
        return np.asarray(self.pivot + np.log10(low + steps * (high - low)) / self.slope)


KINDS = (
    Kind(150, 20.0, 0.14, 16.0, 24.6, 0.29, 0.10, 1.0),  # halo turn-off
    Kind(160, 18.0, 0.01, 14.5, 20.8, 0.42, 0.09, 1.8),  # thick-disc turn-off
    Kind(130, 20.0, 0.08, 14.5, 23.5, 0.95, 0.24, 1.5),  # K dwarfs
    Kind(240, 18.0, 0.17, 15.0, 23.6, 1.43, 0.09, 1.2),  # M dwarfs
    Kind(30, 20.0, 0.25, 16.0, 24.0, 0.02, 0.16, 0.0),  # quasars, white dwarfs, blue stars
    Kind(2600, 22.75, 0.48, 19.5, 24.6, 0.62, 0.33, 0.0),  # unresolved galaxies
)


def photometric_error(magnitude: Floats, depth: float) -> Floats:
    """Return the errors of point sources' AB magnitudes (any shape).

    The depth is the magnitude at a signal-to-noise ratio of 5.

    Notes
    -----
    Ivezić et al. (2019), equation 5, with gamma = 0.039: the error's square is
    (0.04 - gamma) x + gamma x², where x = 10^(0.4 (m - depth)), and a floor added in square.
    """
    x = 10 ** (0.4 * (magnitude - depth))
    return np.sqrt(FLOOR**2 + 0.001 * x + 0.039 * x * x)


def completeness(g: Floats, r: Floats) -> Floats:
    """Return the chance, of any one shape, to be detected in both bands: half at each's depth."""
    chance_g = 1 / (1 + np.exp((g - DEPTH_G) / 0.2))
    return np.asarray(chance_g / (1 + np.exp((r - DEPTH_R) / 0.2)))


def crowding(latitude: npt.ArrayLike, kind: Kind) -> Floats:
    """Return how many times denser a kind is than at 50 degrees, at latitudes of any shape."""
    sine = np.abs(np.sin(np.radians(np.asarray(latitude, float))))
    return np.asarray((np.sin(np.radians(50)) / sine) ** kind.flattening)


@cache
def _tables() -> tuple[Floats, Floats, Floats, Floats]:
    quantiles = np.stack([kind.quantiles() for kind in KINDS])
    totals = np.array([kind.total() for kind in KINDS])
    colours = np.array([[kind.colour, kind.spread] for kind in KINDS]).T
    return quantiles, totals, colours[0], colours[1]


def field_colours(rng: np.random.Generator, latitude: float, area: float) -> tuple[Floats, Floats]:
    """Draw the true magnitudes g and r of an empty field's point sources, each of shape (n,).

    The Galactic latitude is in degrees, the area in square degrees.
    """
    quantiles, totals, colours, spreads = _tables()
    crowded = np.array([crowding(latitude, kind) for kind in KINDS])
    kinds = np.repeat(np.arange(len(KINDS)), rng.poisson(totals * crowded * area))
    step, part = np.divmod(rng.random(len(kinds)) * STEPS, 1)
    place = step.astype(np.int64)
    low, high = quantiles[kinds, place], quantiles[kinds, place + 1]
    r = low + part * (high - low)
    return r + colours[kinds] + spreads[kinds] * rng.standard_normal(len(kinds)), r


def observe(rng: np.random.Generator, x: Floats, y: Floats, g: Floats, r: Floats) -> Stars:
    """Return those of the stars that the survey detects, with measured magnitudes and errors.

    Places x and y, in arcmin, and true apparent magnitudes g and r have the shape (stars,); what
    lies outside the field is left out.
    """
    inside = (np.abs(x) < HALF) & (np.abs(y) < HALF)
    seen = inside & (rng.random(len(g)) < completeness(g, r))
    x, y, g, r = x[seen], y[seen], g[seen], r[seen]
    g_error, r_error = photometric_error(g, DEPTH_G), photometric_error(r, DEPTH_R)
    g = g + g_error * rng.standard_normal(len(g))
    r = r + r_error * rng.standard_normal(len(r))
    return Stars(x, y, g, r, g_error, r_error).where(g < FAINTEST_G)


def scattered(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Draw x and y, each of shape (count,), spread evenly over the field, in arcmin."""
    place = rng.uniform(-HALF, HALF, (2, count))
    return place[0], place[1]


def plummer(
    rng: np.random.Generator, count: int, half_light: float, ellipticity: float, angle: float
) -> tuple[Floats, Floats]:
    """Draw x and y, each of shape (count,), of a dwarf's stars around its centre, in arcmin.

    Parameters
    ----------
    half_light : float
        The elliptical radius that holds half of them, along the major axis, in arcmin.
    ellipticity : float
        One less the ratio of the axes, from 0 up to less than 1.
    angle : float
        Position angle of the major axis in radians, from north to east.

    Notes
    -----
    Plummer's (1911) projected profile: a share R² / (R² + a²) lies within R, so a is the
    half-number radius.
    """
    share = rng.random(count)
    radius = half_light * np.sqrt(share / (1 - share))
    turn = rng.uniform(0, 2 * np.pi, count)
    major, minor = radius * np.cos(turn), radius * np.sin(turn) * (1 - ellipticity)
    sine, cosine = np.sin(angle), np.cos(angle)
    return major * sine + minor * cosine, major * cosine - minor * sine


def plummer_share(radius: npt.ArrayLike, half_light: npt.ArrayLike) -> Floats:
    """Return the share of a round dwarf's stars within projected radii (shapes that fit)."""
    square = np.square(np.asarray(radius, float))
    return np.asarray(square / (square + np.square(half_light)))


def field_galaxies(rng: np.random.Generator) -> Galaxies:
    """Draw the field's galaxies, some of them in groups."""
    mean = GALAXIES_AN_ARCMIN2 * (2 * HALF) ** 2
    x, y = scattered(rng, rng.poisson(mean * (1 - GROUPED)))
    groups = rng.poisson(mean * GROUPED / GROUP_SIZE)
    members = rng.poisson(GROUP_SIZE, groups)
    middle = np.repeat(rng.uniform(-HALF, HALF, (2, groups)), members, axis=1)
    grouped = middle + GROUP_RADIUS * rng.standard_normal(middle.shape)
    within = (np.abs(grouped) < HALF).all(axis=0)
    x, y = np.append(x, grouped[0, within]), np.append(y, grouped[1, within])
    r = galaxy_magnitudes(rng, len(x))
    return Galaxies(x, y, r, 0.7 + 0.3 * rng.standard_normal(len(x)))


def galaxy_magnitudes(rng: np.random.Generator, count: int) -> Floats:
    """Draw magnitudes r of galaxies, shape (count,): 10^0.4 times as many a magnitude."""
    low, high = 10 ** (GALAXY_SLOPE * GALAXY_BRIGHT), 10 ** (GALAXY_SLOPE * GALAXY_FAINT)
    return np.asarray(np.log10(rng.uniform(low, high, count)) / GALAXY_SLOPE)

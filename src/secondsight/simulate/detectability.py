"""How well a dwarf can be found, from what is expected and without drawing a star."""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from secondsight.dtypes import Floats
from secondsight.simulate.isochrone import load_isochrone
from secondsight.simulate.scene import FAINTEST_G
from secondsight.simulate.search import BACKGROUND, TOLERANCE, significance
from secondsight.simulate.starfield import (
    DEPTH_G,
    DEPTH_R,
    KINDS,
    Kind,
    completeness,
    crowding,
    photometric_error,
    plummer_share,
)

EVEN_SIGNIFICANCE = 5.0
"""The expected significance at which a dwarf's detectability is one half."""

SCALE = 1.0
"""By how much the significance changes from there to a detectability of 0.73."""

LEAST_APERTURE, GREATEST_APERTURE = 0.5, 6.0
"""Bounds, in arcmin, of the aperture of two half-light radii."""

MODULI = np.arange(13.0, 25.0, 0.1)


def expected_significance(
    distance_modulus: Floats, m_v: Floats, half_light_arcmin: Floats, latitude: Floats
) -> Floats:
    """Return the significance of the excess of stars that dwarfs are expected to show, shape (n,).

    All arguments have that shape: distance moduli, absolute magnitudes V, half-light radii in
    arcmin, Galactic latitudes in degrees. It is in standard deviations, within two half-light radii
    (0.5 to 6 arcmin), of stars that pass the isochrone filter, over the density 8 to 14 arcmin
    away, to which the dwarf's own outer stars are counted.
    """
    members = load_isochrone().stars_for(m_v) * _members_share(distance_modulus)
    aperture = np.clip(2 * half_light_arcmin, LEAST_APERTURE, GREATEST_APERTURE)
    inner, outer = (plummer_share(radius, half_light_arcmin) for radius in BACKGROUND)
    ring = np.pi * (BACKGROUND[1] ** 2 - BACKGROUND[0] ** 2)
    density = field_density(distance_modulus, latitude) + members * (outer - inner) / ring
    counted = members * plummer_share(aperture, half_light_arcmin)
    counted = counted + field_density(distance_modulus, latitude) * np.pi * aperture**2
    return np.maximum(significance(counted, density * np.pi * aperture**2), 0.0)


def detectability(expected: npt.ArrayLike) -> Floats:
    """Return from 0 to 1 how detectable dwarfs are, by their expected significance (any shape)."""
    return np.asarray(1 / (1 + np.exp(-(np.asarray(expected, float) - EVEN_SIGNIFICANCE) / SCALE)))


def field_density(distance_modulus: npt.ArrayLike, latitude: npt.ArrayLike) -> Floats:
    """Return how many field sources an arcmin² pass the isochrone filter.

    Distance moduli, in magnitudes, and latitudes, in degrees, have any shapes that fit.
    """
    modulus = np.asarray(distance_modulus, float)
    total: Floats = np.zeros(np.broadcast_shapes(modulus.shape, np.shape(latitude)))
    for kind, row in zip(KINDS, _field_table(), strict=True):
        total = total + crowding(latitude, kind) * np.interp(modulus, MODULI, row)
    return total


def _members_share(distance_modulus: Floats) -> Floats:
    """Return what share of a dwarf's stars are detected and pass the filter."""
    return np.interp(distance_modulus, MODULI, _members_table())


@cache
def _members_table() -> Floats:
    track = load_isochrone()
    weights = np.diff(track.below)
    m_g, m_r = (track.m_g[1:] + track.m_g[:-1]) / 2, (track.m_r[1:] + track.m_r[:-1]) / 2
    shares = []
    for modulus in MODULI:
        g, r = m_g + modulus, m_r + modulus
        noise = _colour_error(g, r)
        passing = 2 * ndtr(np.hypot(TOLERANCE, noise) / noise) - 1
        shares.append(float(np.sum(weights * completeness(g, r) * (g < FAINTEST_G) * passing)))
    return np.array(shares)


@cache
def _field_table() -> Floats:
    return np.stack([_passing(kind) for kind in KINDS])


def _passing(kind: Kind) -> Floats:
    """Return how many sources of a kind an arcmin² pass the filter at each of `MODULI`."""
    track = load_isochrone()
    g = np.arange(15.0, FAINTEST_G, 0.05)
    densities = []
    for modulus in MODULI:
        middle = track.colour_at(g - modulus)
        bright = g - modulus < track.m_g[track.giants - 1]
        r = g - middle
        noise = _colour_error(g, r)
        room, spread = np.hypot(TOLERANCE, noise), np.hypot(kind.spread, noise)
        share = ndtr((middle + room - kind.colour) / spread)
        share = share - ndtr((middle - room - kind.colour) / spread)
        there = (r > kind.bright) & (r < kind.faint) & ~bright
        densities.append(float(np.sum(kind.at(r) * share * completeness(g, r) * there) * 0.05))
    return np.array(densities) / 3600


def _colour_error(g: Floats, r: Floats) -> Floats:
    return np.hypot(photometric_error(g, DEPTH_G), photometric_error(r, DEPTH_R))

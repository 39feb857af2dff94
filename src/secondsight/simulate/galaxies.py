"""Parts of galaxies and what stands around them: spiral and edge-on discs, clumps, field, stars."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import k1

from secondsight.dtypes import Floats
from secondsight.simulate.optics import (
    Canvas,
    Ellipse,
    Frame,
    Position,
    fluxes,
    in_bands,
    moffat,
    turn,
)

FAINTEST_G = 25.8
REDDENING = np.array([1.45, 1.0, 0.55])
"""Dust in g, r and z, of that in r; near Cardelli, Clayton & Mathis 1989, ApJ 345, 245."""


@dataclass(frozen=True)
class Small:
    """What faint galaxies, or stars, around a galaxy are drawn from."""

    slope: float  # of their number with magnitude: d log N / d mag
    red: float  # the share of red ones: far galaxies, M dwarfs
    largest: float  # width (sigma) of the largest, in seconds


GALAXIES, STARS = Small(0.33, 0.35, 1.3), Small(0.10, 0.7, 0.0)


@dataclass(frozen=True)
class Arms:
    """A disc's spiral arms."""

    number: int  # how many
    pitch: float  # angle against the circle, in radians, above 0
    phase: float  # where they begin, in radians
    contrast: float  # share of the disc's light in the arms, 0 to 1
    sharpness: float  # how narrow they are, about 1 (wide) to 5
    wobble: tuple[float, float, float]  # strength, two phases: no logarithmic spiral
    winding: int  # 1 or -1: which way round


def draw_arms(rng: np.random.Generator, pitch: tuple[float, float], contrast: float) -> Arms:
    """Return arms with a pitch between two angles in degrees."""
    return Arms(
        number=int(rng.choice([2, 2, 2, 3, 4])),
        pitch=float(np.radians(rng.uniform(*pitch))),
        phase=float(rng.uniform(0, 2 * np.pi)),
        contrast=contrast,
        sharpness=float(rng.uniform(1.2, 4.0)),
        wobble=(
            float(rng.uniform(0.05, 0.45)),
            float(rng.uniform(0, 6.3)),
            float(rng.uniform(0, 6.3)),
        ),
        winding=int(rng.choice([-1, 1])),
    )


def disc_with_arms(frame: Frame, ellipse: Ellipse, arms: Arms) -> tuple[Floats, Floats]:
    """Return an exponential disc and its arms, each (width, width), together of a flux near 1.

    They are per square second; the ellipse is that of the disc's scale length. An arm is where the
    phase phi - ln(r / length) / tan(pitch) is that of a crest.
    """
    along, across = frame.turned(ellipse.angle, ellipse.at)
    across = across / ellipse.q
    radius = np.sqrt(along**2 + across**2) / ellipse.radius
    around = np.arctan2(across, along) * arms.winding
    strength, first, second = arms.wobble
    spiral = around - np.log(radius + 0.15) / np.tan(arms.pitch) - arms.phase
    spiral += strength * (np.sin(2.1 * radius + first) + 0.6 * np.sin(around + second))
    crest = np.exp(arms.sharpness * (np.cos(arms.number * spiral) - 1))
    crest /= np.i0(arms.sharpness) * np.exp(-arms.sharpness)
    disc = np.exp(-radius) / (2 * np.pi * ellipse.radius**2 * ellipse.q)
    share = arms.contrast * radius**2 / (radius**2 + 0.5)
    return disc * (1 - share), disc * share * crest


def place_on_arms(
    rng: np.random.Generator, count: int, ellipse: Ellipse, arms: Arms
) -> list[Position]:
    """Return `count` positions on a disc's arms, off its centre, for knots of star formation."""
    radius = rng.gamma(3.0, 0.8, count).clip(0.7, 5)
    which = rng.integers(0, arms.number, count)
    spiral = 2 * np.pi * which / arms.number + rng.normal(0, 0.18, count)
    around = spiral + np.log(radius + 0.15) / np.tan(arms.pitch) + arms.phase
    around *= arms.winding
    along = radius * np.cos(around) * ellipse.radius
    across = radius * np.sin(around) * ellipse.radius * ellipse.q
    right, down = turn(along, across, -ellipse.angle)
    return list(zip(right.tolist(), down.tolist(), strict=True))


@dataclass(frozen=True)
class Knots:
    """What knots of star formation are drawn from."""

    share: tuple[float, float]  # of the light in each: median, spread of the logarithm
    size: tuple[float, float]  # width (sigma), least and greatest, in a unit of length
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)  # factors of the light's bands


def add_knots(
    canvas: Canvas, law: Knots, places: Iterable[Position], light: Floats, unit: float = 1.0
) -> None:
    """Add a knot of `light`, shape (3,), at each place; `unit` is in seconds."""
    rng = canvas.rng
    for place in places:
        share = float(rng.lognormal(np.log(law.share[0]), law.share[1]))
        size = unit * float(rng.uniform(*law.size))
        canvas.add_compact(light * share * np.array(law.tint), Ellipse(size, at=place))


def away(rng: np.random.Generator, near: float, far: float, unit: float = 1.0) -> Position:
    """Return a position between two distances from the middle, in any direction."""
    distance, angle = unit * float(rng.uniform(near, far)), float(rng.uniform(0, 2 * np.pi))
    return distance * float(np.cos(angle)), distance * float(np.sin(angle))


def edge_on(
    frame: Frame,
    length: float,
    height: float,
    angle: float,
    *,
    flare: float = 0.0,
    warp: float = 0.0,
) -> Floats:
    """Return a disc seen from its side, shape (width, width), per square second, flux near 1.

    Scale length and height are in seconds. At three scale lengths it is thicker by the share
    `flare`, and bends away by `warp` scale heights.

    References
    ----------
    van der Kruit & Searle 1981, A&A 95, 105, equation 5.
    """
    along, across = frame.turned(angle)
    out = np.abs(along) / length
    bent = across - warp * height * np.sign(along) * (out / 3) ** 2
    thick = height * (1 + flare * out / 3)
    inner = np.maximum(out, 1e-3)
    face = inner * k1(inner) / (np.cosh(np.minimum(np.abs(bent) / thick, 20)) ** 2)
    return np.asarray(face / (2 * np.pi * length * thick))


def dust_lane(
    frame: Frame, length: float, height: float, angle: float, depth: float, shift: float
) -> Floats:
    """Return the share of light that a dust lane lets through, shape (3, width, width).

    Its optical depth is that in r at the middle; it lies off the plane by `shift` seconds.
    """
    along, across = frame.turned(angle)
    lane = np.exp(-np.abs(along) / length - 0.5 * ((across - shift) / height) ** 2)
    return np.asarray(np.exp(-depth * in_bands(REDDENING) * lane))


def add_field(
    canvas: Canvas,
    *,
    half: float,
    galaxies: float,
    stars: float,
    clear: float,
    brightest: float = 21.0,
) -> None:
    """Add faint galaxies and stars, so many on average, at random places.

    They stand within `half` seconds right, left, up and down of the centre; those brighter than
    g = 22.5 keep `clear` seconds from it. `brightest` is a magnitude g.
    """
    rng = canvas.rng
    for law, expected in ((GALAXIES, galaxies), (STARS, stars)):
        for _ in range(int(rng.poisson(expected))):
            g = draw_magnitude(rng, brightest, FAINTEST_G, law.slope)
            at = (float(rng.uniform(-half, half)), float(rng.uniform(-half, half)))
            size = float(rng.lognormal(np.log(0.32), 0.45)) * (1 + 0.12 * max(23.5 - g, 0))
            q, angle = float(rng.uniform(0.35, 1)), float(rng.uniform(0, np.pi))
            red = rng.random() < law.red
            g_i = float(rng.normal(1.7, 0.4) if red else rng.normal(0.7, 0.25))
            if g >= 22.5 or np.hypot(*at) >= clear:
                canvas.add_compact(fluxes(g, g_i), Ellipse(min(size, law.largest), q, angle, at))


def draw_magnitude(rng: np.random.Generator, bright: float, faint: float, slope: float) -> float:
    """Return a magnitude; numbers grow as 10 to the `slope` times it."""
    low, high = 10 ** (slope * bright), 10 ** (slope * faint)
    return float(np.log10(rng.uniform(low, high)) / slope)


def bright_star(canvas: Canvas, at: Position, g: float, fwhm: float) -> Floats:
    """Return a star as the camera shows it, shape (3, width, width); not to be blurred again.

    Saturated stars have flat, wrongly coloured cores and trails along a row; all bright ones have
    an aureole and four spikes, turned by 45 degrees as the mirror's supports are.

    References
    ----------
    King 1971, PASP 83, 199, for the aureole that falls with the square of the distance.
    """
    rng = canvas.rng
    right, down = canvas.frame.offsets(at)
    squared = right**2 + down**2
    along, across = turn(right, down, np.pi / 4)
    spikes = np.exp(-0.5 * (along / 0.45) ** 2) / (1 + np.abs(across / 2.0)) ** 2
    spikes += np.exp(-0.5 * (across / 0.45) ** 2) / (1 + np.abs(along / 2.0)) ** 2
    shape = moffat(right, down, fwhm) + 1.6e-3 / (squared + 2.0) + 1.1e-3 * spikes
    edge, weak = float(rng.uniform(5, 9)), float(rng.uniform(0.3, 1.3)) * 1e-5
    shape += weak / (1 + np.exp((np.sqrt(squared) - edge) / 0.4))
    g_i = float(rng.choice([rng.normal(0.55, 0.15), rng.normal(1.6, 0.4)]))
    light = fluxes(g, g_i)
    scene: Floats = in_bands(light) * shape
    full = np.array([120.0, 140.0, 170.0]) * rng.uniform(0.6, 1.6, 3)
    for band in range(3):
        excess = light[band] / 400
        core = scene[band] > full[band]
        scene[band][core] = full[band] * rng.uniform(0.02, 1.5)
        if excess > 1:
            trail = np.exp(-0.5 * (down / 0.5) ** 2) * (np.abs(right) < 0.55 * excess**0.8)
            scene[band] += trail * full[band] * 0.15
    return scene

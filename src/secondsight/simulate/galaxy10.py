"""A simulated stand-in for Galaxy10 DECaLS: ten classes of galaxies, 256 by 256 pixels.

The classes are those of Leung & Bovy's Galaxy10 DECaLS, a hundred galaxies each; the real set has
between 334 and 2,645 of a class. Galaxies and camera are those of the morphology sky.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate.galaxies import away, disc_with_arms, draw_arms
from secondsight.simulate.listing import Listing
from secondsight.simulate.morphology import (
    Portrait,
    SideView,
    Smooth,
    draw_cigar,
    draw_disc,
    draw_round,
    exposed,
    new_canvas,
)
from secondsight.simulate.optics import Ellipse, Position, fluxes, sersic

SEED, SIDE, EACH = 20_210_324, 256, 100


# ------------------------------------------------------------------------------ the ten classes


def add_disturbed(canvas: Portrait) -> None:
    """Add a galaxy out of shape: lopsided, with a tail, a shell or stray knots."""
    rng = canvas.rng
    angle, q = canvas.direction(), float(rng.uniform(0.45, 0.95))
    light = fluxes(canvas.g, canvas.g_i)
    inner, n = Ellipse(0.7 * canvas.radius, q, angle), float(rng.uniform(0.8, 2.5))
    outer = Ellipse(canvas.radius, q, angle + 0.5, away(rng, 0.3, 0.8, canvas.radius))
    body = 0.5 * sersic(canvas.fine, inner, n) + 0.3 * sersic(canvas.fine, outer, 1.0)
    canvas.add(body, light)
    for _ in range(int(rng.integers(1, 3))):
        add_tail(canvas, 0.22 * light, (0.0, 0.0), canvas.radius * float(rng.uniform(1.0, 2.0)))
    for _ in range(int(rng.integers(2, 9))):
        knot = light * float(rng.uniform(0.003, 0.02)) * np.array([1.3, 1.0, 0.8])
        canvas.add_compact(
            knot, Ellipse(0.1 * canvas.radius, at=away(rng, 0.2, 1.6, canvas.radius))
        )


def add_tail(canvas: Portrait, light: Floats, at: Position, reach: float) -> None:
    """Add a tidal tail from `at`, fading outward: light (3,) in nanomaggies, reach in seconds."""
    rng = canvas.rng
    right, down = canvas.fine.offsets(at)
    out = np.hypot(right, down)
    start, bend = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(-1.6, 1.6))
    width, span = canvas.radius * float(rng.uniform(0.12, 0.3)), float(rng.uniform(0.5, 1.3))
    around = np.arctan2(down, right) - start - bend * out / reach
    around = (around + np.pi) % (2 * np.pi) - np.pi
    arc = np.exp(-0.5 * ((out - reach) / width) ** 2 - 0.5 * (around / span) ** 2)
    limb = np.exp(-0.5 * (around * out / width) ** 2 - out / reach) * (np.abs(around) < 1.5)
    shape = arc if rng.random() < 0.4 else limb
    canvas.add(shape / (shape.sum() * canvas.fine.scale**2 + 1e-9), light)


def add_merging(canvas: Portrait) -> None:
    """Add two galaxies that touch, with tails."""
    rng = canvas.rng
    other, angle = away(rng, 0.9, 2.0, canvas.radius), canvas.direction()
    here = (-other[0] / 2, -other[1] / 2)
    there = (other[0] / 2, other[1] / 2)
    share = float(rng.uniform(0.3, 0.7))
    for at, part in ((here, share), (there, 1 - share)):
        light = part * fluxes(canvas.g, canvas.g_i + float(rng.normal(0, 0.12)))
        size = canvas.radius * float(rng.uniform(0.4, 0.75))
        n, q = float(rng.uniform(0.9, 3.5)), float(rng.uniform(0.4, 1))
        angle = canvas.direction()
        canvas.add(0.8 * sersic(canvas.fine, Ellipse(size, q, angle, at), n), light)
        add_tail(canvas, 0.2 * light, at, canvas.radius * float(rng.uniform(0.9, 1.8)))


def add_in_between(canvas: Portrait) -> None:
    """Add a smooth elliptical between round and cigar."""
    rng = canvas.rng
    n, q = float(rng.uniform(1.2, 4.2)), float(rng.uniform(0.45, 0.75))
    Smooth(n, q, canvas.g_i + 0.12, canvas.direction()).paint(canvas)


def add_barred(canvas: Portrait) -> None:
    """Add a spiral with a bar, from whose ends the arms begin."""
    rng = canvas.rng
    q, angle = float(rng.uniform(0.6, 1.0)), canvas.direction()
    length, bar = canvas.radius / 1.5, canvas.radius * float(rng.uniform(0.55, 0.95))
    drawn = draw_arms(rng, (12, 30), float(rng.uniform(0.35, 0.8)))
    lean = float(rng.uniform(0, np.pi))
    winding = np.log(bar / length + 0.15) / np.tan(drawn.pitch)
    wobble = (0.05, 0.0, 0.0)
    arms = replace(drawn, number=2, phase=lean - winding, wobble=wobble)
    disc, crests = disc_with_arms(canvas.fine, Ellipse(length, q, angle), arms)
    along, across = canvas.fine.turned(angle)
    out = np.hypot(along, across / q)
    crests = crests / (1 + np.exp((0.85 * bar - out) / (0.1 * bar)))
    light = fluxes(canvas.g, canvas.g_i)
    share = float(rng.uniform(0.1, 0.25))
    canvas.add((1 - share) * disc, light)
    canvas.add((1 - share) * crests, light * np.array([1.12, 1.0, 0.82]))
    bulge = float(rng.uniform(0.05, 0.2))
    red = fluxes(canvas.g, canvas.g_i + 0.2)
    turned = angle + drawn.winding * float(np.arctan2(np.sin(lean) * q, np.cos(lean)))
    canvas.add(
        share * sersic(canvas.fine, Ellipse(0.55 * bar, 0.28, turned), 0.5, boxiness=2.6), red
    )
    canvas.add(bulge * sersic(canvas.fine, Ellipse(0.25 * length, 0.9, angle), 1.5), red)


def add_tight(canvas: Portrait) -> None:
    """Add an unbarred spiral whose arms lie close."""
    draw_disc(canvas, pitch=(6, 14), contrast=float(canvas.rng.uniform(0.3, 0.8))).paint(canvas)


def add_loose(canvas: Portrait) -> None:
    """Add an unbarred spiral whose arms open wide."""
    draw_disc(canvas, pitch=(20, 40), contrast=float(canvas.rng.uniform(0.3, 0.85))).paint(canvas)


def add_side_view(canvas: Portrait, bulge: float) -> None:
    """Add a disc seen from its side whose bulge has this share of the light."""
    rng = canvas.rng
    angle, length = canvas.direction(), canvas.radius / 1.6
    height = length * float(rng.uniform(0.1, 0.28))
    depth = float(max(rng.normal(1.0, 1.0), 0))
    shift, warp = height * float(rng.normal(0, 0.25)), float(rng.normal(0, 0.6))
    size, n, q = length, 1.0, 1.0
    if bulge > 0:
        size, n = length * float(rng.uniform(0.25, 0.5)), float(rng.uniform(1.2, 3))
        q = float(rng.uniform(0.6, 0.9))
    SideView(
        angle, bulge, length, height, flare=0.0, warp=warp, depth=depth, shift=shift,
        inner=(size, n, q), g_i=canvas.g_i, redder=0.2,
    ).paint(canvas)  # fmt: skip


CLASSES: dict[str, Callable[[Portrait], None]] = {
    "0": add_disturbed,
    "1": add_merging,
    "2": lambda canvas: draw_round(canvas).paint(canvas),
    "3": add_in_between,
    "4": lambda canvas: draw_cigar(canvas).paint(canvas),
    "5": add_barred,
    "6": add_tight,
    "7": add_loose,
    "8": lambda canvas: add_side_view(canvas, 0.0),
    "9": lambda canvas: add_side_view(canvas, float(canvas.rng.uniform(0.12, 0.5))),
}
"""From a class's code, as in Galaxy10 DECaLS, to how one of its galaxies is drawn."""


# --------------------------------------------------------------------------------- the sky


def picture(rng: np.random.Generator, code: str) -> Pixels:
    """Return the picture of a galaxy of a class, uint8, shape (256, 256, 3)."""
    canvas = new_canvas(rng, SIDE, widths=7.0)
    CLASSES[code](canvas)
    return exposed(canvas)


SKY = Listing("galaxy10", SEED, dict.fromkeys(CLASSES, EACH)).sky(picture)

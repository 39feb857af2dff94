"""Galaxies as surveys show them: any size in the frame, any seeing, SDSS's or the Legacy look.

No data set of the book is drawn from these laws: the small model learns from them, so that it meets
the framing and the blemishes of real pictures. No real picture is read.

References
----------
York et al. 2000, AJ 120, 1579, and Dey et al. 2019, AJ 157, 168, for pixels, seeing and depths;
Lupton et al. 2004, PASP 116, 133, for the composites; Baldry et al. 2004, ApJ 600, 681, for the red
sequence and the blue cloud.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from scipy.ndimage import shift

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate.galaxies import (
    Knots,
    add_field,
    add_knots,
    away,
    bright_star,
    draw_magnitude,
    place_on_arms,
)
from secondsight.simulate.galaxy10 import add_barred, add_disturbed, add_merging
from secondsight.simulate.morphology import (
    Portrait,
    SideView,
    Smooth,
    Spiral,
    draw_disc,
    draw_edge_on,
)
from secondsight.simulate.optics import (
    Ellipse,
    Frame,
    Stretch,
    blurred,
    cut,
    flux,
    fluxes,
    in_bands,
    reach_of,
    rgb,
    sersic,
    sky_noise,
)

NEARLY = 0.4
"""The share of discs seen from the side that are a little tilted."""
FINEST = 96
"""Pixels along a side that a galaxy is painted on at least."""
SKY = np.array([flux(mu) for mu in (22.0, 20.9, 19.5)])
"""Of a dark night, in nanomaggies a square second in g, r and z."""
APART = 0.13
"""By how many seconds of arc the bands lie beside each other (standard deviation)."""
NEIGHBOURS = 0.35
"""Galaxies beside a galaxy, on average, more than chance has it."""
LARGEST = 208
"""Pixels along a side at most; a larger frame has coarser pixels."""


@dataclass(frozen=True)
class Survey:
    """A camera and how its pictures are coloured."""

    pixel: float  # in seconds of arc
    seeing: tuple[float, float]  # full width at half maximum in seconds, least and greatest
    depths: tuple[float, float, float]  # ten sigma within two seconds, mag
    scales: tuple[float, float, float]  # factors of the bands
    pedestal: tuple[float, float]  # how bright the empty sky is, least and greatest
    brightness: tuple[float, float]  # of galaxies within half their light, in g: mean, spread


SURVEYS = {
    "sdss": Survey(
        0.396, (1.1, 1.9), (23.2, 22.8, 21.7), (1.15, 0.73, 0.59), (-0.006, 0.006), (21.3, 0.8)
    ),
    "legacy": Survey(
        0.262, (0.9, 1.7), (23.9, 23.3, 22.4), (6.0, 3.5, 2.5), (0.01, 0.04), (21.8, 0.9)
    ),
}  # fmt: skip


# ------------------------------------------------------------------------------------- the kinds


def _smooth(low: float, high: float) -> Callable[[Portrait], Smooth]:
    """Return what paints a smooth galaxy with an axis ratio between two: a core in a halo.

    Either part has a profile and a colour of its own, as ellipticals and lenticulars have: what is
    without structure is seldom one profile of one colour.

    References
    ----------
    Huang et al. 2013, ApJ 766, 47, for the parts of ellipticals; Kim & Im 2013, ApJ 766, 109, for
    colours that fall outward, with scatter.
    """

    def paint(canvas: Portrait) -> Smooth:
        rng, angle, q = canvas.rng, canvas.direction(), float(canvas.rng.uniform(low, high))
        share = float(rng.uniform(0.15, 0.85))
        steep, gentle = float(rng.uniform(1.2, 5.0)), float(rng.uniform(0.7, 3.5))
        inner = Ellipse(canvas.radius * float(rng.uniform(0.25, 0.8)), _rounder(rng, q), angle)
        outer = Ellipse(canvas.radius * float(rng.uniform(1.1, 2.2)), q, angle)
        redder = float(rng.normal(0.08, 0.12))
        core, halo = (fluxes(canvas.g, canvas.g_i + part * redder) for part in (0.5, -0.5))
        canvas.add(share * sersic(canvas.fine, inner, steep), core)
        canvas.add((1 - share) * sersic(canvas.fine, outer, gentle), halo)
        return Smooth(share * steep + (1 - share) * gentle, q, canvas.g_i, angle)

    return paint


def _rounder(rng: np.random.Generator, q: float) -> float:
    """Return the axis ratio of a core: that of its halo, or up to half the way to a circle."""
    return q + (1 - q) * float(rng.uniform(0, 0.5))


def _spiral(canvas: Portrait) -> Spiral:
    """Paint a disc with arms, tilted by any angle, around a bulge of any size."""
    rng = canvas.rng
    contrast = 0.3 + 0.6 * float(rng.beta(1.4, 1.3))
    disc = replace(
        draw_disc(canvas, pitch=(8, 34), contrast=contrast),
        q=float(1 - 0.55 * rng.beta(1.1, 1.5)),
        bulge=float(np.clip(rng.normal(0.14, 0.12), 0.02, 0.6)),
    )
    disc.paint(canvas)
    places = place_on_arms(rng, 24, Ellipse(canvas.radius / 1.5, disc.q, disc.angle), disc.arms)
    patches = Knots(share=(0.02 * float(rng.uniform(0, 1)) + 1e-4, 0.8), size=(0.06, 0.25))
    add_knots(canvas, patches, places, fluxes(canvas.g, canvas.g_i - 0.25), canvas.radius)
    return disc


def _edge_on(canvas: Portrait) -> SideView | Smooth:
    """Paint a disc from its side, or nearly so, thin enough to be told for one through the air."""
    if canvas.rng.random() < NEARLY:
        return _nearly_edge_on(canvas)
    drawn = draw_edge_on(canvas)
    height = drawn.length * float(canvas.rng.uniform(0.1, 0.3))
    shift, bulge = drawn.shift * height / drawn.height, min(drawn.bulge, 0.4)
    side = replace(drawn, height=height, shift=shift, bulge=bulge, g_i=canvas.g_i)
    side.paint(canvas)
    return side


def _nearly_edge_on(canvas: Portrait) -> Smooth:
    """Paint a disc so strongly tilted that no arms are seen, with a rounder bulge."""
    rng = canvas.rng
    q, angle, bulge = float(rng.uniform(0.18, 0.36)), canvas.direction(), float(rng.uniform(0, 0.3))
    light = fluxes(canvas.g, canvas.g_i)
    disc = sersic(canvas.fine, Ellipse(canvas.radius, q, angle), float(rng.uniform(0.7, 1.2)))
    inner = sersic(canvas.fine, Ellipse(0.3 * canvas.radius, 0.4 + q, angle), 2.0)
    canvas.add((1 - bulge) * disc, light)
    canvas.add(bulge * inner, fluxes(canvas.g, canvas.g_i + 0.25))
    return Smooth(1.0, q, canvas.g_i, angle)


Shape = Smooth | Spiral | SideView


@dataclass(frozen=True)
class Kind:
    """A kind of galaxies."""

    share: float
    colour: tuple[float, float]  # g-i: mean, spread
    dimmer: float  # by how many magnitudes a square second fainter than an elliptical
    radius: float  # median half-light radius in seconds; one where its shape is still to be seen
    paint: Callable[[Portrait], Shape | None]  # None of what has no numbers of its own


KINDS = {
    "round": Kind(0.17, (1.08, 0.17), 0.0, 2.6, _smooth(0.72, 1.0)),
    "oval": Kind(0.11, (1.06, 0.19), 0.0, 2.8, _smooth(0.42, 0.7)),
    "lenticular": Kind(0.05, (1.04, 0.16), 0.2, 3.0, _smooth(0.5, 1.0)),
    "spindle": Kind(0.02, (1.1, 0.16), 0.5, 3.2, _smooth(0.2, 0.36)),
    "spiral": Kind(0.28, (0.76, 0.2), 0.9, 5.0, _spiral),
    "barred": Kind(0.05, (0.82, 0.18), 0.8, 4.6, add_barred),
    "edge-on": Kind(0.26, (0.92, 0.28), 1.2, 4.4, _edge_on),
    "disturbed": Kind(0.03, (0.7, 0.2), 0.8, 4.0, add_disturbed),
    "merging": Kind(0.03, (0.8, 0.25), 0.5, 4.0, add_merging),
}
"""What a survey shows; the rarer kinds less rare than they are."""


# ----------------------------------------------------------------------------------- the picture


@dataclass(frozen=True)
class View:
    """A survey's picture of a galaxy and what is true of it."""

    pixels: Pixels  # shape (side, side, 3)
    kind: str  # of `KINDS`
    g_i: float  # colour
    shape: Shape | None  # what was painted, where it has numbers of its own


def view(rng: np.random.Generator) -> View:
    """Return a picture of a galaxy of a drawn kind by a drawn survey."""
    survey = SURVEYS[str(rng.choice(list(SURVEYS), p=(0.6, 0.4)))]
    name = str(rng.choice(list(KINDS), p=[kind.share for kind in KINDS.values()]))
    canvas = _canvas(rng, survey, KINDS[name])
    shape = KINDS[name].paint(canvas)
    return View(published(_exposed(canvas, survey), rng), name, canvas.g_i, shape)


def _canvas(rng: np.random.Generator, survey: Survey, kind: Kind) -> Portrait:
    """Return an empty frame, 4 to 26 half-light radii wide."""
    radius = float(np.clip(rng.lognormal(np.log(kind.radius), 0.45), 0.55 * kind.radius, 15))
    field = radius * float(np.exp(rng.uniform(np.log(4.5), np.log(26))))
    side = int(np.clip(field / survey.pixel, 48, LARGEST))
    scale = field / side
    finer = int(np.ceil(FINEST / side))
    frame = Frame(side, scale, margin=reach_of(survey.seeing[1], scale))
    bright = float(np.clip(rng.normal(*survey.brightness) + kind.dimmer, 19.0, 24.6))
    g = bright - 2.5 * float(np.log10(2 * np.pi * radius**2 * 0.5))
    g_i = float(np.clip(rng.normal(*kind.colour), 0.25, 1.5))
    return Portrait(frame, rng, fine=frame.finer(finer), g=g, g_i=g_i, radius=radius)


def _exposed(canvas: Portrait, survey: Survey) -> Pixels:
    """Return the picture of a painted canvas: field, seeing, misfits of bands, noise, stretch."""
    rng, frame = canvas.rng, canvas.frame
    _add_neighbours(canvas)
    density = (2 * frame.half) ** 2 * float(rng.lognormal(0, 0.7))
    add_field(
        canvas, half=frame.half, galaxies=0.004 * density, stars=0.0013 * density,
        clear=0.4 * canvas.radius, brightest=17.0,
    )  # fmt: skip
    fwhm = float(rng.uniform(*survey.seeing))
    scene = _through_air(canvas.scene, frame, fwhm, rng)
    if rng.random() < 0.12:
        scene += cut(_star_beside(canvas, fwhm), frame)
    scene = _apart(scene, rng, APART / frame.scale)
    sigma = sky_noise(survey.depths, 2.0, frame.scale) * float(rng.lognormal(0.15, 0.45))
    counted = np.sqrt(1 + np.maximum(scene, 0) / in_bands(SKY))  # the source's own photons
    scene += in_bands(sigma) * counted * rng.normal(size=scene.shape)
    scene += _tilted(frame.side, rng) * in_bands(sigma)
    return rgb(scene, _stretch(rng, survey))


def _add_neighbours(canvas: Portrait) -> None:
    """Add up to a few smooth galaxies beside the galaxy, fainter and smaller than it."""
    rng = canvas.rng
    for _ in range(int(rng.poisson(NEIGHBOURS))):
        at = away(rng, 0.8, 5.0, canvas.radius)
        size, q = canvas.radius * float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.4, 1))
        light = fluxes(canvas.g + float(rng.uniform(1.5, 4.5)), float(rng.normal(1.0, 0.25)))
        body = sersic(canvas.fine, Ellipse(size, q, canvas.direction(), at), 2.0)
        canvas.add(body, light)


def _through_air(scene: Floats, frame: Frame, fwhm: float, rng: np.random.Generator) -> Floats:
    """Return a scene seen through the air, whose seeing differs between the bands by a tenth."""
    widths = fwhm * rng.lognormal(0, 0.1, len(scene))
    seen = [
        blurred(scene[band : band + 1], frame, float(width)) for band, width in enumerate(widths)
    ]
    return np.concatenate(seen)


def _star_beside(canvas: Portrait, fwhm: float) -> Floats:
    rng, half = canvas.rng, canvas.frame.half
    distance, angle = half * float(rng.uniform(0.5, 1.4)), float(rng.uniform(0, 2 * np.pi))
    at = distance * float(np.cos(angle)), distance * float(np.sin(angle))
    return bright_star(canvas, at, draw_magnitude(rng, 13.0, 18.0, 0.15), fwhm)


def _apart(scene: Floats, rng: np.random.Generator, most: float) -> Floats:
    """Return bands that lie a little beside each other, by so many pixels (standard deviation)."""
    steps = rng.normal(0, most, (3, 2))
    moved = [
        shift(band, step, order=1, mode="nearest") for band, step in zip(scene, steps, strict=True)
    ]
    return np.stack(moved)


def _tilted(side: int, rng: np.random.Generator) -> Floats:
    """Return a background that rises across the frame, in units of the noise, (side, side)."""
    axis = np.linspace(-1, 1, side)
    slope = rng.normal(0, 0.25, 2) * (rng.random() < 0.3)
    return np.asarray(slope[0] * axis[:, None] + slope[1] * axis[None, :])


def _stretch(rng: np.random.Generator, survey: Survey) -> Stretch:
    """Return a survey's stretch with factors that vary, as do those of releases."""
    gain = float(rng.lognormal(-0.1, 0.3))
    scales = tuple(float(scale * gain * rng.lognormal(0, 0.05)) for scale in survey.scales)
    softening = float(np.exp(rng.uniform(np.log(6), np.log(30))))
    return Stretch(scales, softening, float(rng.uniform(*survey.pedestal)))


def published(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a picture as it is handed out: sometimes enlarged, then through JPEG."""
    picture = Image.fromarray(pixels)
    if rng.random() < 0.75:
        side = round(pixels.shape[0] * float(rng.uniform(1.0, 2.2)))
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    if rng.random() < 0.75:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=int(rng.integers(60, 96)))
        picture = Image.open(file)
    return np.asarray(picture.convert("RGB"))

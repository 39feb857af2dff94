"""A simulated sky of galaxies in four shapes: round, cigar, edge-on disc, unbarred spiral.

The four are those of GalaxyMNIST (Walmsley et al. 2022, MNRAS 509, 3966), at the depth of DECaLS.
A picture's field grows with the galaxy, as Galaxy Zoo's does, and holds about three of its
half-light radii each way. The same galaxies exist at 64 and at 256 pixels: a scene is drawn from
numbers in seconds of arc, and its noise is that of one camera.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.ndimage import zoom

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate.galaxies import (
    Arms,
    Knots,
    add_field,
    add_knots,
    disc_with_arms,
    draw_arms,
    dust_lane,
    edge_on,
    place_on_arms,
)
from secondsight.simulate.listing import Listing
from secondsight.simulate.optics import (
    CAMERA_PIXEL,
    Canvas,
    Ellipse,
    Frame,
    Position,
    Stretch,
    binned,
    blurred,
    fluxes,
    in_bands,
    reach_of,
    rgb,
    sersic,
    sky_noise,
)

ROUND, CIGAR, EDGE_ON, SPIRAL = "0", "1", "2", "3"
SEED, TRAINING_SEED = 20_220_201, 20_211_103
SIDE, LARGE_SIDE = 64, 256
FINEST = 128
"""Pixels along a side at which noise is drawn, whatever the picture's size."""

DEPTHS, APERTURE = (23.9, 23.3, 22.4), 1.95
"""Magnitudes at ten sigma; near Dey et al. 2019, AJ 157, 168, table 4, for one or two exposures."""

STRETCH = Stretch(pedestal=0.012)


@dataclass
class Portrait(Canvas):
    """A galaxy's picture in the making."""

    fine: Frame  # the picture's frame, cut finer, for what is thin
    g: float  # the galaxy's magnitude
    g_i: float  # and its colour
    radius: float  # its half-light radius along the major axis, in seconds

    def direction(self) -> float:
        """Draw a direction, in radians."""
        return float(self.rng.uniform(0, np.pi))

    def add(self, fine: Floats, light: Floats) -> None:
        """Add a map (width, width) or (3, width, width) on `fine` times `light`, shape (3,)."""
        self.scene += in_bands(light) * binned(fine, self.fine.side // self.frame.side)


# ------------------------------------------------------------------------------- the galaxies


def older(rng: np.random.Generator, g_i: float, by: float) -> float:
    """Return a redder colour: smooth galaxies are older on average, and some are not."""
    return g_i + float(rng.normal(by, 0.12))


@dataclass(frozen=True)
class Smooth:
    """An elliptical without structure."""

    n: float  # Sérsic index: the higher, the more its light gathers at the centre
    q: float  # axis ratio
    g_i: float  # colour
    angle: float  # of the major axis, in radians

    def paint(self, canvas: Portrait) -> None:
        """Add the galaxy to a canvas."""
        body = sersic(canvas.fine, Ellipse(canvas.radius, self.q, self.angle), self.n)
        canvas.add(body, fluxes(canvas.g, self.g_i))


def draw_round(canvas: Portrait) -> Smooth:
    """Return a round elliptical."""
    rng = canvas.rng
    n, q = float(rng.uniform(0.9, 3.6)), float(rng.uniform(0.68, 1.0))
    return Smooth(n, q, older(rng, canvas.g_i, 0.08), canvas.direction())


@dataclass(frozen=True)
class Cigar:
    """A thin smooth galaxy."""

    body: Smooth  # its smooth part
    boxiness: float  # of the smooth part's outlines; 2 for an ellipse
    disc: float  # share of the light that a disc of its own has; 0 if there is none
    height: float  # the disc's scale height, in seconds
    size: float  # half-light radius of the smooth part, in seconds
    younger: float  # by how much the disc is bluer

    def paint(self, canvas: Portrait) -> None:
        """Add the galaxy to a canvas."""
        body, angle = self.body, self.body.angle
        ellipse = Ellipse(self.size, body.q, angle)
        smooth = sersic(canvas.fine, ellipse, body.n, boxiness=self.boxiness)
        canvas.add((1 - self.disc) * smooth, fluxes(canvas.g, body.g_i))
        if self.disc > 0:
            flat = edge_on(canvas.fine, canvas.radius / 1.75, self.height, angle)
            canvas.add(self.disc * flat, fluxes(canvas.g, body.g_i - self.younger))


def draw_cigar(canvas: Portrait) -> Cigar:
    """Return a thin smooth elliptical or lenticular; most hold a disc of their own light.

    References
    ----------
    Emsellem et al. 2011, MNRAS 414, 888: most flattened early types are fast rotators with discs.
    """
    rng = canvas.rng
    n, q = float(rng.uniform(0.8, 2.6)), float(rng.uniform(0.15, 0.45))
    body = Smooth(n, q, older(rng, canvas.g_i, 0.1), canvas.direction())
    boxiness, disc = float(rng.uniform(1.5, 2.3)), float(max(rng.uniform(-0.1, 0.75), 0))
    height = canvas.radius / 1.75 * float(rng.uniform(0.18, 0.5))
    size = canvas.radius * float(rng.uniform(0.6, 1.0))
    younger = float(rng.uniform(0, 0.2)) if disc > 0 else 0.0
    return Cigar(body, boxiness, disc, height, size, younger)


@dataclass(frozen=True)
class SideView:
    """A disc seen from its side."""

    angle: float  # of the disc, in radians
    bulge: float  # the bulge's share of the light
    length: float  # the disc's scale length, in seconds
    height: float  # its scale height, in seconds
    flare: float  # how much thicker the disc is outside
    warp: float  # how far its ends bend away
    depth: float  # the dust's optical depth in r
    shift: float  # how far off the plane it lies, in seconds
    inner: tuple[float, float, float]  # the bulge's radius in seconds, index n, q
    g_i: float  # the disc's colour
    redder: float  # by how much the bulge is redder

    def paint(self, canvas: Portrait) -> None:
        """Add the galaxy to a canvas."""
        fine, angle = canvas.fine, self.angle
        disc = edge_on(fine, self.length, self.height, angle, flare=self.flare, warp=self.warp)
        size, n, q = self.inner
        inner = sersic(fine, Ellipse(size, q, angle), n)
        thin = 0.35 * self.height
        through = dust_lane(fine, 1.3 * self.length, thin, angle, self.depth, self.shift)
        canvas.add(through * disc * (1 - self.bulge), fluxes(canvas.g, self.g_i))
        canvas.add(through * inner * self.bulge, fluxes(canvas.g, self.g_i + self.redder))


def draw_edge_on(canvas: Portrait) -> SideView:
    """Return a disc seen from its side, with a bulge of any size and dust of any depth."""
    rng = canvas.rng
    angle, bulge = canvas.direction(), float(np.clip(rng.normal(0.27, 0.22), 0, 0.65))
    length = canvas.radius / 1.75
    height = length * float(rng.uniform(0.18, 0.6))
    flare, warp = float(rng.uniform(0, 0.4)), float(rng.normal(0, 0.6))
    depth = float(max(rng.normal(0.2, 0.85), 0))
    shift = height * float(rng.normal(0, 0.25))
    size, n = length * float(rng.uniform(0.3, 1.5)), float(rng.uniform(0.8, 2.8))
    inner = size, n, float(rng.uniform(0.25, 0.75))
    g_i = older(rng, canvas.g_i, 0.0)
    redder = float(rng.uniform(0, 0.25))
    return SideView(angle, bulge, length, height, flare, warp, depth, shift, inner, g_i, redder)


KNOTS = Knots(share=(0.002, 0.8), size=(0.04, 0.1), tint=(1.2, 1.0, 0.8))
"""Together they have a few hundredths of the light."""


@dataclass(frozen=True)
class Spiral:
    """A disc with arms and a bulge."""

    q: float  # axis ratio: the cosine of the inclination
    angle: float  # of the major axis, in radians
    bulge: float  # the bulge's share of the light
    arms: Arms  # their pitch, contrast and number
    size: float  # the bulge's half-light radius, in seconds
    n: float  # the bulge's Sérsic index
    knots: tuple[Position, ...]  # where knots of star formation are, in seconds

    def paint(self, canvas: Portrait) -> None:
        """Add the galaxy to a canvas; how bright each knot is is drawn here."""
        rest = 1 - self.bulge
        ellipse = Ellipse(canvas.radius / 1.5, self.q, self.angle)
        disc, crests = disc_with_arms(canvas.fine, ellipse, self.arms)
        light = fluxes(canvas.g, canvas.g_i)
        bluer = light * np.array([1.12, 1.0, 0.82])
        canvas.add(disc * rest, light)
        canvas.add(crests * rest, bluer)
        inner = Ellipse(self.size, float(np.sqrt(self.q)), self.angle)
        red = fluxes(canvas.g, canvas.g_i + 0.3)
        canvas.add(sersic(canvas.fine, inner, self.n), self.bulge * red)
        add_knots(canvas, KNOTS, self.knots, bluer * self.arms.contrast, canvas.radius)


def draw_spiral(canvas: Portrait) -> Spiral:
    """Return an unbarred spiral, from grand arms to arms that are hardly there."""
    contrast = 0.06 + 0.74 * float(canvas.rng.beta(1.0, 2.0))
    return draw_disc(canvas, pitch=(8, 32), contrast=contrast)


def draw_disc(canvas: Portrait, *, pitch: tuple[float, float], contrast: float) -> Spiral:
    """Return a disc with a bulge, arms of this pitch (degrees) and contrast, and knots on them."""
    rng = canvas.rng
    q, angle = float(1 - 0.5 * rng.beta(1.0, 1.6)), canvas.direction()
    bulge = float(np.clip(rng.normal(0.14, 0.1), 0.02, 0.5))
    length = canvas.radius / 1.5
    arms = draw_arms(rng, pitch, contrast)
    size, n = length * float(rng.uniform(0.15, 0.45)), float(rng.uniform(1, 3))
    knots = tuple(place_on_arms(rng, 18, Ellipse(length, q, angle), arms))
    return Spiral(q, angle, bulge, arms, size, n, knots)


Shape = Smooth | Cigar | SideView | Spiral

SHAPES: dict[str, Callable[[Portrait], Shape]] = {
    ROUND: draw_round,
    CIGAR: draw_cigar,
    EDGE_ON: draw_edge_on,
    SPIRAL: draw_spiral,
}
"""From a label to what draws the numbers of such a galaxy; `paint` puts it on the canvas."""


# -------------------------------------------------------------------------------- the picture


def new_canvas(rng: np.random.Generator, side: int, widths: float = 6.4) -> Portrait:
    """Return an empty canvas for a galaxy whose size, magnitude and colour are drawn.

    It has 64, 128 or 256 pixels along a side, and is on average so many half-light radii wide.
    Mean brightness within that radius is drawn about 22.6 in g, whichever the shape.
    """
    radius = float(np.clip(rng.lognormal(np.log(4.0), 0.35), 2.4, 12))
    field = radius * widths * float(rng.lognormal(0, 0.14))
    area = 2 * np.pi * radius**2 * 0.45
    g = float(np.clip(rng.normal(22.6, 0.75), 21.0, 24.2)) - 2.5 * float(np.log10(area))
    scale = field / side
    frame = Frame(side, scale, margin=reach_of(SEEING, scale))
    return Portrait(
        frame,
        rng,
        fine=frame.finer(max(FINEST // side, 1)),
        g=g,
        g_i=float(np.clip(rng.normal(0.9, 0.16), 0.45, 1.25)),
        radius=radius,
    )


SEEING = 1.25
"""Full width at half maximum in seconds, of DECaLS in g and r."""


def exposed(canvas: Portrait) -> Pixels:
    """Return a canvas with field, seeing, noise and stretch: uint8, shape (side, side, 3)."""
    rng, frame = canvas.rng, canvas.frame
    density = (2 * frame.half) ** 2
    add_field(
        canvas, half=frame.half, galaxies=0.008 * density, stars=0.0022 * density,
        clear=1.5 * canvas.radius, brightest=18.5,
    )  # fmt: skip
    scene = blurred(canvas.scene, frame, SEEING * float(rng.uniform(0.85, 1.15)))
    scene += noise(rng, frame)
    return rgb(scene, STRETCH)


def noise(rng: np.random.Generator, frame: Frame) -> Floats:
    """Return sky noise, shape (3, side, side): that of 128 by 128 pixels, binned or spread.

    Where those are finer than the camera's, their noise is that of the camera's.
    """
    pixel = max(2 * frame.half / FINEST, CAMERA_PIXEL)
    sigma = sky_noise(DEPTHS, APERTURE, pixel) * float(rng.uniform(0.8, 1.3))
    drawn = in_bands(sigma) * rng.normal(size=(3, FINEST, FINEST))
    if frame.side <= FINEST:
        return binned(drawn, FINEST // frame.side)
    factor = frame.side // FINEST
    return np.asarray(zoom(drawn, (1, factor, factor), order=1, mode="nearest", grid_mode=True))


def picture(rng: np.random.Generator, label: str, *, side: int = SIDE) -> Pixels:
    """Return the picture of a galaxy of this shape, uint8, shape (side, side, 3)."""
    canvas = new_canvas(rng, side)
    SHAPES[label](canvas).paint(canvas)
    return exposed(canvas)


COUNTS = {ROUND: 140, CIGAR: 119, EDGE_ON: 100, SPIRAL: 141}
TESTING = Listing("morphology", SEED, COUNTS)
MORE = {label: 16 * count for label, count in COUNTS.items()}
TRAINING = Listing("morphology-train", TRAINING_SEED, MORE, "train")
SKY, TRAINING_SKY = TESTING.sky(picture), TRAINING.sky(picture)
LARGE_SKY = TESTING.sky(partial(picture, side=LARGE_SIDE), "morphology-256")
"""The same galaxies under the same ids, at 256 pixels."""

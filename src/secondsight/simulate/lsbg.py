"""A simulated sky of low-surface-brightness galaxies (LSBGs) and what is taken for one.

Pictures of 64 by 64 pixels and 30 seconds of arc, at the depth of the Dark Energy Survey (DES),
with the Legacy Surveys' colours. Label "1" is an LSBG, "0" an artifact.

References
----------
Tanoglidis et al. 2021, ApJS 252, 18: half-light radius above 2.5 seconds, mean surface brightness
in g fainter than 24.2, Sérsic index near 1, and colours red and blue that part at g-i = 0.6.
Abbott et al. 2021, ApJS 255, 20: depth of DES at ten sigma within 1.95 seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter1d

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate.galaxies import (
    Knots,
    add_field,
    add_knots,
    away,
    bright_star,
    disc_with_arms,
    draw_arms,
    draw_magnitude,
    place_on_arms,
)
from secondsight.simulate.listing import Listing
from secondsight.simulate.optics import (
    Canvas,
    Ellipse,
    Frame,
    Position,
    Stretch,
    blurred,
    cut,
    flux,
    fluxes,
    in_bands,
    rgb,
    sersic,
    sky_noise,
)
from secondsight.simulate.seed import generator

ARTIFACT, GALAXY = "0", "1"
SEED, TRAINING_SEED = 20_210_218, 20_201_124
SCALE = 30 / 64
FRAME = Frame(64, SCALE, margin=9)
DEPTHS, APERTURE = (24.7, 24.4, 23.1), 1.95
RESAMPLED = 0.5
"""How wide, in pixels, the Gaussian is by which a picture was resampled from the camera's."""

SMALLEST, MEDIAN_RADIUS, SPREAD = 2.5, 3.6, 0.34
BRIGHTEST = 24.2
SHARE_OF_BLUE = 0.66
"""The share of blue ones among LSBGs."""

KINDS = {
    "halo of a galaxy": 0.19,
    "halo of a star": 0.12,
    "reflection": 0.06,
    "cirrus": 0.07,
    "blend": 0.15,
    "spiral arm": 0.13,
    "off-centre": 0.14,
    "compact galaxy": 0.14,
}
"""The kinds of artifacts, and the share of each."""


@dataclass
class Cutout(Canvas):
    """A picture in the making."""

    fwhm: float  # seeing, in seconds
    seen: Floats = field(init=False)  # as the camera has it: halos, reflections; as `scene`

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seen = self.frame.empty()


# ------------------------------------------------------------------------------- the galaxies


def draw_radius(rng: np.random.Generator) -> float:
    """Return a half-light radius in seconds, above 2.5."""
    while True:
        radius = float(rng.lognormal(np.log(MEDIAN_RADIUS), SPREAD))
        if radius > SMALLEST:
            return radius


def draw_mu(rng: np.random.Generator) -> float:
    """Return a mean surface brightness in g within the half-light radius, 24.2 to 27."""
    return BRIGHTEST + float(min(rng.gamma(1.5, 0.5), 2.8))


def total(mu: float, radius: float, q: float) -> float:
    """Return the magnitude of a galaxy from its mean brightness within the half-light ellipse."""
    return mu - 2.5 * float(np.log10(2 * np.pi * radius**2 * q))


@dataclass(frozen=True)
class Hue:
    """What diffuse galaxies of one colour are drawn from."""

    g_i: float  # mean colour
    q: float  # mean axis ratio
    knots: float  # greatest share of the light in knots
    side: tuple[float, float]  # least and greatest share in the lopsided part
    away: float  # how far off the centre that lies, in half-light radii (standard deviation)
    nucleus: float  # share of the galaxies with a nucleus


RED = Hue(g_i=0.84, q=0.74, knots=0.0, side=(0.05, 0.15), away=0.12, nucleus=0.3)
BLUE = Hue(g_i=0.46, q=0.66, knots=0.22, side=(0.1, 0.35), away=0.28, nucleus=0.12)


def add_diffuse(
    canvas: Cutout, hue: Hue, at: Position, mu: float, radius: float, rough: float = 1.0
) -> None:
    """Add a diffuse galaxy: a smooth body, and for a blue one knots and a lopsided part.

    `mu` is the mean surface brightness in g within the half-light radius, in seconds; `rough` how
    strong knots and lopsidedness are, usually 1.
    """
    rng = canvas.rng
    g_i, q = float(rng.normal(hue.g_i, 0.11)), float(np.clip(rng.normal(hue.q, 0.16), 0.3, 1))
    n = float(np.clip(rng.lognormal(np.log(0.95), 0.3), 0.5, 2.0))
    angle, light = float(rng.uniform(0, np.pi)), fluxes(total(mu, radius, q), g_i)
    knots = rough * float(rng.uniform(0, hue.knots)) if hue.knots else 0.0
    side = float(rng.uniform(*hue.side))
    away = radius * rng.normal(0, hue.away, 2) * rough
    off = (at[0] + float(away[0]), at[1] + float(away[1]))
    body = (1 - side - knots) * sersic(FRAME, Ellipse(radius, q, angle, at), n)
    lopsided = Ellipse(0.6 * radius, min(q + 0.1, 1), angle + 0.3, off)
    canvas.scene += in_bands(light) * (body + side * sersic(FRAME, lopsided, 1.0))
    add_clumps(canvas, light * knots, radius, at)
    if rng.random() < hue.nucleus:
        canvas.add_compact(fluxes(float(rng.uniform(22.9, 25.0)), g_i + 0.1), Ellipse(0.0, at=at))


def add_clumps(canvas: Cutout, light: Floats, radius: float, at: Position) -> None:
    """Share `light`, shape (3,), among a few bluer clumps within a galaxy."""
    rng = canvas.rng
    for share in rng.dirichlet(np.full(int(rng.integers(2, 7)), 1.5)):
        place = rng.normal(0, 0.55 * radius, 2)
        there = (at[0] + float(place[0]), at[1] + float(place[1]))
        bluer = light * share * np.array([1.15, 1.0, 0.7])
        canvas.add_compact(bluer, Ellipse(float(rng.uniform(0.35, 0.9)), at=there))


def add_lsbg(canvas: Cutout, hue: Hue) -> None:
    """Add an LSBG near the middle of the picture; some blue ones show faint arms."""
    rng = canvas.rng
    at = (float(rng.normal(0, 0.35)), float(rng.normal(0, 0.35)))
    radius, mu = draw_radius(rng), draw_mu(rng)
    if hue is BLUE and rng.random() < 0.15:
        add_faint_spiral(canvas, at, mu, radius)
    else:
        add_diffuse(canvas, hue, at, mu, radius)


def add_faint_spiral(canvas: Cutout, at: Position, mu: float, radius: float) -> None:
    """Add a face-on disc of low brightness with weak arms and a small bulge."""
    rng = canvas.rng
    ellipse = Ellipse(radius / 1.678, float(rng.uniform(0.55, 1)), float(rng.uniform(0, np.pi)), at)
    light = fluxes(total(mu, radius, ellipse.q), float(rng.normal(0.45, 0.1)))
    arms = draw_arms(rng, (15, 40), float(rng.uniform(0.2, 0.7)))
    disc, crests = disc_with_arms(FRAME, ellipse, arms)
    canvas.scene += in_bands(light * 0.93) * disc
    canvas.scene += in_bands(light * np.array([1.1, 1.0, 0.85])) * crests
    canvas.add_compact(light * 0.07 * np.array([0.8, 1.0, 1.1]), Ellipse(0.6, at=at))


# ------------------------------------------------------------------------------ the artifacts


def add_early_type(canvas: Cutout, at: Position, g: float) -> None:
    """Add a bright elliptical or lenticular galaxy with its extended envelope."""
    rng = canvas.rng
    radius = float(rng.lognormal(np.log(2.6), 0.3)) * 10 ** (-0.13 * (g - 17.5))
    light = fluxes(g, float(rng.normal(1.12, 0.12)))
    ellipse = Ellipse(radius, float(rng.uniform(0.5, 1)), float(rng.uniform(0, np.pi)), at)
    canvas.scene += in_bands(light) * sersic(FRAME, ellipse, float(rng.uniform(2, 4.5)))


def add_halo_of_galaxy(canvas: Cutout) -> None:
    """Add the outskirts of one or two bright galaxies, detected as if a source of their own."""
    rng = canvas.rng
    add_early_type(canvas, away(rng, 5, 18), draw_magnitude(rng, 15.5, 19.2, 0.35))
    if rng.random() < 0.25:
        add_early_type(canvas, away(rng, 8, 20), draw_magnitude(rng, 16.5, 19.5, 0.35))
    if rng.random() < 0.65:
        add_diffuse_scrap(canvas)


def add_diffuse_scrap(canvas: Cutout) -> None:
    """Add a small faint smudge near the middle: a tidal shred or a faint far galaxy."""
    rng = canvas.rng
    radius, mu = float(rng.uniform(1.3, 3.4)), float(rng.uniform(24.2, 25.6))
    hue = RED if rng.random() < 0.5 else BLUE
    add_diffuse(canvas, hue, away(rng, 0, 2.5), mu, radius, rough=1.6)


def add_halo_of_star(canvas: Cutout) -> None:
    """Add a bright star near or beyond the picture's edge, with halo and spikes."""
    rng = canvas.rng
    near = rng.random() < 0.35
    g = float(rng.uniform(14.5, 17.5) if near else rng.uniform(11.5, 16))
    at = away(rng, 0.5, 9) if near else away(rng, 11, 24)
    canvas.seen += bright_star(canvas, at, g, canvas.fwhm)


def add_reflection(canvas: Cutout) -> None:
    """Add a part of a ring or disc that light makes by way of the optics, in its own colour."""
    rng = canvas.rng
    centre, radius = away(rng, 2, 22), float(rng.uniform(7, 24))
    right, down = FRAME.offsets(centre)
    out = np.hypot(right, down)
    inner = radius * float(rng.uniform(0, 0.75))
    soft = float(rng.uniform(0.5, 1.8))
    ring = 1 / (1 + np.exp((out - radius) / soft)) / (1 + np.exp((inner - out) / soft))
    shade = 1 + 0.5 * float(rng.uniform(-1, 1)) * right / radius
    tint = rng.uniform(0.4, 1.8, 3) * np.array([1.0, 1.35, 1.7])
    level = flux(float(rng.uniform(25.0, 26.4)))
    canvas.seen += level * in_bands(tint) * (ring * shade)


def add_cirrus(canvas: Cutout) -> None:
    """Add dust of the Milky Way that reflects starlight: threads of a power-law random field.

    Notes
    -----
    The power spectrum falls with the 2.9th power of the frequency (Miville-Deschênes et al. 2016,
    A&A 593, A4); ridges of a second field, stretched in one direction, give the threads.
    """
    rng = canvas.rng
    smooth, threads = random_field(rng, 1.0), random_field(rng, float(rng.uniform(2, 4)))
    ridge = np.exp(-np.abs(threads) / float(rng.uniform(0.25, 0.6)))
    dust = np.exp(0.5 * smooth) * (0.25 + ridge)
    dust = with_brightest_near_middle(rng, dust / dust.max())
    g_r = float(rng.normal(0.55, 0.1))
    tint = np.array([1.0, 10 ** (0.4 * g_r), 10 ** (0.4 * (g_r + 0.2))])
    level = flux(float(rng.uniform(24.6, 26.0)))
    canvas.scene += level * in_bands(tint) * dust


def with_brightest_near_middle(rng: np.random.Generator, dust: Floats) -> Floats:
    """Return a periodic field, shape (width, width), moved: its brightest clump is near the middle.

    There the search for sources found it.
    """
    smooth = gaussian_filter1d(gaussian_filter1d(dust, 3.0, axis=0, mode="wrap"), 3.0, mode="wrap")
    row, column = divmod(int(smooth.argmax()), dust.shape[1])
    down, right = (rng.normal(0, 3.0, 2)).round().astype(int).tolist()
    middle = dust.shape[0] // 2
    return np.roll(dust, (middle - row + down, middle - column + right), axis=(0, 1))


def random_field(rng: np.random.Generator, stretched: float) -> Floats:
    """Return a Gaussian random field of power-law spectrum, shape (width, width), mean 0, sigma 1.

    Its structures are `stretched` times longer along a random direction than across.
    """
    width = FRAME.width
    across, along = np.fft.fftfreq(width)[:, np.newaxis], np.fft.rfftfreq(width)[np.newaxis, :]
    angle = float(rng.uniform(0, np.pi))
    first = along * np.cos(angle) + across * np.sin(angle)
    second = across * np.cos(angle) - along * np.sin(angle)
    frequency = np.hypot(first * stretched, second)
    amplitude = np.maximum(frequency, 0.5 / width) ** -1.45
    drawn = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(width, width))) * amplitude)
    return np.asarray((drawn - drawn.mean()) / drawn.std())


def add_blend(canvas: Cutout) -> None:
    """Add compact sources so close together that their light was taken for one diffuse source."""
    rng = canvas.rng
    for _ in range(int(rng.integers(3, 8))):
        place = rng.normal(0, rng.uniform(1.2, 2.6), 2)
        g, size = float(rng.uniform(22.8, 25.2)), float(rng.uniform(0.3, 1.1))
        g_i = float(rng.choice([rng.normal(1.5, 0.4), rng.normal(0.6, 0.2)]))
        at = (float(place[0]), float(place[1]))
        canvas.add_compact(fluxes(g, g_i), Ellipse(size, float(rng.uniform(0.4, 1)), at=at))
    if rng.random() < 0.6:
        add_diffuse_scrap(canvas)


KNOTS = Knots(share=(0.004, 0.7), size=(0.3, 0.7))


def add_arm(canvas: Cutout) -> None:
    """Add a spiral galaxy beside the middle, so that one of its arms or knots lies there."""
    rng = canvas.rng
    q, g = float(rng.uniform(0.4, 1)), draw_magnitude(rng, 16.3, 19.5, 0.3)
    length = float(rng.uniform(1.6, 5.5))
    g = max(g, total(23.0, 1.678 * length, q))
    angle, light = float(rng.uniform(0, np.pi)), fluxes(g, float(rng.normal(0.6, 0.12)))
    arms = draw_arms(rng, (12, 35), float(rng.uniform(0.4, 0.85)))
    places = place_on_arms(rng, 16, Ellipse(length, q, angle), arms)
    near = max(places, key=lambda place: min(np.hypot(*place), 14))
    at = (-near[0], -near[1])
    disc, crests = disc_with_arms(FRAME, Ellipse(length, q, angle, at), arms)
    bluer = light * np.array([1.2, 1.0, 0.75])
    canvas.scene += in_bands(light * 0.85) * disc + in_bands(bluer) * crests
    bulge = fluxes(g + float(rng.uniform(1.8, 3.5)), 1.0)
    inner = Ellipse(0.25 * length, 0.5 + q / 2, angle, at)
    canvas.scene += in_bands(bulge) * sersic(FRAME, inner, 2.0)
    there = [(at[0] + right, at[1] + down) for right, down in places]
    add_knots(canvas, KNOTS, there, bluer)


def add_off_centre(canvas: Cutout) -> None:
    """Add a diffuse galaxy away from the middle, which a detection of a part of it missed."""
    rng = canvas.rng
    at, radius = away(rng, 1.6, 7.0), draw_radius(rng) * float(rng.uniform(0.8, 1.5))
    hue = RED if rng.random() > SHARE_OF_BLUE else BLUE
    add_diffuse(canvas, hue, at, draw_mu(rng) - 0.1, radius, rough=1.6)


def add_compact_galaxy(canvas: Cutout) -> None:
    """Add an ordinary small galaxy near the middle: too bright or too small for an LSBG."""
    rng = canvas.rng
    small = rng.random() < 0.5
    radius = float(rng.uniform(1.2, 2.1) if small else rng.uniform(2.0, 3.2))
    mu = float(rng.uniform(23.2, 24.6) if small else rng.uniform(23.0, 23.9))
    hue = RED if rng.random() < 0.4 else BLUE
    add_diffuse(canvas, hue, away(rng, 0, 1.2), mu, radius)


ARTIFACTS: dict[str, Callable[[Cutout], None]] = {
    "halo of a galaxy": add_halo_of_galaxy,
    "halo of a star": add_halo_of_star,
    "reflection": add_reflection,
    "cirrus": add_cirrus,
    "blend": add_blend,
    "spiral arm": add_arm,
    "off-centre": add_off_centre,
    "compact galaxy": add_compact_galaxy,
}
GALAXIES: dict[str, Callable[[Cutout], None]] = {
    "blue LSBG": partial(add_lsbg, hue=BLUE),
    "red LSBG": partial(add_lsbg, hue=RED),
}


# -------------------------------------------------------------------------------- the picture


def add_surroundings(canvas: Cutout, *, guest: float) -> None:
    """Add the field, and near the edge a bright star or galaxy, each as likely as `guest` says."""
    rng = canvas.rng
    add_field(canvas, half=16.5, galaxies=19, stars=0.8, clear=4.0)
    if rng.random() < guest:
        add_early_type(canvas, away(rng, 10, 17), draw_magnitude(rng, 16.3, 19.5, 0.3))
    if rng.random() < guest:
        g, at = draw_magnitude(rng, 14.5, 19.0, 0.15), away(rng, 9.5, 18)
        canvas.seen += bright_star(canvas, at, g, canvas.fwhm)


def picture(rng: np.random.Generator, kind: str) -> Pixels:
    """Return the picture of an LSBG or artifact, uint8, shape (64, 64, 3)."""
    canvas = Cutout(FRAME, rng, fwhm=float(rng.normal(0.98, 0.08)))
    galaxy = kind in GALAXIES
    (GALAXIES | ARTIFACTS)[kind](canvas)
    add_surroundings(canvas, guest=0.27 if galaxy else 0.06)
    scene = blurred(canvas.scene, FRAME, canvas.fwhm) + cut(canvas.seen, FRAME)
    noise = in_bands(sky_noise(DEPTHS, APERTURE, SCALE) * float(rng.uniform(0.85, 1.25)))
    scene += noise * rng.normal(size=scene.shape)
    scene += noise * rng.normal(0, 0.15, (3, 1, 1))
    for axis in (1, 2):
        scene = gaussian_filter1d(scene, RESAMPLED, axis=axis, mode="nearest", truncate=4.0)
    return rgb(scene, Stretch())


class Pictures(Listing):
    """A listing whose images are of several kinds of galaxies and artifacts."""

    def rows(self) -> pd.DataFrame:
        """Return one row an image, with its `kind` beside its `label`."""
        table = super().rows()
        rng = generator(self.seed, self.name, "kinds")
        artifact = rng.choice(list(KINDS), len(table), p=list(KINDS.values()))
        galaxy = np.where(rng.random(len(table)) < SHARE_OF_BLUE, "blue LSBG", "red LSBG")
        kinds = np.where(table["label"] == GALAXY, galaxy, artifact)
        return table.assign(kind=kinds.astype(object))


TESTING = Pictures("lsbg", SEED, {ARTIFACT: 236, GALAXY: 264}, shows="kind")
TRAINING = Pictures(
    "lsbg-train", TRAINING_SEED, {ARTIFACT: 4000, GALAXY: 4000}, "train", shows="kind"
)
SKY, TRAINING_SKY = TESTING.sky(picture), TRAINING.sky(picture)

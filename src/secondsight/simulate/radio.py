"""Radio galaxies of the types FR I and FR II as the FIRST survey would show them.

A source is two arms that leave the host on opposite sides. Along each arm the brightness rises to
one peak and falls from there to the arm's end. Where the peaks stand decides the type: if the
distance between them, along the arms, is less than half of the total extent, it is an FR I,
otherwise an FR II (Fanaroff & Riley 1974). Everything else differs between the types only in how
often it happens: FR I arms widen from the core and bend, FR II arms end in hotspots and are
widest behind them.

The beam, the pixels and the noise are those of FIRST (Becker, White & Helfand 1995). Sources have
at least 40 mJy, the limit of the sample that MiraBest is taken from (Miraghaei & Best 2017;
Porter & Scaife 2023), and images are cut at three times the noise and scaled as theirs are.
The shares, widths and bends are chosen so that images of both look alike side by side; no real
image is read.

References
----------
Fanaroff & Riley 1974, MNRAS 167, 31P; Scheuer & Readhead 1979, Nature 277, 182; Becker, White &
Helfand 1995, ApJ 450, 559; Miraghaei & Best 2017, MNRAS 466, 4346; Porter & Scaife 2023,
RASTI 2, 293.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate.seed import generator
from secondsight.simulate.sky import Sky

SEED = 19740
TRAINING_SEED = 19950
COUNT = 500
TRAINING_COUNT = 3_000

SIDE = 150
"""Pixels on a side."""
FIELD = 300
"""Pixels on a side of the field whose brightest point sets the scale of grey."""
PIXEL = 1.8
"""Arcseconds."""
BEAM = 5.4 / PIXEL / np.sqrt(8 * np.log(2))
"""Standard deviation of the beam, in pixels; its full width at half maximum is 5.4 arcsec."""
NOISE = 0.15
"""Root mean square, in mJy a beam."""
CUT = 3 * NOISE
"""What is fainter becomes black, in mJy a beam."""
SMALLEST_FLUX, LARGEST_FLUX = 40.0, 3_000.0
"""Total flux density at 1.4 GHz, in mJy."""
NEIGHBOURS = 90 * (FIELD * PIXEL / 3600) ** 2
"""Other sources above 1 mJy in the field, on average: 90 a square degree."""
SHARE_OF_FR_I = 0.44
SPECTRAL_INDEX = 0.7
STEPS = 200
"""Points along an arm."""
NARROW = 0.6
"""By how much the brightest region is narrower than what surrounds it, as a share."""
KNOT = 0.04
"""Length of a knot, as a share of the arm's."""
FR_I, FR_II = "0", "1"

Bends = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Arm:
    """One side of a source."""

    length: float  # along the arm, in pixels, as seen on the sky
    peak: float  # where it is brightest, as a share of its length
    inward: float  # how fast the brightness falls from the peak to the core (sigma), as a share
    outward: float  # and to the end
    diffuse: float  # brightness of the tail or lobe beside that of the peak, 0 to 1
    start: float  # where the emission begins, as a share of the length
    width: tuple[float, float, float]  # sigma across, in pixels: start, middle, end
    flux: float  # in mJy
    bend: float  # by how much the direction turns up to the end, steadily; radians
    twist: float  # and late
    wiggle: float  # by how much it turns to and fro, radians
    waves: float  # and how often
    clumps: float  # how deep the gaps between the knots are, 0 to 1


@dataclass(frozen=True)
class Source:
    """What is true of one radio galaxy."""

    arms: tuple[Arm, Arm]  # the approaching one first
    angle: float  # direction of the first arm, radians
    core: float  # flux density of the core, in mJy
    flux: float  # total flux density, in mJy
    inclination: float  # between the axis and the line of sight, radians
    offset: tuple[float, float]  # of the host from the image's centre, in pixels

    @property
    def separation(self) -> float:
        """Distance of the two brightest regions over the total extent, along the arms."""
        lengths = [arm.length for arm in self.arms]
        return sum(arm.peak * arm.length for arm in self.arms) / sum(lengths)

    @property
    def label(self) -> str:
        """``"0"``, FR I, if the separation is less than half of the extent; else ``"1"``."""
        return FR_I if self.separation < 0.5 else FR_II

    @property
    def size(self) -> float:
        """Total extent along the arms, in arcseconds."""
        return PIXEL * sum(arm.length for arm in self.arms)


# -------------------------------------------------------------------------------- what is drawn


@dataclass(frozen=True)
class Kind:
    """The laws that sources of one type are drawn from; angles in radians."""

    extent: tuple[float, float]  # median in arcsec, seen from the side; spread of the logarithm
    speed: float  # greatest of the jets', over that of light
    tilt: float  # spread of the logarithm of how much brighter one arm is of itself
    core: tuple[float, float, float]  # share of the flux: median, spread of the logarithm, greatest
    cores: float  # share of the sources that have a core
    courses: tuple[float, float, float]  # shares of straight arms, bent to one side (C), to two (S)
    bend: float  # spreads of the arms' bend, twist and wiggle
    twist: float
    wiggle: float
    waves: tuple[float, float]  # least and greatest
    peak: tuple[float, float, float, float]  # x + y beta(a, b), the same for both arms
    peaks: tuple[float, float, float]  # an arm's own: spread beside the common one, least, greatest
    diffuse: tuple[float, float, float, float]
    diffuses: tuple[float, float, float]
    clumps: tuple[float, float, float, float]
    width: tuple[float, float]  # over the length: median, spread of the logarithm
    widths: Callable[[float, float], tuple[float, float, float]]  # from that and the length
    falls: Callable[[np.random.Generator, float], tuple[float, float]]  # from the peak's place
    start: Callable[[np.random.Generator], float]


def _jet_falls(chance: np.random.Generator, _: float) -> tuple[float, float]:
    return float(chance.uniform(0.06, 0.2)), float(chance.uniform(0.06, 0.35))


def _hotspot_falls(chance: np.random.Generator, peak: float) -> tuple[float, float]:
    hotspot = float(chance.uniform(0.03, 0.14))
    return hotspot, min(hotspot, 0.5 * (1 - peak) + 0.01)


JETS = Kind(
    extent=(85.0, 0.55), speed=0.45, tilt=0.25, core=(0.12, 0.9, 0.6), cores=1.0,
    courses=(0.55, 0.3, 0.15), bend=0.9, twist=0.6, wiggle=0.25, waves=(0.7, 2.0),
    peak=(0.03, 0.62, 1.3, 2.6), peaks=(0.05, 0.02, 0.7),
    diffuse=(0.0, 1.0, 1.6, 3.0), diffuses=(0.1, 0.02, 0.9), clumps=(0.0, 1.0, 3.0, 1.5),
    width=(0.10, 0.45), widths=lambda wide, length: (0.25, 0.6 * wide * length, wide * length),
    falls=_jet_falls, start=lambda _: 0.0,
)  # fmt: skip
"""FR I: jets that flare into plumes or tails."""

LOBES = Kind(
    extent=(56.0, 0.75), speed=0.12, tilt=0.4, core=(0.02, 1.0, 0.3), cores=0.7,
    courses=(0.85, 0.1, 0.05), bend=0.35, twist=0.15, wiggle=0.06, waves=(0.5, 1.0),
    peak=(0.98, -0.6, 1.2, 4.2), peaks=(0.04, 0.3, 0.985),
    diffuse=(0.0, 0.5, 1.3, 3.5), diffuses=(0.06, 0.0, 0.6), clumps=(0.0, 0.8, 1.5, 2.5),
    width=(0.11, 0.5),
    widths=lambda wide, length: (0.7 * wide * length, wide * length, 0.5 * wide * length),
    falls=_hotspot_falls, start=lambda chance: float(chance.choice([0, chance.uniform(0.1, 0.6)])),
)  # fmt: skip
"""FR II: hotspots near the ends, and lobes that flow back from them."""


def draw_source(chance: np.random.Generator) -> Source:
    """Draw a radio galaxy.

    Notes
    -----
    The axis points anywhere: the cosine of the inclination is uniform, but for the 25 degrees
    around the line of sight, where the core outshines everything else. The receding side of a jet
    of speed beta is fainter by ``((1 + beta cos i) / (1 - beta cos i)) ** (2 + alpha)``
    (Scheuer & Readhead 1979). Fluxes follow ``N(>S) ~ S ** -1.2``.
    """
    kind = JETS if chance.random() < SHARE_OF_FR_I else LOBES
    inclination = float(np.arccos(chance.uniform(0, np.cos(np.radians(25)))))
    flux = min(SMALLEST_FLUX * (1 - chance.random()) ** (-1 / 1.2), LARGEST_FLUX)
    extent = float(kind.extent[0] * np.exp(chance.normal(0, kind.extent[1])))
    extent = float(np.clip(extent * np.sin(inclination), 14, 250)) / PIXEL
    near = _share_of_near(chance, kind, inclination)
    core = _share_of_core(chance, kind)
    bends = _bends(chance, kind)
    longer = float(1 / (1 + np.exp(chance.normal(0, 0.22))))
    lengths = extent * longer, extent * (1 - longer)
    lights = flux * (1 - core) * near, flux * (1 - core) * (1 - near)
    return Source(
        arms=_arms(chance, kind, lengths, lights, bends),
        angle=float(chance.uniform(0, 2 * np.pi)),
        core=flux * core,
        flux=flux,
        inclination=inclination,
        offset=(float(chance.normal(0, 0.6)), float(chance.normal(0, 0.6))),
    )


def _share_of_near(chance: np.random.Generator, kind: Kind, inclination: float) -> float:
    """Return the approaching arm's share of the two arms' flux."""
    beta = chance.uniform(0, kind.speed)
    boost = (1 + beta * np.cos(inclination)) / (1 - beta * np.cos(inclination))
    tilt = chance.normal(0, kind.tilt)
    return float(1 / (1 + boost ** -(2 + SPECTRAL_INDEX) * np.exp(tilt)))


def _share_of_core(chance: np.random.Generator, kind: Kind) -> float:
    median, spread, greatest = kind.core
    share = float(np.clip(median * np.exp(chance.normal(0, spread)), 0, greatest))
    return share if kind.cores == 1 or chance.random() < kind.cores else 0.0


def _bends(chance: np.random.Generator, kind: Kind) -> Bends:
    """Return each arm's bend and twist."""
    course = chance.choice(3, p=kind.courses)
    size = min(abs(chance.normal(0, kind.bend)), 1.6) * (course > 0)
    late = chance.normal(0, kind.twist, 2)
    little = chance.normal(0, 0.08, 2)
    other = -size if course == 1 else size
    return (float(size + little[0]), float(late[0])), (float(other + little[1]), float(late[1]))


def _arms(
    chance: np.random.Generator,
    kind: Kind,
    lengths: tuple[float, float],
    lights: tuple[float, float],
    bends: Bends,
) -> tuple[Arm, Arm]:
    """Return arms of these lengths in pixels, fluxes in mJy, and (bend, twist) in radians."""
    peak, diffuse = _drawn(chance, kind.peak), _drawn(chance, kind.diffuse)
    width = float(np.exp(chance.normal(np.log(kind.width[0]), kind.width[1])))
    clumps = _drawn(chance, kind.clumps)

    def arm(length: float, flux: float, bend: tuple[float, float]) -> Arm:
        wide = width * float(np.exp(chance.normal(0, 0.2)))
        place = _beside(chance, peak, kind.peaks)
        inward, outward = kind.falls(chance, place)
        return Arm(
            length=length,
            peak=place,
            inward=inward,
            outward=outward,
            diffuse=_beside(chance, diffuse, kind.diffuses),
            start=kind.start(chance),
            width=kind.widths(wide, length),
            flux=flux,
            bend=bend[0],
            twist=bend[1],
            wiggle=float(abs(chance.normal(0, kind.wiggle))),
            waves=float(chance.uniform(*kind.waves)),
            clumps=clumps,
        )

    return arm(lengths[0], lights[0], bends[0]), arm(lengths[1], lights[1], bends[1])


def _drawn(chance: np.random.Generator, law: tuple[float, float, float, float]) -> float:
    zero, factor, a, b = law
    return zero + factor * float(chance.beta(a, b))


def _beside(chance: np.random.Generator, common: float, law: tuple[float, float, float]) -> float:
    spread, least, greatest = law
    return float(np.clip(common + chance.normal(0, spread), least, greatest))


# ------------------------------------------------------------------------------- how it is seen


def profile(chance: np.random.Generator, arm: Arm) -> tuple[Floats, Floats, Floats]:
    """Return an arm from its start to its end, three arrays of shape (STEPS,).

    They are shares of its length; the surface brightness on the ridge line, 1 at the peak, where it
    is greatest; and the standard deviation across the arm, in pixels.
    """
    along = (np.arange(STEPS) + 0.5) / STEPS
    away = along - arm.peak
    spread = np.where(away < 0, arm.inward, arm.outward)
    spike = np.exp(-0.5 * (away / spread) ** 2)
    fading = np.clip(1 - 0.6 * np.abs(away), 0, 1)
    begun = 1 / (1 + np.exp(-(along - arm.start) / 0.04)) if arm.start else np.ones(STEPS)
    base = spike + (1 - spike) * arm.diffuse * fading * begun
    knots = gaussian_filter(chance.normal(0, 1, STEPS), KNOT * STEPS, mode="nearest")
    knots = np.clip(0.5 + knots / (3 * knots.std()), 0, 1)
    brightness = base * (1 - arm.clumps * knots * (1 - spike))
    width = np.interp(along, (0, 0.5, 1), arm.width) * (1 - NARROW * spike)
    return along, brightness, width


def ridge(arm: Arm, along: Floats) -> tuple[Floats, Floats]:
    """Return x and y of the ridge line of an arm that starts along x, in pixels from the core.

    They are of the shape (n,), as are the evenly spaced shares of its length.
    """
    direction = arm.bend * along + arm.twist * along**3
    direction = direction + arm.wiggle * np.sin(2 * np.pi * (along * arm.waves))
    step = arm.length * np.gradient(along)
    return np.cumsum(step * np.cos(direction)), np.cumsum(step * np.sin(direction))


Light = tuple[Floats, Floats, Floats, Floats]
"""Round Gaussians: x and y from the centre, sigma, all in pixels, and flux in mJy; shape (n,)."""


def noiseless(source: Source, chance: np.random.Generator, side: int = SIDE) -> Floats:
    """Return the sky as the beam sees it, without noise, in mJy a beam; shape (side, side).

    Every point along an arm is a round Gaussian, so that the beam only widens it.
    """
    angles = source.angle, source.angle + np.pi
    lit = [light_of(chance, arm, angle) for arm, angle in zip(source.arms, angles, strict=True)]
    return through_beam([light_of_core(source.core), *lit], source.offset, side)


def light_of_core(flux: float, width: float = 0.0) -> Light:
    """Return a spot at the host: its flux in mJy, its sigma in pixels."""
    return np.zeros(1), np.zeros(1), np.full(1, width), np.array([flux])


def light_of(chance: np.random.Generator, arm: Arm, angle: float) -> Light:
    """Return the light of an arm that leaves the host at an angle, in radians."""
    along, brightness, width = profile(chance, arm)
    across = chance.normal(0, 0.5, (2, STEPS)) * width
    patches = np.exp(chance.normal(0, arm.clumps, STEPS))
    weight = brightness * width * patches
    x, y = turned(ridge(arm, along), angle)
    return x + across[0], y + across[1], width, arm.flux * weight / weight.sum()


def turned(places: tuple[Floats, Floats], angle: float) -> tuple[Floats, Floats]:
    """Return x and y turned about the host by an angle, in radians."""
    (x, y), cos, sin = places, np.cos(angle), np.sin(angle)
    return cos * x - sin * y, sin * x + cos * y


def through_beam(lights: Sequence[Light], offset: tuple[float, float], side: int) -> Floats:
    """Return light through the beam, in mJy a beam, shape (side, side); the host is at `offset`."""
    x, y, width, flux = (np.concatenate(part) for part in zip(*lights, strict=True))
    places = np.arange(side) - (side - 1) / 2
    variance = width**2 + BEAM**2
    columns = np.exp(-0.5 * (places[:, None] - (x + offset[0])) ** 2 / variance)
    rows = np.exp(-0.5 * (places[:, None] - (y + offset[1])) ** 2 / variance)
    return np.asarray((rows * (flux * BEAM**2 / variance)) @ columns.T)


def neighbours(chance: np.random.Generator, side: int = SIDE) -> tuple[Floats, float]:
    """Return the other sources in the image (side, side), and the peak of the brightest outside it.

    Both are in mJy a beam. That outside, 0 if there is none, takes part in the scale of grey, as
    the images are scaled before they are cut to their size.
    """
    count = int(chance.poisson(NEIGHBOURS))
    flux = np.minimum((1 - chance.random(count)) ** -1.0, 300.0)
    x, y = chance.uniform(-FIELD / 2, FIELD / 2, (2, count))
    width = chance.exponential(0.5, count)
    keep = np.hypot(x, y) > 20
    x, y, width, flux = x[keep], y[keep], width[keep], flux[keep]
    beyond = np.maximum(np.abs(x), np.abs(y)) > side / 2
    peaks = flux * BEAM**2 / (width**2 + BEAM**2)
    return through_beam([(x, y, width, flux)], (0.0, 0.0), side), float(
        peaks[beyond].max(initial=0.0)
    )


def sidelobes(chance: np.random.Generator, image: Floats) -> Floats:
    """Return what cleaning has left of the sidelobes around `image`, same shape, in mJy a beam.

    A snapshot of the Very Large Array, whose antennas stand on three lines, has a beam of six
    rays; what is left of them is some thousandths of the brightest point.
    """
    peak = np.unravel_index(image.argmax(), image.shape)
    rows, columns = np.indices(image.shape, dtype=np.float64)
    x, y = columns - peak[1], rows - peak[0]
    angle = np.arctan2(y, x) - chance.uniform(0, np.pi / 3)
    radius = np.hypot(x, y)
    rays = np.cos(3 * angle) ** 40
    waves = np.cos(radius / chance.uniform(1.5, 3.0) + chance.uniform(0, 2 * np.pi))
    left = 0.004 * float(np.exp(chance.normal(0, 0.7)))
    return np.asarray(image.max() * left * rays * waves / np.sqrt(1 + radius / 10))


def observe(source: Source, chance: np.random.Generator) -> Pixels:
    """Return the image of a source, uint8, shape (SIDE, SIDE)."""
    return exposed(noiseless(source, chance), chance)


def exposed(sky: Floats, chance: np.random.Generator) -> Pixels:
    """Return the image of what `noiseless` gives, with what else is in the field; uint8."""
    others, outside = neighbours(chance)
    sky = sky + others
    sky = sky + sidelobes(chance, sky)
    sky = sky + NOISE * beam_noise(chance)
    sky = np.where(sky < CUT, 0.0, sky)
    brightest = max(float(sky.max()), outside, CUT)
    return np.floor(255 * sky / brightest).astype(np.uint8)


def beam_noise(chance: np.random.Generator, side: int = SIDE) -> Floats:
    """Return noise of unit variance, correlated by the beam; shape (side, side)."""
    margin = 8
    white = chance.normal(0, 1, (side + 2 * margin, side + 2 * margin))
    smooth = gaussian_filter(white, BEAM)[margin:-margin, margin:-margin]
    return np.asarray(smooth * 2 * np.sqrt(np.pi) * BEAM)


# --------------------------------------------------------------------------------- the data sets


def make_source(name: str, seed: int, image_id: str) -> Source:
    """Return what is true of an image of a data set."""
    return draw_source(generator(seed, name, image_id, "source"))


def make_catalogue(name: str, seed: int, count: int, split: str) -> pd.DataFrame:
    """Return the data set's catalogue.

    It has `image_id`, `label`, `split`, and of the truth `separation` (0 to 1), `size` (arcsec),
    `flux` and `core` (mJy), `inclination` (degrees), `bend` (degrees, the greater of both arms).
    """
    image_ids = [f"{name}-{number:05d}" for number in range(count)]
    sources = [make_source(name, seed, image_id) for image_id in image_ids]
    return pd.DataFrame(
        {
            "image_id": image_ids,
            "label": [source.label for source in sources],
            "split": split,
            "separation": [source.separation for source in sources],
            "size": [source.size for source in sources],
            "flux": [source.flux for source in sources],
            "core": [source.core for source in sources],
            "inclination": np.degrees([source.inclination for source in sources]),
            "bend": np.degrees([max(abs(arm.bend) for arm in s.arms) for s in sources]),
        }
    )


def make_image(name: str, seed: int, image_id: str) -> Pixels:
    """Return the pixels of an image of a data set, uint8, shape (SIDE, SIDE)."""
    return observe(make_source(name, seed, image_id), generator(seed, name, image_id, "pixels"))


def _sky(name: str, seed: int, count: int, split: str) -> Sky:
    catalogue = partial(make_catalogue, name, seed, count, split)
    return Sky(name, catalogue, partial(make_image, name, seed))


SKY = _sky("radio", SEED, COUNT, "test")
TRAINING_SKY = _sky("radio-train", TRAINING_SEED, TRAINING_COUNT, "train")

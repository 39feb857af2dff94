"""Radio sources in a survey's variety, to train on: no data set of the book is drawn from these.

Nearly half of the sources are those of the book's radio sky. The others are compact, bent to one
side, or like the book's but fainter and brighter, fatter and thinner, more uneven, restarted (a
small double inside a large one), or a bright core between wide lobes. Two surveys' habits are
followed in how they are shown: MiraBest's (150 pixels, cut at three times the noise) and that of
the FIRST images of Griese et al. (300 pixels; their faintest grey is 1 whatever the brightest
source, so the cut was subtracted), with other scales of grey now and then.

What is said of a source is measured on the picture before noise is added, on what stands out: so it
is true of what is seen, whichever law the source was drawn from.

- Compact: it is less than `COMPACT` times as wide as the beam. Such sources, of 5 mJy and more, are
  what Baldi, Capetti & Massaro (2018) call FR 0.
- Bent: the two sides leave an angle of less than `BENT` degrees between them, and its corner is
  lit and further than a beam from the line between the ends, like tails of wide and narrow angles
  (Owen & Rudnick 1976; Proctor 2011).
- Otherwise where it is brightest, as Fanaroff & Riley (1974) measure it. The core counts by half:
  it has to outshine the two sides clearly before the eye takes the middle for the brightest part.

Shares and spreads are chosen so that pictures look like those of the half of the real images that
the model is developed on (`data/minivlm/development.csv`); no real image is read.

References
----------
Baldi, Capetti & Massaro 2018, A&A 609, A1; Becker, White & Helfand 1995, ApJ 450, 559; Capetti,
Massaro & Baldi 2017, A&A 598, A49 (FR I down to 5 mJy); Fanaroff & Riley 1974, MNRAS 167, 31P;
Griese, Kummer & Rustige 2023, Data in Brief 47, 108974; Owen & Rudnick 1976, ApJ 205, L1; Proctor
2011, ApJS 194, 31; Saripalli et al. 2012, ApJS 199, 27 (restarted sources).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import map_coordinates

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate import radio
from secondsight.simulate.radio import BEAM, NOISE, STEPS, Arm

SHARES = {"book": 0.44, "varied": 0.22, "bent": 0.22, "compact": 0.12}
"""What sources are drawn from; the book's are shown as the book shows them."""
FAINTEST, BRIGHTEST = 8.0, 1_500.0
"""Total flux densities in mJy; their logarithms are spread evenly."""
COMPACT, RESOLVED, LONG = 1.15, 1.35, 2.0
"""Widths of a source in beams: below the first it is compact, from the second it is not; only from
the third is it said to be brightest inside, as the beam makes a peak of whatever is smaller."""
BENT, OPPOSITE = 125.0, 145.0
"""Angles between the two sides: below the first they are bent, from the second they are not."""
SWEEP = BEAM * np.sqrt(8 * np.log(2))
"""Pixels, the beam's width at half maximum: a smaller bend isn't seen."""
LIT = 0.1
"""Brightness of the host beside that of the fainter side, from which the bend has a corner."""
SIDES = (150, 300)
TRIES = 20
FEWEST = 5
"""With fewer pixels above the noise than this, nothing is said of a source."""


@dataclass(frozen=True)
class Spread:
    """A source of any number of arms; the first two are its sides."""

    arms: tuple[Arm, ...]
    angles: tuple[float, ...]  # in which they leave the host, radians
    core: float  # in mJy
    offset: tuple[float, float] = (0.0, 0.0)  # of the host from the centre, pixels
    wide: float = 0.0  # sigma of the core, pixels

    @property
    def flux(self) -> float:
        """Total flux density, in mJy."""
        return self.core + sum(arm.flux for arm in self.arms)


@dataclass(frozen=True)
class Seen:
    """What stands out of a source, measured without noise."""

    width: float  # standard deviation along its longest direction over the beam's
    reach: float  # along both sides, in pixels
    peaks: float  # distance of the brightest parts over that
    opening: float  # angle between the sides, degrees; 180 where there are not two
    sweep: float  # of the host from the line between the sides' ends, pixels; 0 if it is dark there
    gap: float  # the faintest between the two brightest parts over the fainter of them

    @property
    def main(self) -> str | None:
        """The main fact, by its key in the phrase bank; None if it lies between two."""
        if self.width < COMPACT:
            return "compact"
        if self.width < RESOLVED or BENT <= self.opening < OPPOSITE:
            return None
        if self.opening < BENT:
            return "bent_tails" if self.sweep > SWEEP else None
        if self.peaks >= 0.5:
            return "ends_bright"
        return "core_bright" if self.width > LONG else None


@dataclass(frozen=True)
class Picture:
    """A picture, and what is true of it."""

    pixels: Pixels
    main: str
    spread: Spread
    seen: Seen


def draw_picture(chance: np.random.Generator) -> Picture:
    """Draw a source and its picture; sources whose main fact lies between two are passed over."""
    for _ in range(TRIES):
        kind = str(chance.choice(list(SHARES), p=list(SHARES.values())))
        spread = DRAW[kind](chance)
        side = SIDES[int(kind != "book" and chance.random() < 0.5)]
        light = noiseless(spread, chance, side)
        seen = measured(spread, light)
        if seen.main:
            pixels = radio.exposed(light, chance) if kind == "book" else exposed(light, chance)
            return Picture(pixels, seen.main, spread, seen)
    raise RuntimeError("no source with a clear main fact")  # pragma: no cover


# -------------------------------------------------------------------------------- what is drawn


def _book(chance: np.random.Generator, again: float = 0.0) -> Spread:
    """Return a source of the book; of those that are brightest outside some are drawn again."""
    source = radio.draw_source(chance)
    if chance.random() < again and source.label == radio.FR_II:
        source = radio.draw_source(chance)
    return Spread(source.arms, (source.angle, source.angle + np.pi), source.core, source.offset)


def _compact(chance: np.random.Generator) -> Spread:
    """Return a point, or what is smaller than the beam in every direction."""
    flux = _flux(chance)
    wide = float(chance.uniform(0, 0.6) * BEAM) * float(chance.random() < 0.6)
    return Spread((), (), flux, _offset(chance), wide)


def _varied(chance: np.random.Generator) -> Spread:
    """Return a source of the book whose laws are widened."""
    source = _book(chance, again=0.5)
    scale = _flux(chance) / source.flux
    stretch, swell = np.exp(chance.normal(0, (0.35, 0.45)))
    wiggle, clumps = abs(chance.normal(0, 0.3)), chance.uniform(0, 1.3)
    arms = [
        replace(
            arm,
            length=arm.length * stretch,
            flux=arm.flux * scale * float(np.exp(chance.normal(0, 0.4))),
            width=(arm.width[0] * swell, arm.width[1] * swell, arm.width[2] * swell),
            wiggle=arm.wiggle + wiggle,
            clumps=float(max(arm.clumps, min(clumps, 1.0))),
        )
        for arm in source.arms
    ]
    core = source.core * scale * float(np.exp(chance.normal(0, 0.8)))
    spread = Spread(tuple(arms), source.angles, core, _offset(chance))
    rare = chance.random()
    if rare < 0.1:
        return _restarted(chance, spread)
    return _with_wide_lobes(chance, spread) if rare < 0.2 else spread


def _restarted(chance: np.random.Generator, spread: Spread) -> Spread:
    """Return a source with a smaller one inside, on the same axis."""
    size, flux = chance.uniform(0.2, 0.5), chance.uniform(0.1, 0.6)
    inner = [
        replace(arm, length=arm.length * size, flux=arm.flux * flux, peak=max(arm.peak, 0.8))
        for arm in spread.arms
    ]
    return replace(spread, arms=(*spread.arms, *inner), angles=spread.angles * 2)


def _with_wide_lobes(chance: np.random.Generator, spread: Spread) -> Spread:
    """Return a bright core between lobes that have no bright end."""
    arms = [
        replace(arm, peak=float(chance.uniform(0.5, 0.8)), inward=0.2, outward=0.2,
                width=(arm.width[0], *(float(chance.uniform(0.1, 0.25)) * arm.length,) * 2))
        for arm in spread.arms
    ]  # fmt: skip
    return replace(spread, arms=tuple(arms), core=float(chance.uniform(0.1, 0.5)) * spread.flux)


def _bent(chance: np.random.Generator) -> Spread:
    """Return a source whose sides are swept to one side, at once, gradually, or both."""
    spread = _varied(chance)
    swept = (np.pi - np.radians(chance.uniform(25, 140))) / 2
    at_once = chance.uniform(0, 1)
    away = swept * at_once
    bends = [2 * swept * (1 - at_once) * float(np.exp(chance.normal(0, 0.3))) for _ in "ab"]
    arms = [
        replace(arm, bend=turn * bend, twist=0.5 * arm.twist)
        for arm, turn, bend in zip(spread.arms[:2], (1, -1), bends, strict=True)
    ]
    angles = spread.angles[0] + away, spread.angles[1] - away
    return replace(spread, arms=tuple(arms), angles=angles)


def _flux(chance: np.random.Generator) -> float:
    return float(np.exp(chance.uniform(np.log(FAINTEST), np.log(BRIGHTEST))))


def _offset(chance: np.random.Generator) -> tuple[float, float]:
    """Return a host's place: mostly the centre, sometimes some pixels beside it."""
    spread = 4.0 if chance.random() < 0.15 else 0.7
    x, y = chance.normal(0, spread, 2)
    return float(x), float(y)


DRAW = {"book": _book, "varied": _varied, "bent": _bent, "compact": _compact}


# ------------------------------------------------------------------------------- what is to see


def noiseless(spread: Spread, chance: np.random.Generator, side: int) -> Floats:
    """Return the sky as the beam sees it, without noise, in mJy a beam; shape (side, side)."""
    lights = [radio.light_of(chance, *arm) for arm in zip(spread.arms, spread.angles, strict=True)]
    core = radio.light_of_core(spread.core, spread.wide)
    return radio.through_beam([core, *lights], spread.offset, side)


def measured(spread: Spread, light: Floats) -> Seen:
    """Measure what stands out of the noise in what `noiseless` gave."""
    width = _width(light)
    if not spread.arms:
        return Seen(width, 0.0, 0.0, 180.0, 0.0, 1.0)
    half = 0.5 * spread.core
    core = radio.through_beam([radio.light_of_core(half, spread.wide)], spread.offset, len(light))
    first, second = (_followed(spread, number, light - core) for number in (0, 1))
    reach, peaks = first.reach + second.reach, first.peak + second.peak
    inner = np.concatenate([first.inner, second.inner])
    lower = min(first.inner.max(initial=0.0), second.inner.max(initial=0.0))
    gap = float(np.clip(inner.min(initial=lower), 0, None) / lower) if lower > 0 else 1.0
    sweep = _sweep(first, second) if _at_host(spread, light) > LIT * lower else 0.0
    return Seen(width, reach, peaks / max(reach, 1e-9), _opening(first, second), sweep, gap)


@dataclass(frozen=True)
class _Side:
    reach: float  # to where it is lost in the noise, along the arm, in pixels
    peak: float  # to its brightest part
    end: Floats  # the middle of its outer half, from the host
    inner: Floats  # brightness from the host to the brightest part


def _followed(spread: Spread, number: int, light: Floats) -> _Side:
    """Follow one side from the host outwards."""
    arm = spread.arms[number]
    along = (np.arange(STEPS) + 0.5) / STEPS
    x, y = radio.turned(radio.ridge(arm, along), spread.angles[number])
    middle = (len(light) - 1) / 2
    places = [y + spread.offset[1] + middle, x + spread.offset[0] + middle]
    bright = map_coordinates(light, places, order=1)
    shown = np.flatnonzero(bright > 3 * NOISE)
    if not len(shown):
        return _Side(0.0, 0.0, np.zeros(2), np.zeros(0))
    last, peak = shown[-1], int(bright.argmax())
    outer = slice(last // 2, last + 1)
    end = np.array([x[outer].mean(), y[outer].mean()])
    reach, place = arm.length * along[[last, peak]]
    return _Side(float(reach), float(place), end, bright[: peak + 1])


def _opening(first: _Side, second: _Side) -> float:
    """Return the angle between two sides, in degrees; 180 if either is shorter than two beams."""
    if min(first.reach, second.reach) < 4 * BEAM:
        return 180.0
    cosine = first.end @ second.end / (np.hypot(*first.end) * np.hypot(*second.end))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _sweep(first: _Side, second: _Side) -> float:
    """Return how far the host lies from the line between the ends of two sides, in pixels."""
    (a, b), (c, d) = first.end, second.end
    return float(abs(a * d - b * c) / max(np.hypot(a - c, b - d), 1e-9))


def _at_host(spread: Spread, light: Floats) -> float:
    """Return how bright it is at the host, 0 where the noise hides it, in mJy a beam."""
    x, y = np.array(spread.offset) + (len(light) - 1) / 2
    bright = float(map_coordinates(light, [[y], [x]], order=1)[0])
    return bright if bright > 3 * NOISE else 0.0


def _width(light: Floats) -> float:
    """Return how wide the light is along its longest direction, in beams."""
    y, x = np.indices(light.shape)
    shown = np.where(light > 3 * NOISE, light, 0.0)
    if np.count_nonzero(shown) < FEWEST:
        return COMPACT  # neither compact nor resolved: nothing can be said
    moments = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=shown.ravel())
    return float(np.sqrt(np.linalg.eigvalsh(moments)[-1]) / BEAM)


# ------------------------------------------------------------------------------- how it is shown


def exposed(light: Floats, chance: np.random.Generator) -> Pixels:
    """Return a survey's picture of what `noiseless` gave, uint8, shape (side, side)."""
    side = len(light)
    others, outside = radio.neighbours(chance, side)
    sky = light + others
    sky = sky + radio.sidelobes(chance, sky)
    noise = NOISE * float(np.exp(chance.normal(0, 0.15)))
    sky = sky + noise * radio.beam_noise(chance, side) + _stripes(chance, side) * noise
    cut = chance.uniform(2.6, 3.1) * noise if chance.random() < 0.88 else -2.0 * noise
    floor = cut if side == SIDES[1] or cut < 0 else 0.0
    brightest = float(sky.max()) if side == SIDES[1] else max(float(sky.max()), outside)
    sky = np.where(sky < cut, 0.0, (sky - floor) / max(brightest - floor, 3 * noise))
    return np.floor(255 * _scaled(chance, np.clip(sky, 0, 1))).astype(np.uint8)


def _stripes(chance: np.random.Generator, side: int) -> Floats:
    """Return the ripples that a bright source far away leaves, in units of the noise."""
    strength = abs(chance.normal(0, 1.0)) * float(chance.random() < 0.2)
    angle, length = chance.uniform(0, np.pi), chance.uniform(6, 40)
    y, x = np.indices((side, side))
    waves = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / length)
    return np.asarray(strength * waves)


def _scaled(chance: np.random.Generator, share: Floats) -> Floats:
    """Return brightness, 0 to 1, on a linear scale mostly, else on one that lifts what is faint."""
    draw = chance.random()
    if draw < 0.8:
        return share
    steep = chance.uniform(3, 30)
    return np.sqrt(share) if draw < 0.9 else np.arcsinh(steep * share) / np.arcsinh(steep)

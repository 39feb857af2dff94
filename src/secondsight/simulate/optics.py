"""Light on a camera: profiles, seeing, sky noise, and the stretch that makes a picture of it.

Lengths are in seconds of arc, fluxes in nanomaggies (zero point 22.5 mag, AB), brightness in
nanomaggies a square second. A scene has three planes in the order of `BANDS`. All is float64:
machines differ in the last bits only, far below one grey level.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil

import numpy as np
from scipy.signal import fftconvolve
from scipy.special import gamma, gammaincinv

from secondsight.dtypes import Floats, Pixels

Position = tuple[float, float]
"""Right and down of the frame's centre, in seconds of arc."""

Profile = Callable[[Floats, Floats], Floats]
"""From the way right and down of a centre to brightness."""

BANDS = ("g", "r", "z")
ZERO_POINT = 22.5
CAMERA_PIXEL = 0.262
"""The Dark Energy Camera's pixel, in seconds of arc; the stretch is for flux in one of these."""
MOFFAT_BETA = 3.0
KERNEL_REACH = 3.5
"""How far a seeing kernel reaches, in its full widths at half maximum."""
BLUNT = 0.3
"""Of a point, in pixels: the Gaussian that stands for it between pixels' centres."""
CORE_PIXELS, CORE_SAMPLES = 3, 6
"""How many pixels around a profile's centre are means, and of how many samples a side: an even
number, so that none falls on a cusp in the middle of a pixel."""


@dataclass(frozen=True)
class Frame:
    """Where a scene is drawn."""

    side: int  # pixels along a side
    scale: float  # seconds of arc in a pixel, above 0
    margin: int = 0  # more pixels on every side: light from there is blurred into the frame

    @property
    def width(self) -> int:
        """Pixels along a side with its margins."""
        return self.side + 2 * self.margin

    @property
    def half(self) -> float:
        """Half a side without margins, in seconds of arc."""
        return self.side * self.scale / 2

    def finer(self, factor: int) -> "Frame":
        """Return the same piece of sky with each pixel cut into `factor` by `factor`."""
        return Frame(self.side * factor, self.scale / factor, self.margin * factor)

    def empty(self) -> Floats:
        """Return a dark scene, shape (3, width, width)."""
        return np.zeros((len(BANDS), self.width, self.width))

    def offsets(self, at: Position = (0.0, 0.0)) -> tuple[Floats, Floats]:
        """Return each pixel's way right (1, width) and down (width, 1) from `at`, in seconds."""
        axis = _axis(self.width, self.scale)
        return axis[np.newaxis, :] - at[0], axis[:, np.newaxis] - at[1]

    def turned(self, angle: float, at: Position = (0.0, 0.0)) -> tuple[Floats, Floats]:
        """Return `offsets` along and across an axis turned by `angle` (radians)."""
        return turn(*self.offsets(at), angle)

    def pixel(self, at: Position) -> Position:
        """Return the column and row of a position, where a pixel's centre is a whole number."""
        middle = (self.width - 1) / 2
        return at[0] / self.scale + middle, at[1] / self.scale + middle


@dataclass(frozen=True)
class Ellipse:
    """Where a galaxy's light lies."""

    radius: float  # along the major axis, in seconds: that of half its light, or a scale length
    q: float = 1.0  # axis ratio, above 0; of a thin disc the cosine of the inclination
    angle: float = 0.0  # of the major axis, in radians
    at: Position = (0.0, 0.0)  # the centre, in seconds


@lru_cache(maxsize=64)
def _axis(width: int, scale: float) -> Floats:
    axis: Floats = (np.arange(width, dtype=np.float64) - (width - 1) / 2) * scale
    axis.flags.writeable = False
    return axis


def turn(right: Floats, down: Floats, angle: float) -> tuple[Floats, Floats]:
    """Return the parts along and across an axis turned by `angle` (radians), of any shape."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return right * cosine + down * sine, down * cosine - right * sine


def binned(plane: Floats, factor: int) -> Floats:
    """Return the means of `factor` by `factor` pixels: from shape (..., h, w) to fewer of both."""
    if factor == 1:
        return plane
    *first, height, width = plane.shape
    cut = plane.reshape(*first, height // factor, factor, width // factor, factor)
    return np.asarray(cut.mean(axis=(-3, -1)))


def flux(magnitude: float) -> float:
    """Return the nanomaggies of an AB magnitude; or both of a square second."""
    return float(10 ** (-0.4 * (magnitude - ZERO_POINT)))


def in_bands(light: Floats) -> Floats:
    """Return one number a band, shape (3,), so that it multiplies planes: shape (3, 1, 1)."""
    return light[:, np.newaxis, np.newaxis]


def fluxes(g: float, g_i: float) -> Floats:
    """Return nanomaggies in each band, shape (3,), from magnitude g and colour g-i.

    Notes
    -----
    The colours of galaxies lie near a line. Taken here: g-r = 0.7 (g-i), r-z = 0.7 (g-i) - 0.24,
    which gives star-forming galaxies r-z near 0.1 and early types near 0.5.
    """
    return np.array([flux(g), flux(g - 0.7 * g_i), flux(g - 1.4 * g_i + 0.24)])


def sersic_b(n: float) -> float:
    """Return the b for which half of a Sérsic profile's light is inside its effective radius."""
    return float(gammaincinv(2 * n, 0.5))


def sersic(frame: Frame, ellipse: Ellipse, n: float, *, boxiness: float = 2.0) -> Floats:
    """Return a Sérsic profile of total flux 1, per square second, shape (width, width).

    The innermost pixels are means over finer samples.

    Parameters
    ----------
    ellipse : Ellipse
        The one that holds half of the light.
    n : float
        Sérsic index, 0.3 to 8.
    boxiness : float
        Exponent of the ellipses' equation: 2 is an ellipse, more a box, less a disc's points.

    References
    ----------
    Graham & Driver 2005, PASA 22, 118, equations 1 to 4; Athanassoula et al. 1990, MNRAS 245,
    130, for boxy ellipses.
    """
    b, radius, q = sersic_b(n), ellipse.radius, ellipse.q
    total = 2 * np.pi * radius**2 * q * n * np.exp(b) * b ** (-2 * n) * gamma(2 * n)

    def profile(right: Floats, down: Floats) -> Floats:
        along, across = turn(right, down, ellipse.angle)
        squared = _radius_squared(along, across / q, boxiness)
        return np.asarray(np.exp(-b * ((squared / radius**2) ** (0.5 / n) - 1)) / total)

    drawn = profile(*frame.offsets(ellipse.at))
    _sample_core(drawn, frame, ellipse.at, profile)
    return drawn


def _radius_squared(along: Floats, across: Floats, boxiness: float) -> Floats:
    if boxiness == 2:
        return np.asarray(along**2 + across**2)
    sides = np.abs(along) ** boxiness + np.abs(across) ** boxiness
    return np.asarray(sides ** (2 / boxiness))


def _sample_core(drawn: Floats, frame: Frame, at: Position, profile: Profile) -> None:
    """Replace the pixels around `at` by means over finer samples."""
    window = _window(frame, at, CORE_PIXELS)
    if window is None:
        return
    rows, columns = window
    steps = ((np.arange(CORE_SAMPLES) + 0.5) / CORE_SAMPLES - 0.5) * frame.scale
    right, down = frame.offsets(at)
    right = (right[:, columns, np.newaxis] + steps).reshape(1, -1)
    down = (down[rows, :, np.newaxis] + steps).reshape(-1, 1)
    drawn[rows, columns] = binned(profile(right, down), CORE_SAMPLES)


def _window(frame: Frame, at: Position, reach: int) -> tuple[slice, slice] | None:
    """Return the rows and columns within `reach` pixels of `at`, or None if all are outside."""
    spans = []
    for middle in reversed(frame.pixel(at)):
        nearest = round(middle)
        first, last = max(nearest - reach, 0), min(nearest + reach + 1, frame.width)
        if first >= last:
            return None
        spans.append(slice(first, last))
    return spans[0], spans[1]


def add_compact(scene: Floats, frame: Frame, light: Floats, ellipse: Ellipse) -> None:
    """Add a small source to a scene (3, width, width), in place and in a window; its flux is exact.

    `light`, shape (3,), is in nanomaggies; the ellipse is the width (sigma) of a Gaussian, 0 for a
    point.
    """
    blunt = float(np.hypot(ellipse.radius, BLUNT * frame.scale))
    thin = float(np.hypot(ellipse.radius * ellipse.q, BLUNT * frame.scale))
    reach = ceil(3.5 * blunt / frame.scale)
    window = _window(frame, ellipse.at, reach)
    if window is None:
        return
    column, row = frame.pixel(ellipse.at)
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    right: Floats = (round(column) - column + steps[np.newaxis, :]) * frame.scale
    down: Floats = (round(row) - row + steps[:, np.newaxis]) * frame.scale
    along, across = turn(right, down, ellipse.angle)
    stamp = np.exp(-0.5 * ((along / blunt) ** 2 + (across / thin) ** 2))
    stamp /= stamp.sum() * frame.scale**2
    rows, columns = window
    top, left = rows.start - round(row) + reach, columns.start - round(column) + reach
    stamp = stamp[top : top + rows.stop - rows.start, left : left + columns.stop - columns.start]
    scene[:, rows, columns] += in_bands(light) * stamp


@dataclass
class Canvas:
    """A picture in the making."""

    frame: Frame  # of the picture, with margins
    rng: np.random.Generator  # the picture's; drawn from in the same order at every size
    scene: Floats = field(init=False)  # what the air still has to blur, shape (3, width, width)

    def __post_init__(self) -> None:
        self.scene = self.frame.empty()

    def add_compact(self, light: Floats, ellipse: Ellipse) -> None:
        """Add a small source of fluxes `light`, shape (3,); see `add_compact`."""
        add_compact(self.scene, self.frame, light, ellipse)


def moffat(right: Floats, down: Floats, fwhm: float, beta: float = MOFFAT_BETA) -> Floats:
    """Return a Moffat profile of total flux 1, per square second, from offsets that broadcast.

    References
    ----------
    Moffat 1969, A&A 3, 455; Trujillo et al. 2001, MNRAS 328, 977, equations 2 and 3.
    """
    alpha = fwhm / (2 * np.sqrt(2 ** (1 / beta) - 1))
    shape: Floats = (1 + (right**2 + down**2) / alpha**2) ** -beta
    shape *= (beta - 1) / (np.pi * alpha**2)
    return shape


def kernel(fwhm: float, scale: float) -> Floats:
    """Return a seeing kernel of sum 1, shape (n, n) with n odd, for pixels of `scale` seconds."""
    reach = reach_of(fwhm, scale)
    drawn = moffat(*Frame(2 * reach + 1, scale).offsets(), fwhm)
    drawn -= drawn[reach, 0]
    drawn = np.maximum(drawn, 0)
    drawn /= drawn.sum()
    return drawn


def reach_of(fwhm: float, scale: float) -> int:
    """Return how many pixels of `scale` a seeing kernel reaches; the margin that a frame needs."""
    return ceil(KERNEL_REACH * fwhm / scale)


def blurred(scene: Floats, frame: Frame, fwhm: float) -> Floats:
    """Return a scene (3, width, width) seen through the air, cut to (3, side, side)."""
    seen = fftconvolve(scene, kernel(fwhm, frame.scale)[np.newaxis], mode="same", axes=(1, 2))
    return cut(seen, frame)


def cut(scene: Floats, frame: Frame) -> Floats:
    """Return a scene, shape (..., width, width), without its margins."""
    inside = slice(frame.margin, frame.margin + frame.side)
    return scene[..., inside, inside]


def sky_noise(depths: tuple[float, ...], aperture: float, scale: float) -> Floats:
    """Return each band's noise in a pixel of `scale` seconds, per square second, shape (3,).

    Depths are magnitudes that are found at ten sigma within an aperture of this diameter, in
    seconds.
    """
    area = np.pi * aperture**2 / 4
    each = [flux(depth) / 10 / np.sqrt(area) / scale for depth in depths]
    return np.array(each)


@dataclass(frozen=True)
class Stretch:
    """How flux becomes colour."""

    scales: tuple[float, ...] = (6.0, 3.4, 2.2)  # factors of the bands
    softening: float = 20.0  # where the scale turns from linear to logarithmic: Q of the reference
    pedestal: float = 0.03  # added to every band: the sky is grey and shows noise on both sides


def rgb(scene: Floats, stretch: Stretch) -> Pixels:
    """Return a picture, uint8, (side, side, 3), of a scene (3, side, side): z red, r green, g blue.

    The scene is in nanomaggies a square second.

    Notes
    -----
    Hue is kept: all three bands are multiplied by asinh(Q I) / (I sqrt(Q)), where I is their mean.
    The default constants are those of the Legacy Surveys' viewer, whose sky is grey at 32 of 255.

    References
    ----------
    Lupton et al. 2004, PASP 116, 133, equations 2 and 3.
    """
    scales = in_bands(np.array(stretch.scales)) * CAMERA_PIXEL**2
    bands = scene * scales + stretch.pedestal
    mean = np.maximum(np.maximum(bands, 0).mean(axis=0), 1e-6)
    bands = bands * (np.arcsinh(stretch.softening * mean) / (np.sqrt(stretch.softening) * mean))
    grey = np.rint(np.clip(bands, 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(grey[::-1], 0, -1))

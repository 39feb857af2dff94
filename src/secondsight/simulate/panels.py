"""A subject's five panels as one small picture, drawn point by point.

From left to right and from top to bottom: the density of stars that pass the isochrone filter and
below it that of galaxies; an image of the centre and below it the radial profile; the
colour-magnitude diagram of the stars around the centre. North is up and east is left. What the
survey has not seen is grey.
"""

from functools import cache

import numpy as np

from secondsight.dtypes import Bools, Floats, Ints, Pixels
from secondsight.simulate.isochrone import load_isochrone
from secondsight.simulate.scene import CELLS, Galaxies, Light, Scene, Stars, cell_of
from secondsight.simulate.search import (
    BACKGROUND,
    EDGES,
    Excess,
    Profile,
    best_excess,
    density_map,
    on_isochrone,
    radial_profile,
    smoothing_kernel,
)

Colour = tuple[int, int, int]

HEIGHT, WIDTH = 192, 320
SIDE = CELLS
TALL, BROAD = 186, 124
"""Height and width of the colour-magnitude diagram in pixels."""

CORNERS = {"stars": (3, 3), "galaxies": (99, 3), "image": (3, 98), "profile": (99, 98)}
"""Upper left pixel, row and column, of the square panels."""

CMD_CORNER = 3, 193

PAPER: Colour = (255, 255, 255)
FRAME: Colour = (90, 90, 90)
BLANK: Colour = (176, 176, 176)
MEMBER: Colour = (0, 60, 200)
OTHER: Colour = (70, 70, 70)
FIELD: Colour = (205, 205, 205)
LINE: Colour = (230, 90, 0)

COLOUR_RANGE = -0.5, 1.5
MAGNITUDE_RANGE = 16.0, 24.2

CUTOUT = 3.0
"""Half the side of the image in arcmin."""

ZERO_POINT = 22.0
"""The magnitude whose flux is `UNIT`."""

UNIT = 64.0
BRIGHTEST = 1e6
SKY_NOISE = 0.05
"""Standard deviation of the image's noise, in fluxes of `ZERO_POINT` a pixel."""

SEEING = 0.75
"""Standard deviation of a point source in pixels."""

GALAXY_SIZES = ((18.5, 3.0), (20.5, 1.9), (99.0, 1.2))
"""Galaxies brighter than this in r are blobs of this standard deviation in pixels."""

STARS_MAP = ((12, 10, 50), (40, 60, 130), (30, 140, 140), (110, 205, 90), (253, 231, 37))
GALAXIES_MAP = ((10, 5, 20), (90, 20, 110), (190, 50, 90), (245, 140, 50), (252, 250, 180))


def draw_panels(scene: Scene) -> Pixels:
    """Return a scene's panels, uint8, shape (192, 320, 3)."""
    picture = _empty_page().copy()
    chosen = scene.stars.where(on_isochrone(scene.stars, scene.distance_modulus))
    stars = density_map(chosen.x, chosen.y, scene.covered)
    _put(picture, CORNERS["stars"], _coloured(stars, _ramp(STARS_MAP)))
    _put(picture, CORNERS["galaxies"], _galaxy_panel(scene))
    _put(picture, CORNERS["image"], _image_panel(scene))
    _put(picture, CORNERS["profile"], _profile_panel(radial_profile(scene, chosen)))
    _put(picture, CMD_CORNER, _diagram(scene, best_excess(scene, chosen)))
    return picture


# ---------------------------------------------------------------------------------- the page


@cache
def _empty_page() -> Pixels:
    """Return the page with frames and ticks, and nothing in them."""
    page = np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8)
    for top, left in CORNERS.values():
        _frame(page, top, left, SIDE, SIDE)
        for at in (SIDE // 2, SIDE // 2 - 1):
            page[top + at, [left - 2, left + SIDE + 1]] = FRAME
            page[[top - 2, top + SIDE + 1], left + at] = FRAME
    top, left = CMD_CORNER
    _frame(page, top, left, TALL, BROAD)
    page[top + _rows(np.arange(16.0, 24.5, 1.0)), left - 2] = FRAME
    page[top + TALL + 1, left + _columns(np.arange(-0.5, 1.5, 0.5))] = FRAME
    return page


def _frame(page: Pixels, top: int, left: int, height: int, width: int) -> None:
    page[top - 1 : top + height + 1, left - 1 : left + width + 1] = FRAME
    page[top : top + height, left : left + width] = PAPER


def _put(page: Pixels, corner: tuple[int, int], panel: Pixels) -> None:
    top, left = corner
    page[top : top + panel.shape[0], left : left + panel.shape[1]] = panel


@cache
def _ramp(anchors: tuple[Colour, ...]) -> Pixels:
    """Return 256 colours between the anchors, shape (256, 3)."""
    at = np.linspace(0, 255, len(anchors))
    channels = np.array(anchors, float).T
    return np.stack([np.interp(np.arange(256), at, levels) for levels in channels], 1).astype(
        np.uint8
    )


# ----------------------------------------------------------------------------- density panels


def _coloured(density: Floats, ramp: Pixels) -> Pixels:
    """Return a density from its least to its greatest value in colours; blank is grey."""
    known = np.isfinite(density)
    low = np.min(density, where=known, initial=np.inf)
    high = np.max(density, where=known, initial=-np.inf)
    scale = 255 / (high - low) if high > low else 0.0
    steps = np.where(known, (density - low) * scale, 0.0).astype(np.uint8)
    panel = ramp[steps]
    panel[~known] = BLANK
    return panel[::-1, ::-1]


def _galaxy_panel(scene: Scene) -> Pixels:
    """Return the density of galaxies; grey throughout if none are known."""
    if scene.galaxies is None:
        return np.full((SIDE, SIDE, 3), BLANK, np.uint8)
    galaxies = scene.galaxies
    density = density_map(galaxies.x, galaxies.y, scene.covered)
    return _coloured(density, _ramp(GALAXIES_MAP))


# -------------------------------------------------------------------- colour-magnitude diagram


def _diagram(scene: Scene, excess: Excess) -> Pixels:
    """Return the stars within the aperture, as many square arcmin of field, and the isochrone."""
    panel = np.full((TALL, BROAD, 3), PAPER, np.uint8)
    radii = np.hypot(scene.stars.x, scene.stars.y)
    outer = np.hypot(BACKGROUND[0], excess.aperture)
    _mark(panel, scene.stars.where((radii > BACKGROUND[0]) & (radii < outer)), 2, FIELD)
    track_rows, track_columns = _track(scene.distance_modulus)
    panel[track_rows, track_columns] = LINE
    near = scene.stars.where(radii < excess.aperture)
    fits = on_isochrone(near, scene.distance_modulus)
    _mark(panel, near.where(~fits), 2, OTHER)
    _mark(panel, near.where(fits), 3, MEMBER)
    return panel


def _mark(panel: Pixels, stars: Stars, size: int, colour: Colour) -> None:
    """Draw squares of `size` pixels where stars stand in the diagram."""
    rows, columns = _rows(stars.g), _columns(stars.colour)
    inside = (rows >= 0) & (rows < TALL - size) & (columns >= 0) & (columns < BROAD - size)
    rows, columns = rows[inside], columns[inside]
    for down in range(size):
        for right in range(size):
            panel[rows + down, columns + right] = colour


def _rows(g: Floats) -> Ints:
    low, high = MAGNITUDE_RANGE
    return np.floor((g - low) / (high - low) * TALL).astype(np.int64)


def _columns(colour: Floats) -> Ints:
    low, high = COLOUR_RANGE
    return np.floor((colour - low) / (high - low) * BROAD).astype(np.int64)


def _track(distance_modulus: float) -> tuple[Ints, Ints]:
    """Return the pixels of the isochrone at a distance."""
    m_g, colour = _dense_track()
    rows, columns = _rows(m_g + distance_modulus), _columns(colour)
    inside = (rows >= 0) & (rows < TALL) & (columns >= 0) & (columns < BROAD)
    return rows[inside], columns[inside]


@cache
def _dense_track() -> tuple[Floats, Floats]:
    """Return the isochrone's magnitudes g and colours at closely set points."""
    track = load_isochrone()
    parts = [slice(None, track.giants), slice(track.giants, None)]
    dense = [_densified(track.m_g[part], (track.m_g - track.m_r)[part]) for part in parts]
    return np.concatenate([m_g for m_g, _ in dense]), np.concatenate([c for _, c in dense])


def _densified(m_g: Floats, colour: Floats) -> tuple[Floats, Floats]:
    place = np.linspace(0, len(m_g) - 1, 20 * len(m_g))
    rows = np.arange(len(m_g))
    return np.interp(place, rows, m_g), np.interp(place, rows, colour)


# ------------------------------------------------------------------------------ radial profile


def _profile_panel(profile: Profile) -> Pixels:
    """Return the profile's points with error bars, and the background as a dashed line."""
    panel = np.full((SIDE, SIDE, 3), PAPER, np.uint8)
    known = np.isfinite(profile.density)
    highest = float(np.max(profile.density + profile.error, where=known, initial=0.0))
    top = max(highest, profile.background, 1e-6) * 1.05
    level = _heights(np.array([profile.background]), top)[0]
    panel[level, np.arange(SIDE) % 6 < 3] = LINE
    for ring in np.flatnonzero(known):
        left, right = (int(edge / EDGES[-1] * SIDE) for edge in EDGES[ring : ring + 2])
        value, error = profile.density[ring], profile.error[ring]
        high, middle, low = _heights(np.array([value + error, value, value - error]), top)
        column = (left + right) // 2
        panel[high : low + 1, column] = OTHER
        panel[middle, left:right] = MEMBER
        panel[max(middle - 1, 0) : middle + 2, max(column - 1, 0) : column + 2] = MEMBER
    return panel


def _heights(values: Floats, top: float) -> Ints:
    rows = np.floor((1 - values / top) * SIDE).astype(np.int64)
    return np.clip(rows, 0, SIDE - 1)


# ------------------------------------------------------------------------------- image cutout


def _image_panel(scene: Scene) -> Pixels:
    """Return an image of the centre as its catalogue describes it, in false colours."""
    light = _smeared(_deposit(scene.stars.x, scene.stars.y, scene.stars.r, scene.stars.colour))
    if scene.galaxies is not None:
        light = light + _galaxy_light(scene.galaxies)
    for bright in scene.lights:
        light = light + bright_light(bright)[None]
    if scene.galaxies is not None:
        noise = np.random.Generator(np.random.PCG64(scene.noise))
        light = light + SKY_NOISE * noise.standard_normal(light.shape)
    seen = np.arcsinh(np.maximum(light + SKY_NOISE, 0) / 0.1) / np.arcsinh(60.0)
    panel = np.ascontiguousarray((np.minimum(seen, 1.0) * 255).astype(np.uint8).transpose(1, 2, 0))
    panel[~_covered_pixels(scene.covered)] = BLANK
    return panel[::-1, ::-1]


def _pixel_places() -> Floats:
    """Return the places in arcmin of the image's pixels, shape (SIDE,)."""
    return np.asarray((np.arange(SIDE) + 0.5) * (2 * CUTOUT / SIDE) - CUTOUT, np.float64)


def _covered_pixels(covered: Bools) -> Bools:
    cells = cell_of(_pixel_places())
    return covered[np.ix_(cells, cells)]


def _deposit(x: Floats, y: Floats, r: Floats, colour: Floats) -> Floats:
    """Return whole-numbered fluxes in red, green and blue a pixel, shape (3, SIDE, SIDE)."""
    inside = (np.abs(x) < CUTOUT) & (np.abs(y) < CUTOUT)
    row, column = (
        np.floor((place[inside] + CUTOUT) * (SIDE / (2 * CUTOUT))).astype(np.int64)
        for place in (y, x)
    )
    r, g = r[inside], r[inside] + colour[inside]
    light = np.zeros((3, SIDE * SIDE))
    for channel, magnitude in enumerate((r - 0.2, (g + r) / 2 - 0.1, g - 0.4)):
        flux = np.minimum(UNIT * 10 ** (-0.4 * (magnitude - ZERO_POINT)), BRIGHTEST)
        light[channel] = np.bincount(row * SIDE + column, np.rint(flux), SIDE * SIDE)
    return light.reshape(3, SIDE, SIDE)


@cache
def _blur(sigma: float) -> tuple[Floats, float]:
    """Return a kernel of whole numbers and what a unit of flux must be divided by."""
    kernel = smoothing_kernel(SIDE, sigma)
    return kernel, float(kernel[SIDE // 2].sum()) ** 2 * UNIT


def _smeared(light: Floats, sigma: float = SEEING) -> Floats:
    kernel, unit = _blur(sigma)
    return np.asarray(kernel @ light @ kernel / unit)


def _galaxy_light(galaxies: Galaxies) -> Floats:
    """Return galaxies as blobs, the brighter the larger."""
    close = (np.abs(galaxies.x) < CUTOUT) & (np.abs(galaxies.y) < CUTOUT)
    near = galaxies.where(close)
    total, bright = np.zeros((3, SIDE, SIDE)), 0.0
    for faint, sigma in GALAXY_SIZES:
        some = near.where((near.r >= bright) & (near.r < faint))
        if len(some.x):
            total += _smeared(_deposit(some.x, some.y, some.r, some.colour), sigma)
        bright = faint
    return total


def bright_light(light: Light) -> Floats:
    """Return what a large galaxy, or a bright star with halo and spikes, adds to the image.

    Shape (SIDE, SIDE); the south and the west come first.
    """
    places = _pixel_places()
    east, north = places - light.x, (places - light.y)[:, None]
    if abs(light.x) > 2 * CUTOUT or abs(light.y) > 2 * CUTOUT:
        return np.zeros((SIDE, SIDE))
    pixel = 2 * CUTOUT / SIDE
    flux = 10 ** (-0.4 * (light.r - ZERO_POINT))
    square = east**2 + north**2
    if light.radius:
        scale = light.radius / 1.68
        return np.asarray(
            flux * pixel**2 / (2 * np.pi * scale**2) * np.exp(-np.sqrt(square) / scale)
        )
    halo = flux * 2e-5 / (1 + square / pixel**2) ** 1.3
    spikes = np.exp(-((east / pixel) ** 2)) / (1 + (north / pixel) ** 2) ** 0.8
    spikes = spikes + np.exp(-((north / pixel) ** 2)) / (1 + (east / pixel) ** 2) ** 0.8
    return np.asarray(halo * 30 + flux * 1e-4 * spikes)

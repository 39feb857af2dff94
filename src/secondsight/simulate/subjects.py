"""One subject of the campaign: the field, and what a search took for a dwarf, or a dwarf."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from secondsight.dtypes import Bools, Floats
from secondsight.simulate.detectability import field_density
from secondsight.simulate.isochrone import load_isochrone
from secondsight.simulate.scene import FAINTEST_G, HALF, Galaxies, Light, Scene, Stars, centres
from secondsight.simulate.search import on_isochrone
from secondsight.simulate.starfield import (
    AREA,
    field_colours,
    field_galaxies,
    galaxy_magnitudes,
    observe,
    plummer,
    scattered,
)

FAINT_LIMIT = FAINTEST_G + 1.0
"""Members fainter than this in g are not drawn: hardly one is scattered into view."""

NUISANCE = 0.15
"""Share of the subjects with something off the centre that has nothing to do with them."""

BLEND = 2.5 / 60
"""Stars of a dwarf or cluster closer than about this, in arcmin, are not told apart."""

FAR_OFF = 7.0, 12.0
"""How far off, in arcmin."""


@dataclass(frozen=True)
class Subject:
    """One row of the campaign's catalogue, as far as drawing it takes."""

    kind: str
    distance_modulus: float
    m_v: float
    half_light_arcmin: float
    ellipticity: float
    latitude_deg: float
    strength: float


def make_scene(rng: np.random.Generator, subject: Subject) -> Scene:
    """Return what stands in a subject's piece of sky."""
    empty = _empty_field(rng, subject)
    scene = MAKERS[subject.kind](rng, subject, empty)
    return _with_nuisance(rng, subject, scene) if rng.random() < NUISANCE else scene


def shown_modulus(distance_modulus: float) -> float:
    """Return the distance modulus that a sheet shows: a search goes in tenths of magnitudes."""
    return round(float(distance_modulus), 1)


def _empty_field(rng: np.random.Generator, subject: Subject) -> Scene:
    g, r = field_colours(rng, subject.latitude_deg, AREA)
    stars = observe(rng, *scattered(rng, len(g)), g, r)
    shown = shown_modulus(subject.distance_modulus)
    return Scene(stars, field_galaxies(rng), shown, noise=int(rng.integers(1 << 32)))


# --------------------------------------------------------------------------------- the makers


def _dwarf(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Add a dwarf's stars at the centre."""
    return _with_population(rng, subject, empty, "metal-poor")


def _globular_cluster(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Add a compact, richer and redder cluster: 2 to 9 pc, M_V from -1 to -6."""
    parsec, m_v = rng.uniform(2, 9), rng.uniform(-6, -1)
    arcmin = np.degrees(parsec / 10 ** (subject.distance_modulus / 5 + 1)) * 60
    cluster = replace(subject, m_v=m_v, half_light_arcmin=arcmin, ellipticity=0.1)
    return _with_population(rng, cluster, empty, "metal-rich")


def _with_population(
    rng: np.random.Generator, subject: Subject, empty: Scene, population: str
) -> Scene:
    track = load_isochrone(population)
    limit = FAINT_LIMIT - subject.distance_modulus
    mean = float(track.stars_for(subject.m_v)) * (1 - track.share_fainter(limit))
    m_g, m_r = track.draw(rng, int(rng.poisson(mean)), faintest=limit)
    angle = rng.uniform(0, np.pi)
    x, y = plummer(rng, len(m_g), subject.half_light_arcmin, subject.ellipticity, angle)
    modulus = subject.distance_modulus
    members = _separable(observe(rng, x, y, m_g + modulus, m_r + modulus))
    return empty.with_stars(members)


def _separable(stars: Stars) -> Stars:
    """Return no more than one star a square of `BLEND`, the brightest: others blend with it."""
    squares = np.floor((stars.x + HALF) / BLEND) * 4096 + np.floor((stars.y + HALF) / BLEND)
    order = np.argsort(stars.g, kind="stable")
    first = order[np.unique(squares[order], return_index=True)[1]]
    kept = np.zeros(len(order), bool)
    kept[first] = True
    return stars.where(kept)


def _random_clump(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Gather field stars that pass the filter by chance."""
    spread = _clump_radius(rng)
    count = _surplus(subject, spread)
    density = float(field_density(subject.distance_modulus, subject.latitude_deg))
    g, r = field_colours(rng, subject.latitude_deg, 3 * (count + 5) / (3600 * density))
    middle = np.zeros(len(g))
    drawn = observe(rng, middle, middle, g, r)
    chosen = drawn.where(on_isochrone(drawn, empty.distance_modulus))
    place = spread * rng.standard_normal((2, len(chosen.x)))
    kept = np.arange(len(chosen.x)) < count
    clump = replace(chosen, x=place[0], y=place[1]).where(kept)
    return empty.with_stars(clump)


def _galaxy_cluster(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Add a cluster's galaxies, the faintest of which are taken for stars."""
    return _with_cluster(rng, subject, empty, 0.0, 0.0)


def _bright_star(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Add a star that hides what lies behind it and puts false sources around itself."""
    x, y = rng.uniform(-1.0, 1.0, 2)
    return _with_star(rng, subject, empty, x, y)


def _survey_edge(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Cut the field off close to the centre; false sources gather along the edge."""
    angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 2.5)
    along = rng.uniform(-3, 3, 2 * _surplus(subject, 1.2))
    inward = distance - rng.exponential(0.4, len(along))
    x = inward * np.cos(angle) - along * np.sin(angle)
    y = inward * np.sin(angle) + along * np.cos(angle)
    return _cut_off(_with_false(rng, empty, x, y), angle, distance)


def _artefact(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Add a trail of false sources through the centre."""
    angle, length = rng.uniform(0, np.pi), rng.uniform(0.8, 3.0)
    along = rng.uniform(-length, length, 8 + 2 * _surplus(subject, 1.0))
    across = 0.06 * rng.standard_normal(len(along))
    x = along * np.cos(angle) - across * np.sin(angle)
    return _with_false(rng, empty, x, along * np.sin(angle) + across * np.cos(angle))


def _nearby_galaxy(rng: np.random.Generator, subject: Subject, empty: Scene) -> Scene:
    """Add a large galaxy, whose parts are taken for stars."""
    x, y = rng.uniform(-0.3, 0.3, 2)
    light = Light(x, y, rng.uniform(11.5, 15.5), rng.uniform(0.25, 0.9))
    hidden = _hide(empty, light.x, light.y, light.radius)
    radius = light.radius * (1 + rng.exponential(0.6, 2 + 2 * _surplus(subject, light.radius)))
    turn = rng.uniform(0, 2 * np.pi, len(radius))
    x, y = light.x + radius * np.cos(turn), light.y + radius * np.sin(turn)
    return replace(_with_false(rng, hidden, x, y), lights=(*empty.lights, light))


MAKERS: dict[str, Callable[[np.random.Generator, Subject, Scene], Scene]] = {
    "known dwarf": _dwarf,
    "simulated dwarf": _dwarf,
    "dwarf": _dwarf,
    "random clump": _random_clump,
    "galaxy cluster": _galaxy_cluster,
    "bright star": _bright_star,
    "survey edge": _survey_edge,
    "artefact": _artefact,
    "nearby galaxy": _nearby_galaxy,
    "globular cluster": _globular_cluster,
}
"""From a subject's kind to what adds it to an empty field."""


def _with_nuisance(rng: np.random.Generator, subject: Subject, scene: Scene) -> Scene:
    """Add something far from the centre that happens to be there."""
    turn, distance = rng.uniform(0, 2 * np.pi), rng.uniform(*FAR_OFF)
    x, y = distance * np.cos(turn), distance * np.sin(turn)
    mild = replace(subject, strength=float(rng.gamma(2.2, 1.0)))
    match rng.integers(3):
        case 0:
            return _with_star(rng, mild, scene, x, y)
        case 1:
            return _with_cluster(rng, mild, scene, x, y)
        case _:
            return _cut_off(scene, turn, distance)


# ---------------------------------------------------------------------------- parts of scenes


def _with_cluster(
    rng: np.random.Generator, subject: Subject, scene: Scene, x: float, y: float
) -> Scene:
    size, colour = rng.uniform(0.6, 1.8), rng.uniform(0.55, 1.1)
    false = 2 * _surplus(subject, size)
    count = int(rng.integers(15, 40)) + 3 * false
    place = size * np.sqrt(rng.exponential(1.0, count + false))
    turn = rng.uniform(0, 2 * np.pi, count + false)
    east, north = x + place * np.cos(turn), y + place * np.sin(turn)
    r = np.clip(galaxy_magnitudes(rng, count) - 0.3, 17.0, None)
    hues = colour + 0.1 * rng.standard_normal(count + false)
    galaxies = Galaxies(east[:count], north[:count], r, hues[:count])
    inside = (np.abs(galaxies.x) < HALF) & (np.abs(galaxies.y) < HALF)
    faint = rng.triangular(20.5, 23.6, 23.6, false)
    points = observe(rng, east[count:], north[count:], faint + hues[count:], faint)
    return scene.with_galaxies(galaxies.where(inside)).with_stars(points)


def _with_star(
    rng: np.random.Generator, subject: Subject, scene: Scene, x: float, y: float
) -> Scene:
    magnitude = rng.uniform(5.0, 10.0)
    radius = 0.5 * 10 ** (0.18 * (10 - magnitude))
    hidden = _hide(scene, x, y, radius)
    place = radius * (1 + rng.exponential(0.25, 2 + 2 * _surplus(subject, radius)))
    turn = rng.uniform(0, 2 * np.pi, len(place))
    ringed = _with_false(rng, hidden, x + place * np.cos(turn), y + place * np.sin(turn))
    return replace(ringed, lights=(*scene.lights, Light(x, y, magnitude)))


def _with_false(rng: np.random.Generator, scene: Scene, x: Floats, y: Floats) -> Scene:
    """Add false sources: faint, of any colour."""
    r = rng.triangular(19.0, 23.5, 23.5, len(x))
    false = observe(rng, x, y, r + 0.4 + 0.4 * rng.standard_normal(len(x)), r)
    return scene.with_stars(false)


def _hide(scene: Scene, x: float, y: float, radius: float) -> Scene:
    """Take away what lies within `radius` arcmin of a place."""
    return scene.where(lambda east, north: (east - x) ** 2 + (north - y) ** 2 > radius**2)


def _cut_off(scene: Scene, angle: float, distance: float) -> Scene:
    """Let the survey end at a straight line `distance` arcmin from the centre."""

    def inside(x: Floats, y: Floats) -> Bools:
        return np.asarray(x * np.cos(angle) + y * np.sin(angle) < distance)

    middles = centres()
    covered = scene.covered & inside(middles, middles[:, None])
    return replace(scene.where(inside), covered=covered)


def _clump_radius(rng: np.random.Generator) -> float:
    return float(np.clip(0.9 * np.exp(0.5 * rng.standard_normal()), 0.3, 3.0))


def _surplus(subject: Subject, radius: float) -> int:
    """Return how many stars stand out by the subject's strength within two radii, in arcmin."""
    density = float(field_density(subject.distance_modulus, subject.latitude_deg))
    expected = density * np.pi * (2 * radius) ** 2
    return round(float(subject.strength * np.sqrt(expected + subject.strength**2 / 4)))

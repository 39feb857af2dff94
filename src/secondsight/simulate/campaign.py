"""The search for ultra-faint dwarfs in DELVE, simulated: 46,334 subjects and their truth.

As many of each as the campaign had: 43,677 candidates of a search, 2,600 simulated dwarfs and the
57 known ones. Among the candidates hide 1,200 dwarfs that nobody knows: far more than the real sky
holds, so that every degree of detectability is well represented. The other candidates are what
searches do find: chance clumps of field stars, clusters of galaxies, the surroundings of bright
stars, and the like.
"""

from functools import cache

import numpy as np
import pandas as pd

from secondsight.dtypes import Floats, Pixels
from secondsight.simulate.detectability import detectability, expected_significance
from secondsight.simulate.known import known_dwarfs
from secondsight.simulate.panels import draw_panels
from secondsight.simulate.scene import Scene
from secondsight.simulate.seed import generator
from secondsight.simulate.sky import Sky
from secondsight.simulate.subjects import Subject, make_scene, shown_modulus

SEED = 20250607
NAME = "dwarfs"
CANDIDATES, SIMULATED, KNOWN, HIDDEN = 43_677, 2_600, 57, 1_200

JUNK = {
    "random clump": 0.64,
    "galaxy cluster": 0.14,
    "bright star": 0.07,
    "survey edge": 0.06,
    "artefact": 0.04,
    "nearby galaxy": 0.04,
    "globular cluster": 0.01,
}
"""What the candidates that are no dwarfs are, and how often."""

PROPOSALS = 120_000
"""Dwarfs drawn at random, of which those are taken that are wanted."""

MODULUS = 16.5, 22.0
"""Between which distance moduli the search looks."""

COLUMNS = [
    "image_id", "label", "split", "kind", "name", "distance_modulus", "m_v", "half_light_arcmin",
    "ellipticity", "latitude_deg", "strength", "detectability",
]  # fmt: skip


# ------------------------------------------------------------------------------- the catalogue


def catalogue() -> pd.DataFrame:
    """Return one row a subject, in the order of their ids, which tells nothing.

    Returns
    -------
    DataFrame
        `image_id`, `label` (``"1"`` a dwarf, ``"0"`` none), `split` (``"test"``), `kind`,
        `name` (of a known dwarf), `distance_modulus` (mag; where the search saw it, as the sheet
        shows it), `m_v` (mag), `half_light_arcmin`, `ellipticity`, `latitude_deg`, `strength` (of
        what is no dwarf: how many standard deviations it stands out), `detectability` (0 to 1;
        0 for what is no dwarf). What a kind does not have is missing.

    Notes
    -----
    Dwarfs are drawn at a distance modulus of two decimals, and what is no dwarf has one. So that
    the decimals do not tell the label, all are given with one.
    """
    table = _catalogue()
    return table.assign(distance_modulus=table["distance_modulus"].map(shown_modulus))


@cache
def _catalogue() -> pd.DataFrame:
    rng = generator(SEED, NAME, "catalogue")
    parts = [_known(), draw_dwarfs(rng, SIMULATED, "simulated dwarf")]
    parts.append(draw_dwarfs(rng, HIDDEN, "dwarf"))
    parts.append(draw_junk(rng, CANDIDATES - HIDDEN))
    table = pd.concat(parts, ignore_index=True)
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    table["image_id"] = [f"subject-{number:05d}" for number in range(1, len(table) + 1)]
    table["split"] = "test"
    return table[COLUMNS]


def _known() -> pd.DataFrame:
    table = known_dwarfs().copy()
    return _with_detectability(table.assign(kind="known dwarf"))


def draw_dwarfs(rng: np.random.Generator, count: int, kind: str) -> pd.DataFrame:
    """Draw dwarfs so that every degree of detectability is as frequent as every other.

    Notes
    -----
    Half-light radii follow log10(r / pc) = 1.45 - 0.17 (M_V + 2) with a scatter of 0.3, a line
    through the known ultra-faint dwarfs; what is too compact or too wide for the field is left out.
    """
    proposed = _proposals(rng)
    expected = proposed["detectability"].to_numpy()
    bins = np.minimum((expected * 20).astype(int), 19)
    weight = 1 / np.bincount(bins, minlength=20)[bins]
    chosen = rng.choice(len(proposed), count, replace=False, p=weight / weight.sum())
    return proposed.iloc[chosen].assign(kind=kind)


def _proposals(rng: np.random.Generator) -> pd.DataFrame:
    modulus = rng.uniform(*MODULUS, PROPOSALS)
    m_v = rng.uniform(-7.5, 0.0, PROPOSALS)
    parsec = 10 ** (1.45 - 0.17 * (m_v + 2) + 0.3 * rng.standard_normal(PROPOSALS))
    arcmin = np.degrees(parsec / 10 ** (modulus / 5 + 1)) * 60
    table = pd.DataFrame(
        {
            "distance_modulus": modulus.round(2),
            "m_v": m_v.round(2),
            "half_light_arcmin": arcmin.round(3),
            "ellipticity": (0.7 * rng.beta(2, 2.5, PROPOSALS)).round(2),
            "latitude_deg": _latitudes(rng, PROPOSALS),
        }
    )
    fits = (arcmin > 0.4) & (arcmin < 7)
    return _with_detectability(table[fits])


def _with_detectability(table: pd.DataFrame) -> pd.DataFrame:
    names = ["distance_modulus", "m_v", "half_light_arcmin", "latitude_deg"]
    expected = expected_significance(*(table[name].to_numpy(float) for name in names))
    return table.assign(label="1", detectability=detectability(expected).round(4))


def _latitudes(rng: np.random.Generator, count: int) -> Floats:
    """Draw Galactic latitudes evenly over the sky from 15 degrees to the poles."""
    sine = rng.uniform(np.sin(np.radians(15)), 1, count)
    return np.asarray((np.degrees(np.arcsin(sine)) * rng.choice([-1, 1], count)).round(1))


def draw_junk(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Draw what is no dwarf: most stands out little, a few a great deal."""
    kinds = rng.choice(list(JUNK), count, p=list(JUNK.values()))
    strength = rng.gamma(2.2, 1.0, count) * np.where(kinds == "random clump", 1.0, 1.8)
    return pd.DataFrame(
        {
            "label": "0",
            "kind": kinds,
            "distance_modulus": rng.uniform(*MODULUS, count).round(1),
            "latitude_deg": _latitudes(rng, count),
            "strength": strength.round(2),
            "detectability": 0.0,
        }
    )


# ---------------------------------------------------------------------------------- the images


@cache
def _subjects() -> dict[str, Subject]:
    table = _catalogue()
    rows = table[list(Subject.__dataclass_fields__)].itertuples(index=False, name=None)
    return {image_id: Subject(*row) for image_id, row in zip(table["image_id"], rows, strict=True)}


def scene(image_id: str) -> Scene:
    """Return what stands in a subject's piece of sky.

    Raises KeyError if there is no such subject.
    """
    return make_scene(generator(SEED, NAME, image_id), _subjects()[image_id])


def draw(image_id: str) -> Pixels:
    """Return a subject's panels, uint8, shape (192, 320, 3)."""
    return draw_panels(scene(image_id))


SKY = Sky(NAME, catalogue, draw)
"""The simulated campaign."""

"""What a person can see on a subject's sheet, as numbers: measured from the scene that is drawn.

Nothing here knows what a subject is. The star map, the galaxy map, the image, the profile and the
colour-magnitude diagram are drawn from a scene, and the cues are measured from the same scene.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from secondsight import paths
from secondsight.dtypes import Floats
from secondsight.simulate.campaign import scene
from secondsight.simulate.panels import bright_light
from secondsight.simulate.processes import in_chunks
from secondsight.simulate.scene import Scene, Sources
from secondsight.simulate.search import (
    Profile,
    best_excess,
    on_isochrone,
    radial_profile,
    ring_areas,
    significance,
)
from secondsight.simulate.tables import read_committed, write_whole

TABLE = paths.DATA / "votes" / "cues.parquet"

GIANTS = 2.0
"""Stars brighter than this in absolute magnitude g are giants, or on the horizontal branch."""

NEAR = 3.0
"""So many arcmin around the centre count as near: half the side of the image."""

LIT = 1.0
"""Light, in the image's units, that looks two thirds as bright as white."""

LINE, ACROSS, ANGLES = 2.0, 0.12, 72
"""A line through the centre: its half length and half width in arcmin, and how many are tried."""

CHUNK = 256


class Cues(NamedTuple):
    """What one sheet shows. Excesses are in standard deviations, 0 where there are too few."""

    stars: float  # star map: excess at the centre of stars that pass the isochrone filter
    giants: float  # diagram: excess of giants among them, within the aperture of that excess
    rings: float  # profile: rings from the centre on whose error bars lie above the background
    others: float  # diagram: excess, in the aperture, of stars that do not follow the isochrone
    galaxies: float  # galaxy map: excess of galaxies around the centre
    glare: float  # image: share that a bright star or a large galaxy lights up
    edge: float  # maps: share near the centre that the survey has not seen
    trail: float  # maps: excess of sources on the fullest line through the centre over the others


SCHEMA = pa.schema([(name, pa.float32()) for name in Cues._fields])


def measure(sheet: Scene) -> Cues:
    """Return the cues of the scene that a sheet is drawn from."""
    fits = on_isochrone(sheet.stars, sheet.distance_modulus)
    chosen = sheet.stars.where(fits)
    pile = best_excess(sheet, chosen)
    bright = chosen.where(chosen.g - sheet.distance_modulus < GIANTS)
    within = (pile.aperture,)
    cues = Cues(
        stars=pile.significance,
        giants=best_excess(sheet, bright, within).significance,
        rings=_rings_above(radial_profile(sheet, chosen)),
        others=best_excess(sheet, sheet.stars.where(~fits), within).significance,
        galaxies=best_excess(sheet, sheet.galaxies).significance if sheet.galaxies else 0.0,
        glare=_glare(sheet),
        edge=1 - float(ring_areas((0.0, NEAR), sheet.covered)[0]) / (np.pi * NEAR**2),
        trail=_trail(sheet.stars),
    )
    return Cues(*(max(float(cue), 0.0) for cue in cues))


def _rings_above(profile: Profile) -> int:
    """Return how many rings from the centre on lie above the background, one after the other."""
    above = profile.density - profile.error > profile.background
    return int(np.argmin(np.append(above, False)))


def _glare(sheet: Scene) -> float:
    """Return what share of the image is lit by something bright."""
    light: Floats = sum((bright_light(bright) for bright in sheet.lights), np.zeros(1))
    return float((light > LIT).mean())


def _trail(sources: Sources) -> float:
    """Return by how much the fullest line through the centre exceeds the mean of all lines."""
    near = np.hypot(sources.x, sources.y) < LINE
    angles = np.arange(ANGLES)[:, None] * (np.pi / ANGLES)
    across = sources.y[near] * np.cos(angles) - sources.x[near] * np.sin(angles)
    on_line = (np.abs(across) < ACROSS).sum(axis=1)
    return float(significance(on_line.max(), max(on_line.mean(), 1.0)))


def measure_all(image_ids: Iterable[str], workers: int = 1) -> pd.DataFrame:
    """Return the cues of subjects of the campaign, float32, a row each in their order.

    Their scenes are made with so many processes. The cues are rounded, as nobody sees more.
    """
    parts = in_chunks(_measure_some, list(image_ids), CHUNK, workers)
    rows = [row for part in parts for row in part]
    return pd.DataFrame(rows, columns=Cues._fields, dtype=np.float32)


def _measure_some(image_ids: list[str]) -> list[list[float]]:
    return [[round(cue, 2) for cue in measure(scene(image_id))] for image_id in image_ids]


def write_cues(cues: pd.DataFrame, path: Path = TABLE) -> None:
    """Write cues as a Parquet file."""
    write_whole(
        pa.Table.from_pandas(cues, SCHEMA, preserve_index=False), path, compression_level=19
    )


def read_cues(path: Path = TABLE) -> pd.DataFrame:
    """Return the cues of all subjects of the campaign, in the order of their ids.

    Raises a DataError if the file is absent, damaged or holds other columns.
    """
    return read_committed(path, SCHEMA)

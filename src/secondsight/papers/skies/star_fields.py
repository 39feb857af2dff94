"""Simulated beside real star fields: the campaign's subjects, and the stars around DELVE 6."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.datasets.delve6 import SOURCE, SUBJECTS, read_field, subject_scene
from secondsight.datasets.registry import load
from secondsight.datasets.sources import find
from secondsight.dtypes import Pixels
from secondsight.papers.skies.realism import percentiles
from secondsight.simulate.campaign import catalogue, scene
from secondsight.simulate.scene import Scene
from secondsight.simulate.search import best_excess, on_isochrone, radial_profile

KINDS = ("known dwarf", "simulated dwarf", "random clump", "galaxy cluster", "bright star")
FIELD = "random clump"
"""The simulated kind whose outskirts are an ordinary field."""


def measure_field(some: Scene) -> dict[str, float]:
    """Return what a star field shows: how many stars, their colour, and the radial counts.

    Keys are `stars` (how many), `median_colour` (g - r in mag), `background` (stars on the
    isochrone an arcmin², outside), `excess` (of the centre over it, in standard deviations).
    """
    chosen = some.stars.where(on_isochrone(some.stars, some.distance_modulus))
    return {
        "stars": float(len(some.stars.g)),
        "median_colour": float(np.median(some.stars.g - some.stars.r)),
        "background": radial_profile(some, chosen).background,
        "excess": best_excess(some, chosen).significance,
    }


def summarize_fields(scenes: Iterable[Scene]) -> pd.DataFrame:
    """Return percentiles of what is measured on star fields, in the form of `summarize`."""
    measured = pd.DataFrame([measure_field(some) for some in scenes])
    return percentiles(measured, "field")


def real_stars(file: Path) -> pd.DataFrame:
    """Return the percentiles of the four fields beside DELVE 6."""
    field = read_field(file)
    beside = [name for name, (_, _, label) in SUBJECTS.items() if label == "0"]
    return summarize_fields(subject_scene(field, name) for name in beside)


def simulated_stars(most: int) -> pd.DataFrame:
    """Return the percentiles of the first simulated fields, at most `most`."""
    subjects = catalogue()
    ids = subjects.loc[subjects["kind"] == FIELD, "image_id"].head(most)
    return summarize_fields(scene(image_id) for image_id in ids)


def subject_rows(most: int) -> list[tuple[str, list[Pixels]]]:
    """Return named rows of subjects as a model sees them; DELVE 6's below where it is here."""
    subjects, dataset = catalogue(), load("dwarfs")
    rows = []
    for kind in KINDS:
        ids = subjects.loc[subjects["kind"] == kind, "image_id"].head(most)
        rows.append((f"{kind}, simulated", [dataset.pixels(image_id) for image_id in ids]))
    if find(SOURCE) is not None:
        real = load("delve6")
        ids = real.table.sort_values("label", ascending=False)["image_id"].head(most)
        rows.append(
            ("DELVE 6 and fields beside it, real", [real.pixels(image_id) for image_id in ids])
        )
    return rows


def galaxy10_rows() -> list[tuple[str, list[Pixels]]]:
    """Return one simulated image of each of Galaxy10's classes, in two rows."""
    dataset = load("galaxy10")
    first = dataset.table.groupby("label")["image_id"].first()
    images = [dataset.pixels(first[str(code)]) for code in range(10)]
    return [("classes 0 to 4, simulated", images[:5]), ("classes 5 to 9, simulated", images[5:])]

"""Real stars of DELVE around DELVE 6, drawn as the simulated campaign's subjects are.

DELVE 6 is an ultra-faint satellite 80 kpc away that Cerny et al. (2023) found; whether it is a
dwarf galaxy or a star cluster is not known. Its field holds stars alone, so the panel of galaxies
is grey and the image shows the catalogue's stars without noise.
"""

import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.io import fits  # type: ignore[import-untyped]
from astropy.utils.exceptions import AstropyUserWarning  # type: ignore[import-untyped]

from secondsight import paths
from secondsight.datasets import sources
from secondsight.datasets.dataset import Dataset, sha256
from secondsight.dtypes import Floats
from secondsight.errors import DataError
from secondsight.simulate.panels import draw_panels
from secondsight.simulate.png import encode_png
from secondsight.simulate.scene import FAINTEST_G, HALF, Scene, Stars, centres

SOURCE = "delve6-stars"
NAME = "delve6"

COLUMNS = {
    "ra": "RA",
    "dec": "DEC",
    "g": "WAVG_EXT_CORRECTED_G",
    "r": "WAVG_EXT_CORRECTED_R",
    "g_error": "WAVG_MAGERR_PSF_G",
    "r_error": "WAVG_MAGERR_PSF_R",
}

CENTRE = 33.070, -66.056
"""DELVE 6's right ascension and declination in degrees (Cerny et al. 2023)."""

DISTANCE_MODULUS = 19.5
"""DELVE 6's, in magnitudes (Cerny et al. 2023)."""

REACH = 31.0
"""How far from DELVE 6 the file holds stars everywhere, in arcmin."""

SUBJECTS = {
    "delve6-1": (0.0, 16.5, "0"),
    "delve6-2": (-16.5, 0.0, "0"),
    "delve6-3": (0.0, 0.0, "1"),
    "delve6-4": (16.5, 0.0, "0"),
    "delve6-5": (0.0, -16.5, "0"),
}
"""Each subject's centre, in arcmin east and north of DELVE 6, and its label."""


def load_real() -> Dataset:
    """Return DELVE 6 and four places beside it as a data set of five subjects.

    Raises a SourceError if the file is not on this machine; a DataError if it is no table of stars.
    """
    field = read_field(sources.require(SOURCE))

    def png(image_id: str) -> bytes:
        return encode_png(draw_panels(subject_scene(field, image_id)))

    table = pd.DataFrame(
        {
            "image_id": list(SUBJECTS),
            "label": [label for _, _, label in SUBJECTS.values()],
            "image_sha256": [sha256(png(image_id)) for image_id in SUBJECTS],
            "split": "test",
        }
    )
    return Dataset(NAME, "real sky", table, png)


def subject_scene(field: Stars, image_id: str) -> Scene:
    """Return a subject's piece of the field around DELVE 6, shifted to its own centre."""
    east, north, _ = SUBJECTS[image_id]
    x, y = field.x - east, field.y - north
    near = (np.abs(x) < HALF) & (np.abs(y) < HALF) & (field.g < FAINTEST_G)
    near &= np.hypot(field.x, field.y) < REACH
    shifted = Stars(x, y, field.g, field.r, field.g_error, field.r_error).where(near)
    middles = centres()
    covered = np.hypot(middles + east, middles[:, None] + north) < REACH
    return Scene(shifted, None, DISTANCE_MODULUS, covered)


@cache
def read_field(path: Path) -> Stars:
    """Return all stars of the file, placed in arcmin from DELVE 6 (gnomonic projection).

    Raises a DataError if the file is cut off, is no FITS table or lacks a column.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyUserWarning)  # all it says of a cut-off file
            with fits.open(path, memmap=False) as units:
                rows = units[1].data
                columns = {name: np.asarray(rows[there], float) for name, there in COLUMNS.items()}
    except Exception:  # on a damaged file astropy raises nearly anything
        raise DataError(
            f"{paths.shown(path)} is no whole FITS table of stars: delete it and run "
            f"secondsight data fetch {SOURCE}"
        ) from None
    x, y = projected(columns.pop("ra"), columns.pop("dec"))
    return Stars(x, y, **columns)


def projected(ra: Floats, dec: Floats) -> tuple[Floats, Floats]:
    """Return places on the plane that touches the sky at DELVE 6, in arcmin east and north.

    `ra` and `dec` are in degrees.
    """
    lon, lat = np.radians(ra - CENTRE[0]), np.radians(dec)
    middle = np.radians(CENTRE[1])
    toward = np.sin(middle) * np.sin(lat) + np.cos(middle) * np.cos(lat) * np.cos(lon)
    east = np.cos(lat) * np.sin(lon) / toward
    north = np.cos(middle) * np.sin(lat) - np.sin(middle) * np.cos(lat) * np.cos(lon)
    return np.degrees(east) * 60, np.degrees(north / toward) * 60

"""Real Milky Way satellites, as far as drawing them takes: distance, size, light and shape."""

from functools import cache

import pandas as pd

from secondsight import paths
from secondsight.simulate.isochrone import read_table

TABLE = paths.DATA / "simulate" / "known_dwarfs.csv"
COLUMNS = ["name", "distance_modulus", "half_light_arcmin", "m_v", "ellipticity", "latitude_deg"]


@cache
def known_dwarfs() -> pd.DataFrame:
    """Return the 57 satellites known since 2000 of the Local Volume Database (Pace 2024).

    Of each `name`, `distance_modulus` (mag), `half_light_arcmin` (along the major axis), `m_v`
    (absolute V magnitude), `ellipticity` (0 to 1), `latitude_deg` (Galactic).
    """
    return read_table(TABLE, COLUMNS)

"""Simulated data sets as a chapter sees them: a committed manifest, images drawn on demand."""

import pandas as pd

from secondsight import paths
from secondsight.datasets.dataset import COLUMNS, Dataset
from secondsight.errors import DataError
from secondsight.simulate.seed import generator
from secondsight.simulate.skies import find_sky

REPEATED = "dwarfs-repeated"
"""The candidates of the dwarf campaign that are asked about again and again."""
COUNT, SEED = 4_000, 4_010
ADDED = ("simulated dwarf", "known dwarf")
"""Kinds of subjects that were added to the candidates."""


def read_manifest(name: str) -> pd.DataFrame:
    """Return a simulated data set's manifest: `image_id`, `label`, `image_sha256`, `split`.

    Raises a DataError if it is absent or holds other columns.
    """
    path = paths.MANIFESTS / f"{name}.parquet"
    if not path.is_file():
        raise DataError(f"{paths.shown(path)} is missing: run secondsight data render {name}")
    try:
        table = pd.read_parquet(path)
    except Exception:  # on a damaged file pandas and Arrow raise nearly anything
        raise DataError(f"{paths.shown(path)} is damaged: restore it with git") from None
    if list(table.columns) != list(COLUMNS):
        raise DataError(f"{paths.shown(path)} holds other columns than {', '.join(COLUMNS)}")
    return table


def simulated(name: str) -> Dataset:
    """Return a simulated data set. Nothing is drawn until an image is asked for."""
    return Dataset(name, "simulated sky", read_manifest(name), find_sky(name).png)


def load_repeated() -> Dataset:
    """Return 4,000 of the campaign's candidates, drawn at random, in the campaign's order."""
    campaign = simulated("dwarfs")
    kinds = find_sky("dwarfs").catalogue().set_index("image_id")["kind"]
    candidate = ~campaign.table["image_id"].map(kinds).isin(ADDED)
    chosen = campaign.table[candidate].sample(COUNT, random_state=generator(SEED, REPEATED, "draw"))
    table = chosen.sort_index().reset_index(drop=True)
    return Dataset(REPEATED, campaign.origin, table, campaign.png)

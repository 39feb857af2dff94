"""The candidates of the dwarf campaign that are asked about again and again."""

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.manifest import simulated
from secondsight.simulate.seed import generator
from secondsight.simulate.skies import find_sky

NAME = "dwarfs-repeated"
COUNT, SEED = 4_000, 4_010
ADDED = ("simulated dwarf", "known dwarf")
"""Kinds of subjects that were added to the candidates."""


def load_repeated() -> Dataset:
    """Return 4,000 of the campaign's candidates, drawn at random, in the campaign's order."""
    campaign = simulated("dwarfs")
    kinds = find_sky("dwarfs").catalogue().set_index("image_id")["kind"]
    candidate = ~campaign.table["image_id"].map(kinds).isin(ADDED)
    chosen = campaign.table[candidate].sample(COUNT, random_state=generator(SEED, NAME, "draw"))
    table = chosen.sort_index().reset_index(drop=True)
    return Dataset(NAME, campaign.origin, table, campaign.png)

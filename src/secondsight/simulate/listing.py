"""The catalogue of a simulated data set: numbered ids and labels in an order that tells nothing."""

import pandas as pd

from secondsight.errors import DataError
from secondsight.simulate.seed import generator


def listing(
    name: str, seed: int, counts: dict[str, int], *, split: str = "test", stem: str | None = None
) -> pd.DataFrame:
    """Return one row an image, the labels shuffled.

    Parameters
    ----------
    name : str
        The data set's name.
    seed : int
        The simulation's seed.
    counts : dict
        From each label to how many images have it.
    split : str
        Every row's `split`.
    stem : str, optional
        What ids begin with; the name, if it is not given.

    Returns
    -------
    DataFrame
        With `image_id`, `label` and `split`.
    """
    labels = [label for label, count in counts.items() for _ in range(count)]
    order = generator(seed, name, "order").permutation(len(labels))
    return pd.DataFrame(
        {
            "image_id": [f"{stem or name}-{number:04d}" for number in range(len(labels))],
            "label": [labels[place] for place in order],
            "split": split,
        }
    )


def row_of(image_id: str, rows: dict[str, str], name: str) -> str:
    """Return what `rows` says of an image.

    Raises
    ------
    DataError
        If there is no such image.
    """
    if image_id not in rows:
        raise DataError(f"the simulated data set {name!r} has no image {image_id!r}")
    return rows[image_id]

"""The images of a simulated data set: numbered ids and labels in an order that tells nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.simulate.seed import generator
from secondsight.simulate.sky import Sky


@dataclass(frozen=True)
class Listing:
    """Which images there are, and what each shows.

    Attributes
    ----------
    name : str
        What ids begin with.
    seed : int
        The simulation's seed.
    counts : mapping of str to int
        How many images have each label.
    split : str
        Every row's `split`.
    shows : str
        The column that says what an image shows.
    """

    name: str
    seed: int
    counts: Mapping[str, int]
    split: str = "test"
    shows: str = "label"

    def rows(self) -> pd.DataFrame:
        """Return one row an image, with `image_id`, `label` and `split`."""
        labels = [label for label, count in self.counts.items() for _ in range(count)]
        order = generator(self.seed, self.name, "order").permutation(len(labels))
        ids = [f"{self.name}-{number:04d}" for number in range(len(labels))]
        shuffled = [labels[place] for place in order]
        return pd.DataFrame({"image_id": ids, "label": shuffled, "split": self.split})

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows, made once; not to be changed."""
        return self.rows()

    @cached_property
    def shown(self) -> dict[str, str]:
        """What each image shows, by its id."""
        return dict(zip(self.table["image_id"], self.table[self.shows], strict=True))

    def sky(
        self, picture: Callable[[np.random.Generator, str], Pixels], name: str | None = None
    ) -> Sky:
        """Return the data set whose images `picture` draws.

        Parameters
        ----------
        picture : callable
            From an image's own generator and what it shows to its pixels. A `DataError` comes
            instead if there is no such image.
        name : str, optional
            The data set's, if it is another than the ids'.
        """

        def draw(image_id: str) -> Pixels:
            if image_id not in self.shown:
                raise DataError(f"the simulated data set {self.name!r} has no image {image_id!r}")
            return picture(generator(self.seed, self.name, image_id), self.shown[image_id])

        return Sky(name or self.name, lambda: self.table.copy(), draw)

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
    """Which images there are, and what each shows."""

    name: str  # what ids begin with
    seed: int
    counts: Mapping[str, int]  # how many images have each label
    split: str = "test"  # of every row
    shows: str = "label"  # the column that says what an image shows

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
        """Return the data set whose images `picture` draws from a generator and what each shows.

        Its name is that of the ids, if it is given no other.
        """

        def draw(image_id: str) -> Pixels:
            if image_id not in self.shown:
                raise DataError(f"the simulated data set {self.name!r} has no image {image_id!r}")
            return picture(generator(self.seed, self.name, image_id), self.shown[image_id])

        return Sky(name or self.name, lambda: self.table.copy(), draw)

"""LSBGs and artifacts of the Dark Energy Survey: 5,000 pictures by Tanoglidis et al. 2021."""

from typing import Any

import numpy as np
import numpy.typing as npt

from secondsight.datasets import sources
from secondsight.datasets.arrays import Part, check_images, check_labels, from_arrays, read_npy
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import LSBG
from secondsight.paths import shown

SIDE = 64
LABELS = "lsbg-labels"
IMAGES = tuple(f"lsbg-images-{number}" for number in range(1, 6))


def load_real() -> Dataset:
    """Return the data set ``lsbg-real``; ids are positions in the five files, one after another.

    Raises
    ------
    SourceError, DataError
        If a file is not on this machine, or not what it should be.
    """
    paths = [sources.require(name) for name in IMAGES]
    parts = [read_npy(path) for path in paths]
    for part, path in zip(parts, paths, strict=True):
        check_images(part, SIDE, shown(path))
    where = sources.require(LABELS)
    count = sum(len(part) for part in parts)
    labels = check_labels(np.asarray(read_npy(where)), count, LSBG.codes, shown(where))
    return from_arrays("lsbg-real", [Part("lsbg-real", "test", _Joined(parts), labels)])


class _Joined:
    """Arrays one after another, indexed by position, without copying them."""

    def __init__(self, parts: list[npt.NDArray[Any]]) -> None:
        self.parts = parts
        self.starts = np.cumsum([0, *(len(part) for part in parts)])

    def __getitem__(self, position: int) -> npt.NDArray[Any]:
        which = int(np.searchsorted(self.starts, position, side="right")) - 1
        image: npt.NDArray[Any] = self.parts[which][position - int(self.starts[which])]
        return image

"""GalaxyMNIST: galaxies of Galaxy Zoo DECaLS in four shapes (Walmsley et al. 2022)."""

from secondsight.datasets import sources
from secondsight.datasets.arrays import Part, from_arrays, hdf5_images
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import MORPHOLOGY

SIDE, LARGE_SIDE = 64, 224


def load_real() -> Dataset:
    """Return the data set ``galaxy-mnist``, 64 pixels a side; ids are split and position.

    Raises
    ------
    SourceError, DataError
        If a file is not on this machine, or not what it should be.
    """
    return _load("galaxy-mnist", SIDE)


def load_real_large() -> Dataset:
    """Return the data set ``galaxy-mnist-224``: the same galaxies, 224 pixels a side.

    Raises
    ------
    SourceError, DataError
        As `load_real` does.
    """
    return _load("galaxy-mnist-224", LARGE_SIDE)


def _load(name: str, side: int) -> Dataset:
    """Return both splits; the test images come first."""
    return from_arrays(name, [_part(name, split, side) for split in ("test", "train")])


def _part(name: str, split: str, side: int) -> Part:
    path = sources.require(f"{name}-{split}")
    images, labels = hdf5_images(path, "labels", side, MORPHOLOGY.codes)
    return Part(f"{name}-{split}", split, images, labels)

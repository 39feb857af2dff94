"""GalaxyMNIST: galaxies of Galaxy Zoo DECaLS in four shapes (Walmsley et al. 2022)."""

from secondsight.datasets import sources
from secondsight.datasets.arrays import Part, check_images, check_labels, from_arrays, read_hdf5
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import MORPHOLOGY
from secondsight.paths import shown

SIDE, LARGE_SIDE = 64, 224


def load_real() -> Dataset:
    """Return the data set ``galaxy-mnist``, 64 pixels a side; ids are split and position.

    Raises
    ------
    SourceError
        If a file is not on this machine, or is another one.
    DataError
        If the files do not hold what they should.
    """
    return _load("galaxy-mnist", SIDE)


def load_real_large() -> Dataset:
    """Return the data set ``galaxy-mnist-224``: the same galaxies, 224 pixels a side.

    Raises
    ------
    SourceError
        If a file is not on this machine, or is another one.
    DataError
        If the files do not hold what they should.
    """
    return _load("galaxy-mnist-224", LARGE_SIDE)


def _load(name: str, side: int) -> Dataset:
    """Return both splits; the test images come first."""
    return from_arrays(name, [_part(name, split, side) for split in ("test", "train")])


def _part(name: str, split: str, side: int) -> Part:
    path = sources.require(f"{name}-{split}")
    images, labels = read_hdf5(path, "images", "labels")
    check_images(images, side, shown(path))
    codes = check_labels(labels, len(images), MORPHOLOGY.codes, shown(path))
    return Part(f"{name}-{split}", split, images, codes)

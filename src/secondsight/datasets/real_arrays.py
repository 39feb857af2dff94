"""Real data sets that come as arrays, each with the ids that its positions make.

Every function raises a SourceError if a file is not on this machine, and a DataError if it is not
what it should be.

References
----------
Tanoglidis et al. 2021 for LSBGs and artifacts of the Dark Energy Survey; Walmsley et al. 2022 for
GalaxyMNIST, of Galaxy Zoo DECaLS; Leung & Bovy for Galaxy10 DECaLS, with labels of Galaxy Zoo.
"""

import numpy as np

from secondsight.datasets import sources
from secondsight.datasets.arrays import (
    Part,
    check_images,
    check_labels,
    from_arrays,
    hdf5_images,
    read_npy,
)
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import GALAXY10, LSBG, MORPHOLOGY
from secondsight.paths import shown

SMALL = 64
"""Pixels on a side of small pictures."""
LSBG_LABELS = "lsbg-labels"
LSBG_IMAGES = tuple(f"lsbg-images-{number}" for number in range(1, 6))
GALAXY10_SOURCE = "galaxy10-decals"


def lsbg() -> Dataset:
    """Return ``lsbg-real``, 5,000 pictures: the five files one after another."""
    parts = []
    for name in LSBG_IMAGES:
        path = sources.require(name)
        parts.append(read_npy(path))
        check_images(parts[-1], SMALL, shown(path))
    images, where = np.concatenate(parts), sources.require(LSBG_LABELS)
    labels = check_labels(np.asarray(read_npy(where)), len(images), LSBG.codes, shown(where))
    return from_arrays("lsbg-real", [Part("lsbg-real", "test", images, labels)])


def galaxy_mnist() -> Dataset:
    """Return ``galaxy-mnist``; the test images come first."""
    return _galaxy_mnist("galaxy-mnist", SMALL)


def galaxy_mnist_224() -> Dataset:
    """Return ``galaxy-mnist-224``: the same galaxies, 224 pixels a side."""
    return _galaxy_mnist("galaxy-mnist-224", 224)


def _galaxy_mnist(name: str, side: int) -> Dataset:
    parts = []
    for split in ("test", "train"):
        path = sources.require(f"{name}-{split}")
        images, labels = hdf5_images(path, "labels", side, MORPHOLOGY.codes)
        parts.append(Part(f"{name}-{split}", split, images, labels))
    return from_arrays(name, parts)


def galaxy10() -> Dataset:
    """Return ``galaxy10-real``, 17,736 galaxies, 256 pixels a side.

    Its images stay on the disk. Hashing all of them takes about a minute.
    """
    images, labels = hdf5_images(sources.require(GALAXY10_SOURCE), "ans", 256, GALAXY10.codes)
    return from_arrays("galaxy10-real", [Part("galaxy10-real", "test", images, labels)])

"""Galaxy10 DECaLS: 17,736 galaxies in ten classes (Leung & Bovy; labels of Galaxy Zoo)."""

from secondsight.datasets import sources
from secondsight.datasets.arrays import Part, from_arrays, hdf5_images
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import GALAXY10

SIDE = 256
SOURCE = "galaxy10-decals"


def load_real() -> Dataset:
    """Return the data set ``galaxy10-real``; ids are positions.

    Its images stay on the disk. Hashing all of them takes about a minute.

    Raises
    ------
    SourceError, DataError
        If the file is not on this machine, or not what it should be.
    """
    images, labels = hdf5_images(sources.require(SOURCE), "ans", SIDE, GALAXY10.codes)
    return from_arrays("galaxy10-real", [Part("galaxy10-real", "test", images, labels)])

"""Every data set by its name: simulated ones, and real ones when their files are here."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from pkgutil import resolve_name

from secondsight.datasets.campaign_folder import is_campaign, load_campaign
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import VOTES
from secondsight.datasets.manifest import REPEATED, load_repeated, simulated
from secondsight.errors import DataError
from secondsight.simulate.skies import SKIES

REAL = {
    "lsbg-real": "secondsight.datasets.real_arrays:lsbg",
    "galaxy-mnist": "secondsight.datasets.real_arrays:galaxy_mnist",
    "galaxy-mnist-224": "secondsight.datasets.real_arrays:galaxy_mnist_224",
    "delve6": "secondsight.datasets.delve6:load_real",
    "mirabest": "secondsight.datasets.mirabest:load_real",
    "first-radio": "secondsight.datasets.first_radio:load_real",
    "galaxy10-real": "secondsight.datasets.real_arrays:galaxy10",
}
"""From a real data set's name to the function that reads it, loaded when it is asked for."""


def _real(name: str) -> Dataset:
    dataset: Dataset = resolve_name(REAL[name])()
    return dataset


LOADERS: dict[str, Callable[[], Dataset]] = {
    **{sky: partial(simulated, sky) for sky in SKIES},
    REPEATED: load_repeated,
    **{name: partial(_real, name) for name in REAL},
}
"""From the name of a data set of the project to what loads it."""


def is_known(name: str) -> bool:
    """Whether this is the name of a data set of the project, and of no folder."""
    return name in LOADERS


def is_folder(name: str) -> bool:
    """Whether this is the name of a folder, and of no data set of the project."""
    try:
        return not is_known(name) and Path(name).is_dir()
    except (OSError, ValueError):  # no name of a folder: too long
        return False


def load(name: str) -> Dataset:
    """Return the data set of this name, or the campaign in the folder of this name.

    Raises a DataError if there is none (the text lists those that there are), or its files are not
    right; a SourceError if it is a real one whose files are not on this machine; the text says how
    to fetch them.
    """
    if is_known(name):
        return LOADERS[name]()
    if not is_campaign(name):
        known = ", ".join(LOADERS)
        raise DataError(f"no data set named {name!r}; known: {known}, or a folder with a {VOTES}")
    campaign = load_campaign(name)
    if is_known(campaign.name):
        raise DataError(
            f"the folder is called {campaign.name!r} like a data set of this project, and their "
            "answers would be recorded together: give the folder another name"
        )
    return campaign

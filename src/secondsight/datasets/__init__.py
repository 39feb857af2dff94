"""Images and labels: outside files, tasks, and data sets."""

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import load_folder
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import (
    FOUR_OF_GALAXY_ZOO_2,
    GALAXY_ZOO_2,
    LSBG,
    MORPHOLOGY,
    TASKS,
    Category,
    Task,
)

__all__ = [
    "FOUR_OF_GALAXY_ZOO_2",
    "GALAXY_ZOO_2",
    "LSBG",
    "MORPHOLOGY",
    "TASKS",
    "Category",
    "Dataset",
    "Task",
    "load",
    "load_folder",
]

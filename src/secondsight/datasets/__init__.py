"""Images and labels: outside files, tasks, and data sets."""

from secondsight.datasets.campaign_folder import load_campaign
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import load_folder
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import (
    FANAROFF_RILEY,
    FOUR_OF_GALAXY_ZOO_2,
    GALAXY10,
    GALAXY_ZOO_2,
    LSBG,
    MORPHOLOGY,
    TASKS,
    Category,
    Task,
)

__all__ = [
    "FANAROFF_RILEY",
    "FOUR_OF_GALAXY_ZOO_2",
    "GALAXY10",
    "GALAXY_ZOO_2",
    "LSBG",
    "MORPHOLOGY",
    "TASKS",
    "Category",
    "Dataset",
    "Task",
    "load",
    "load_campaign",
    "load_folder",
]

"""Second Sight: a second look at how vision-language models see galaxies."""

from importlib.metadata import version

__version__ = version("secondsight")

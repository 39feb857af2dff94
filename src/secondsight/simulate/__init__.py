"""Skies that this project makes itself. Nothing here knows a real image."""

from secondsight.simulate.skies import SKIES, find_sky
from secondsight.simulate.sky import Sky

__all__ = ["SKIES", "Sky", "find_sky"]

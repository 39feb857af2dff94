"""The tables that stand in for AION-Search's files: codes and numbers, no text."""

from pathlib import Path

import pandas as pd

from secondsight.datasets.aion_search import read_runs


def answers(*files: Path) -> pd.DataFrame:
    """Return each answer's cost and the judge's codes for it, without its text."""
    return read_runs(*files).answers.drop(columns="text")


def votes(*files: Path) -> pd.DataFrame:
    """Return the volunteers' majority answers, galaxy by galaxy."""
    return read_runs(*files).votes

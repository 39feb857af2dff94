"""The votes on the simulated dwarf campaign: read and counted."""

from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.simulate.tables import read_committed
from secondsight.simulate.volunteers import CAMPAIGN, SCHEMA


def read_campaign(path: Path = CAMPAIGN) -> pd.DataFrame:
    """Return the votes on the simulated dwarf campaign: `subject`, `volunteer`, `vote`.

    Raises a DataError if the file is absent, damaged or holds other columns.
    """
    return read_committed(path, SCHEMA)


def count_campaign(votes: pd.DataFrame) -> pd.DataFrame:
    """Return votes per subject of a campaign: index `subject`, columns `yes` and `votes`."""
    subject = votes["subject"].to_numpy()
    total = np.bincount(subject)
    yes = np.bincount(subject[votes["vote"].to_numpy()], minlength=len(total))
    index = pd.RangeIndex(len(total), name="subject")
    return pd.DataFrame({"yes": yes, "votes": total}, index)

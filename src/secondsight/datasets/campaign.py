"""The votes on the simulated dwarf campaign: read and counted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from secondsight.errors import DataError
from secondsight.paths import shown
from secondsight.simulate.volunteers import CAMPAIGN, SCHEMA


def read_campaign(path: Path = CAMPAIGN) -> pd.DataFrame:
    """Return the votes on the simulated dwarf campaign: `subject`, `volunteer`, `vote`.

    Raises a DataError if the file is absent, damaged or holds other columns.
    """
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing: restore it with git") from None
    except (pa.ArrowException, OSError):
        raise DataError(f"{shown(path)} is damaged: restore it with git") from None
    if table.schema.names != SCHEMA.names or table.schema.types != SCHEMA.types:
        raise DataError(f"{shown(path)} holds other columns than {', '.join(SCHEMA.names)}")
    votes: pd.DataFrame = table.to_pandas()
    return votes


def count_campaign(votes: pd.DataFrame) -> pd.DataFrame:
    """Return votes per subject of a campaign: index `subject`, columns `yes` and `votes`."""
    subject = votes["subject"].to_numpy()
    total = np.bincount(subject)
    yes = np.bincount(subject[votes["vote"].to_numpy()], minlength=len(total))
    index = pd.RangeIndex(len(total), name="subject")
    return pd.DataFrame({"yes": yes, "votes": total}, index)

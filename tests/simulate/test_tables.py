from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from secondsight.datasets.campaign import read_campaign
from secondsight.errors import DataError
from secondsight.simulate.cues import read_cues


@pytest.mark.parametrize(("read", "name"), [(read_cues, "cues"), (read_campaign, "campaign")])
@pytest.mark.parametrize("content", [None, b"nothing", b"columns"])
def test_a_file_that_is_not_right_is_named(
    tmp_path: Path, read: Callable[[Path], pd.DataFrame], name: str, content: bytes | None
) -> None:
    path = tmp_path / f"{name}.parquet"
    if content == b"columns":
        pd.DataFrame({"subject": [1]}).to_parquet(path)
    elif content:
        path.write_bytes(content)
    with pytest.raises(DataError, match=rf"{name}\.parquet (is|holds)"):
        read(path)

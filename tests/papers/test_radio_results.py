from pathlib import Path

import pandas as pd
import pytest

from secondsight.datasets.published import Table, published_table
from secondsight.errors import DataError
from secondsight.papers import radio_results as results
from secondsight.training.radio.radio_captions import KINDS
from secondsight.training.results import ALL, LESS
from secondsight.training.settings import SETTINGS


def test_the_committed_results_are_complete() -> None:
    table = results.read()
    metrics = {*published_table("radio_alignment").rows, "kinds_cosine"}
    differences = table["setting"].str.contains(LESS) | table["captions"].str.contains(LESS)
    assert set(table[differences]["seed"]) == {ALL}
    cells = table[~differences].groupby(["setting", "captions", "seed"])["metric"].agg(set)
    assert len(cells) == len(SETTINGS) * len(KINDS) * 4
    assert all(metrics <= found for found in cells)
    assert not table["value"].isna().any()


def test_a_difference_is_that_of_the_means() -> None:
    table = results.read()
    for metric in ("top_5_recall", "probe_f1_images", "kinds_cosine"):
        one, other = (results.over_images(table, "both", kind, metric).value for kind in KINDS)
        found = results.over_images(table, "both", "precise less generic", metric)
        assert found.value == pytest.approx(one - other, abs=2e-5)
        frozen = results.over_images(table, "frozen", "precise", metric).value
        found = results.over_images(table, "both less frozen", "precise", metric)
        assert found.value == pytest.approx(one - frozen, abs=2e-5)


def test_a_table_that_is_missing_or_foreign_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"results\.csv is missing"):
        results.read(tmp_path / "results.csv")
    pd.DataFrame({"a": [1]}).to_csv(tmp_path / "results.csv", index=False)
    with pytest.raises(DataError, match="other columns"):
        results.read(tmp_path / "results.csv")


PRINTED: Table = published_table("radio_alignment")


def test_a_panel_has_what_is_printed_beside_ours() -> None:
    series = results.panels(results.every_cell(results.read()), PRINTED)
    assert [len(own) for own in series.values()] == [3] * len(results.DRAWN)


def test_differences_are_of_the_same_images() -> None:
    table = results.read()
    gain = results.differences(table)["gain_top_5_recall_precise"]
    ends = (
        results.over_images(table, side, "precise", "top_5_recall") for side in ("both", "frozen")
    )
    both, frozen = (each.value for each in ends)
    assert gain.value == pytest.approx(both - frozen, abs=1e-3)

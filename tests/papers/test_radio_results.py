from pathlib import Path

import pandas as pd
import pytest

from secondsight.datasets.published import Table, published_table
from secondsight.errors import DataError
from secondsight.papers import radio_results as results
from secondsight.training.radio.radio_captions import KINDS
from secondsight.training.radio.radio_galaxies import TEST
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


def test_the_mean_over_seeds_is_that_of_the_seeds() -> None:
    table = results.read()
    for setting in SETTINGS:
        for kind in KINDS:
            by_seed = results.over_seeds(table, setting, kind, "top_5_recall")
            by_image = results.over_images(table, setting, kind, "top_5_recall")
            assert by_seed.value == pytest.approx(by_image.value, abs=2e-5)
            assert by_image.low <= by_image.value <= by_image.high
            assert (by_seed.n, by_image.n) == (3, TEST)


def test_the_frozen_model_has_no_spread_over_seeds() -> None:
    found = results.over_seeds(results.read(), "frozen", "precise", "probe_f1_images")
    assert found.low == found.high


def test_a_difference_is_that_of_the_means() -> None:
    table = results.read()
    for metric in ("top_5_recall", "probe_f1_images", "kinds_cosine"):
        one, other = (results.over_images(table, "both", kind, metric).value for kind in KINDS)
        found = results.over_images(table, "both", "precise less generic", metric)
        assert found.value == pytest.approx(one - other, abs=2e-5)
        frozen = results.over_images(table, "frozen", "precise", metric).value
        found = results.over_images(table, "both less frozen", "precise", metric)
        assert found.value == pytest.approx(one - frozen, abs=2e-5)


def test_the_map_holds_each_test_image_three_times() -> None:
    counts = results.read(results.MAP).groupby(["setting", "what"]).size()
    assert set(counts) == {TEST}
    assert len(counts) == 6


def test_a_table_that_is_missing_or_foreign_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"results\.csv is missing"):
        results.read(tmp_path / "results.csv")
    pd.DataFrame({"a": [1]}).to_csv(tmp_path / "results.csv", index=False)
    with pytest.raises(DataError, match="other columns"):
        results.read(tmp_path / "results.csv")


PRINTED: Table = published_table("radio_alignment")


def test_every_row_stands_below_the_printed_one() -> None:
    cells = results.every_cell(results.read(), results.over_seeds)
    table = results.beside_printed(cells, PRINTED)
    assert len(cells) == len(results.ROWS) * len(KINDS) * len(SETTINGS)
    assert (table["whose"] == "published").sum() == len(PRINTED.rows)
    assert len(table) == len(results.ROWS) * len(KINDS) + len(PRINTED.rows)


def test_a_panel_has_what_is_printed_where_something_is() -> None:
    cells = results.every_cell(results.read(), results.over_images)
    series = results.panels(cells, PRINTED)
    assert [len(own) for own in series.values()] == [3] * 5 + [2]


def test_differences_are_of_the_same_images() -> None:
    table = results.read()
    gain = results.differences(table)["gain_top_5_recall_precise"]
    ends = (
        results.over_images(table, side, "precise", "top_5_recall") for side in ("both", "frozen")
    )
    both, frozen = (each.value for each in ends)
    assert gain.value == pytest.approx(both - frozen, abs=1e-3)

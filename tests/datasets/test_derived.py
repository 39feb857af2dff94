import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets import derived
from secondsight.datasets.derived import DERIVATIONS, as_text, count_rows, derive, one_row_each
from secondsight.errors import DataError, DerivedMismatch
from secondsight.papers.first_sight.lsbg_labels import label_blocks

NAMES = sorted(DERIVATIONS)
FROM_FILES = [name for name in NAMES if not DERIVATIONS[name].needs]
FILES = {
    "gpt-4o-mini": "gpt4o_mini_galaxy_classification_results.json",
    "qwen-vl": "qwen_vl_galaxy_classification_results.json",
}


@pytest.fixture
def no_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No outside file is on this machine."""
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "DOWNLOADS", tmp_path / "downloads")


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """The committed tables, to be changed."""
    return Path(shutil.copytree(paths.DERIVED, tmp_path / "derived"))


@pytest.fixture
def parsing() -> pd.DataFrame:
    """The committed counts of true, released and our categories."""
    return pd.read_csv(paths.DERIVED / "astrosight_parsing.csv")


@pytest.mark.usefixtures("no_sources")
@pytest.mark.parametrize("name", NAMES)
def test_without_sources_the_committed_table_is_read(name: str) -> None:
    found = derived.load(name)
    committed = (paths.DERIVED / f"{name}.csv").read_text()
    assert as_text(found.table) == committed
    assert not found.recomputed
    assert found.line.startswith(f"data/derived/{name}.csv, committed;")


@pytest.mark.parametrize("name", FROM_FILES)
def test_with_sources_the_table_is_made_anew_and_is_the_same(mirror: Path, name: str) -> None:
    if not DERIVATIONS[name].is_installed:
        pytest.skip(f"making {name} needs the extra `{DERIVATIONS[name].extra}`")
    found = derived.load(name)
    assert found.recomputed
    assert found.line.startswith(f"data/derived/{name}.csv, recomputed;")
    assert as_text(derive(name)) == (paths.DERIVED / f"{name}.csv").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_line_names_every_source(name: str) -> None:
    for recomputed in (True, False):
        line = derived.Derived(name, pd.DataFrame(), recomputed).line
        made = DERIVATIONS[name]
        assert made.needs in line if made.needs else all(name in line for name in made.sources)


def test_a_changed_table_stops_the_build_where_sources_are(mirror: Path, copies: Path) -> None:
    path = copies / "lsbg_labels.csv"
    path.write_text(path.read_text().replace("236,264", "235,265"))
    with pytest.raises(DerivedMismatch, match="secondsight derive lsbg_labels"):
        derived.load("lsbg_labels", folder=copies)


@pytest.mark.usefixtures("no_sources")
def test_a_changed_table_goes_unnoticed_without_sources_and_says_so(copies: Path) -> None:
    path = copies / "lsbg_labels.csv"
    path.write_text(path.read_text().replace("236,264", "235,265"))
    found = derived.load("lsbg_labels", folder=copies)
    assert found.table["ones"][0] == 265
    assert "committed" in found.line


def test_an_absent_table_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"lsbg_labels\.csv is missing: run secondsight derive"):
        derived.load("lsbg_labels", folder=tmp_path)


def test_an_unknown_table_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="no derived table named 'nope'; known: astrosight_answers"):
        derive("nope")


@pytest.mark.usefixtures("no_sources")
def test_a_table_cannot_be_made_without_its_sources() -> None:
    with pytest.raises(DataError, match="needs lsbg-labels: run secondsight data fetch"):
        derive("lsbg_labels")


def test_labels_are_counted_in_blocks(tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.array([0, 1, 1, 0, 1, 1, 1]))
    assert label_blocks(tmp_path / "y.npy", block=3).to_dict("list") == {
        "first": [0, 3, 6],
        "zeros": [1, 1, 0],
        "ones": [2, 2, 1],
    }


@pytest.mark.parametrize(
    "labels", [[0, 1, 2], [[0, 1], [1, 0]], [0.0, float("nan")], ["0", "1"], [0, -1]]
)
def test_labels_that_are_no_zeros_and_ones_are_refused(tmp_path: Path, labels: list) -> None:
    np.save(tmp_path / "y.npy", np.array(labels))
    with pytest.raises(DataError, match=r"y\.npy holds something else"):
        label_blocks(tmp_path / "y.npy")


def test_rows_are_counted_in_order_and_come_back() -> None:
    rows = pd.DataFrame({"a": ["y", "x", "y", "x", "x"], "b": ["1", "2", "1", "1", "2"]})
    counted = count_rows(rows)
    assert counted.to_numpy().tolist() == [["x", "1", 1], ["x", "2", 2], ["y", "1", 2]]
    assert one_row_each(counted).to_numpy().tolist() == sorted(rows.to_numpy().tolist())


# --- The released files in plain pandas ---------------------------------------------------


@pytest.mark.parametrize(("model", "printed"), [("gpt-4o-mini", 36.17), ("qwen-vl", 33.28)])
def test_the_released_accuracies(mirror: Path, model: str, printed: float) -> None:
    released = json.loads((mirror / "astrosight" / FILES[model]).read_text())
    table = pd.DataFrame(released["detailed_results"])
    right = table["true_label"] == table["predicted_label"]
    assert round(100 * right.mean(), 2) == printed


@pytest.mark.parametrize("model", FILES)
def test_the_committed_counts_are_those_of_the_released_labels(
    mirror: Path, parsing: pd.DataFrame, model: str
) -> None:
    released = json.loads((mirror / "astrosight" / FILES[model]).read_text())
    table = pd.DataFrame(released["detailed_results"])
    expected = pd.crosstab(table["true_label"], table["predicted_label"])
    ours = parsing[parsing["model"] == model]
    found = ours.pivot_table(index="true", columns="released", values="count", aggfunc="sum")
    found = found.fillna(0).astype(int)
    assert found.index.tolist() == expected.index.tolist()
    assert found.columns.tolist() == expected.columns.tolist()
    assert found.to_numpy().tolist() == expected.to_numpy().tolist()


# --- The committed tables alone -----------------------------------------------------------


@pytest.mark.parametrize(("model", "printed"), [("gpt-4o-mini", 36.17), ("qwen-vl", 33.28)])
def test_the_committed_counts_give_the_released_accuracies(
    parsing: pd.DataFrame, model: str, printed: float
) -> None:
    own = parsing[parsing["model"] == model]
    right = own.loc[own["true"] == own["released"], "count"].sum()
    assert own["count"].sum() == 11_088
    assert round(100 * right / 11_088, 2) == printed


def test_the_committed_answers_are_of_all_images() -> None:
    table = pd.read_csv(paths.DERIVED / "astrosight_answers.csv")
    assert table["count"].sum() == 11_088
    assert table.loc[table["true"].isin(["A", "C", "D", "F"]), "count"].sum() == 6_283


@pytest.mark.parametrize("model", FILES)
def test_the_two_committed_tables_hold_the_same_readings(parsing: pd.DataFrame, model: str) -> None:
    answers = pd.read_csv(paths.DERIVED / "astrosight_answers.csv")
    own = parsing[parsing["model"] == model].groupby(["true", "ours"])["count"].sum()
    joint = answers.groupby(["true", model])["count"].sum()
    assert own.to_dict() == joint.to_dict()


def test_the_committed_labels_are_5000_and_the_first_block_fits_the_printed_counts() -> None:
    table = pd.read_csv(paths.DERIVED / "lsbg_labels.csv")
    assert (table["zeros"] + table["ones"]).tolist() == [500] * 10
    assert table.loc[0, ["zeros", "ones"]].tolist() == [236, 264]

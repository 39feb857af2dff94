from pathlib import Path

import numpy as np
import pytest

from secondsight.datasets.published import (
    Matrix,
    published,
    published_matrix,
    published_number,
    published_table,
)
from secondsight.datasets.tasks import TASKS
from secondsight.errors import DataError
from secondsight.metrics.intervals import proportion
from secondsight.metrics.scores import accuracy, precision, recall

LSBG = published_matrix("llava_lsbg").confusion
MORPHOLOGY = published_matrix("llava_morphology").confusion

HEAD = """
number = {}
matrix = {}
[paper.one]
title = "One"
citation = "One 2026"
key = "one"
"""


@pytest.mark.parametrize(
    ("name", "value", "n"),
    [
        ("llava_lsbg_accuracy", accuracy(LSBG).value, 500),
        ("llava_lsbg_precision", precision(LSBG, 1).value, None),
        ("llava_lsbg_recall", recall(LSBG, 1).value, None),
        ("llava_morphology_accuracy", accuracy(MORPHOLOGY).value, 500),
    ],
)
def test_a_printed_number_follows_from_the_printed_counts(
    name: str, value: float, n: int | None
) -> None:
    number = published_number(name)
    assert round(value, number.decimals) == number.value
    assert number.n == n


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("llava_lsbg_accuracy", 0.574),
        ("llava_lsbg_precision", 0.603),
        ("llava_lsbg_recall", 0.564),
        ("llava_morphology_accuracy", 0.47),
        ("astrosight_gpt4o_mini_accuracy", 0.3617),
        ("astrosight_qwen_vl_accuracy", 0.3328),
    ],
)
def test_the_numbers_are_as_printed(name: str, printed: float) -> None:
    assert published_number(name).value == printed


def test_only_the_prompts_reading_of_the_classes_fits_what_is_printed() -> None:
    assert round(precision(LSBG, 0).value, 3) != 0.603
    assert round(recall(LSBG, 0).value, 3) != 0.564


@pytest.mark.parametrize("name", sorted(published().matrix))
def test_every_matrix_has_its_tasks_categories(name: str) -> None:
    matrix = published_matrix(name)
    assert matrix.confusion.categories == TASKS[matrix.task].names
    assert matrix.confusion.n == (500 if matrix.counts else 0)


def test_rows_as_printed_are_answers() -> None:
    matrix = published_matrix("llava_lsbg")
    assert matrix.confusion.counts.tolist() == np.array(matrix.counts).T.tolist()
    assert matrix.confusion.counts.sum(axis=1).tolist() == [236, 264]


@pytest.mark.parametrize("name", sorted(published().number))
def test_every_number_has_as_many_decimals_as_are_said(name: str) -> None:
    number = published_number(name)
    assert round(number.value, number.decimals) == number.value


def test_a_share_gets_the_interval_of_its_images() -> None:
    found = published_number("gpt4o_lsbg_accuracy").estimate(0.9)
    exact = proportion(415, 500, 0.9)
    assert (found.value, found.low, found.high) == (0.83, exact.low, exact.high)


def test_a_bare_number_has_no_interval() -> None:
    found = published_number("cnn_lsbg_accuracy").bare
    assert found.value == 0.92
    assert np.isnan([found.low, found.high]).all()


def test_a_number_of_unsaid_images_gets_no_interval() -> None:
    with pytest.raises(DataError, match=r"on how many images about 0\.92 rests"):
        published_number("cnn_lsbg_accuracy").estimate()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("gpt4o_lsbg_accuracy", "about 0.83"),
        ("llava_morphology_accuracy", "0.47"),
        ("dwarf_subjects", "46,334"),
        ("dwarf_classifications", "about 1,100,000"),
    ],
)
def test_a_number_is_written_as_printed(name: str, written: str) -> None:
    assert str(published_number(name)) == written


def test_an_unknown_number_is_named() -> None:
    with pytest.raises(
        DataError, match=r"no published number named 'nope' in data/published\.toml"
    ):
        published_number("nope")


def test_an_unknown_matrix_is_named() -> None:
    with pytest.raises(
        DataError, match=r"no published matrix named 'nope' in data/published\.toml"
    ):
        published_matrix("nope")


def table(paper: str, row: str) -> str:
    """A file with one table of two columns."""
    entry = f'[table.t]\npaper = "{paper}"\nwhere = "here"\ncolumns = ["a", "b"]\n'
    return HEAD + entry + f"[table.t.rows]\nr = {row}\n"


def test_a_good_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text(table("one", "[1, 2]"))
    assert published(path).table["t"].rows == {"r": [1, 2]}


@pytest.mark.parametrize(("row", "length"), [("[1]", 1), ("[1, 2, 3]", 3)])
def test_a_row_of_another_length_is_refused(tmp_path: Path, row: str, length: int) -> None:
    path = tmp_path / "published.toml"
    path.write_text(table("one", row))
    with pytest.raises(DataError, match=f"row r has {length} values for 2 columns"):
        published(path)


def test_an_entry_of_an_unknown_paper_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text(table("two", "[1, 2]"))
    with pytest.raises(DataError, match="t names the paper 'two', which is not listed"):
        published(path)


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text(table("one", "[1, 2]") + "\n[paper.two]\ncolour = 1\n")
    with pytest.raises(DataError, match=r"paper\.two"):
        published(path)


def test_a_table_by_name() -> None:
    assert len(published_table("gemini_reruns").rows["accuracy"]) == 5
    with pytest.raises(DataError, match="no published table named 'nope'"):
        published_table("nope")


def test_counts_that_nobody_has_typed_are_no_counts() -> None:
    assert published_matrix("gpt4o_morphology").confusion.n == 0


def test_counts_of_another_shape_are_refused() -> None:
    typed = {**published_matrix("gpt4o_lsbg").model_dump(), "counts": [[1, 2], [3]]}
    with pytest.raises(ValueError, match="the counts of gpt-4o on lsbg are not 2 by 2"):
        Matrix.model_validate(typed)

import math
from pathlib import Path

import pytest

from made_results import result
from secondsight.book.results import read_results, write_results
from secondsight.errors import DataError

RESULTS = {"b": result(0.5, 0.4, 0.6), "a": result(264)}


def test_results_come_back_under_their_chapters_name(tmp_path: Path) -> None:
    write_results(tmp_path / "01_one.json", RESULTS)
    write_results(tmp_path / "02_two.json", {"a": result(1)})
    found = read_results(tmp_path)
    assert found == {"01_one.a": result(264), "01_one.b": RESULTS["b"], "02_two.a": result(1)}


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    write_results(tmp_path / "one.json", RESULTS)
    write_results(tmp_path / "two.json", dict(reversed(RESULTS.items())))
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_another_number_gives_other_bytes(tmp_path: Path) -> None:
    write_results(tmp_path / "one.json", {"a": result(0.1)})
    write_results(tmp_path / "two.json", {"a": result(0.1 + 1e-15)})
    assert (tmp_path / "one.json").read_bytes() != (tmp_path / "two.json").read_bytes()


def test_the_books_own_model_is_not_named_in_the_file(tmp_path: Path) -> None:
    other = result(0.5).model_copy(update={"model": "sky-2"})
    write_results(tmp_path / "one.json", {"a": result(0.5), "b": other})
    assert (tmp_path / "one.json").read_text().count("model") == 1
    assert read_results(tmp_path)["one.b"].model == "sky-2"


def test_the_folder_is_made(tmp_path: Path) -> None:
    write_results(tmp_path / "deep" / "down" / "one.json", RESULTS)
    assert len(read_results(tmp_path / "deep" / "down")) == 2


def test_a_number_that_is_not_defined_comes_back_so(tmp_path: Path) -> None:
    write_results(tmp_path / "one.json", {"a": result(math.nan, math.nan, math.nan)})
    assert math.isnan(read_results(tmp_path)["one.a"].value)


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"value": "x"}}', "{"])
def test_a_damaged_file_is_one_line_with_the_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "one.json").write_text(content)
    with pytest.raises(DataError, match=r"one\.json is damaged: run make book") as caught:
        read_results(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("folder", ["empty", "absent"])
def test_without_results_one_line_says_what_to_do(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="run make book first"):
        read_results(tmp_path / folder)

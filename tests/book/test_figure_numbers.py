from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

from secondsight.book.figure_numbers import as_csv, numbers_of
from secondsight.datasets.origins import Origin
from secondsight.figures.confusion import draw_confusion
from secondsight.figures.dots import Dots, Panel, draw_dots
from secondsight.figures.estimates import Line, draw_estimates
from secondsight.figures.gallery import draw_gallery
from secondsight.figures.grid import Side, draw_grid
from secondsight.figures.scale import Row, draw_scale
from secondsight.figures.steps import Step, draw_steps
from secondsight.figures.training import draw_losses
from secondsight.figures.votes import draw_votes
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import Estimate, bare

SHARE = Estimate(0.5, 0.25, 0.75, 8)
COLUMNS = {"value": 0.5, "low": 0.25, "high": 0.75, "n": 8}


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if pd.notna(v)} for row in table.to_dict("records")]


def test_an_estimate_stands_with_its_ends_and_its_number() -> None:
    line = Line("a model", SHARE, Origin.ELSEWHERE)
    told = numbers_of(draw_estimates, [line, Line("b", SHARE, Origin.ELSEWHERE, "group")])
    first, second = rows(told["lines"])
    assert first == {"name": "a model", **COLUMNS, "origin": Origin.ELSEWHERE}
    assert second["group"] == "group"


def test_a_number_that_rests_on_no_count_names_none() -> None:
    [row] = rows(
        numbers_of(draw_estimates, [Line("printed", bare(0.92), Origin.PUBLISHED)])["lines"]
    )
    assert row == {"name": "printed", "value": 0.92, "n": "", "origin": Origin.PUBLISHED}


def test_two_estimates_of_a_row_are_told_apart() -> None:
    [row] = rows(numbers_of(draw_steps, [Step("a model", SHARE, SHARE)])["steps"])
    assert row["before low"] == row["after low"] == 0.25


def test_a_panels_names_stand_before_its_dots() -> None:
    dots = Dots("a model", [1, 2], [SHARE, SHARE], spread=[(0, 1), (0, 2)])
    told = numbers_of(draw_dots, [Panel("All", "votes", "share", [dots], x_range=(0, 3))])
    second = rows(told["panels"])[1]
    named = {"title": "All", "panel x": "votes", "y": "share", "name": "a model", "x": 2}
    assert second == {**named, **COLUMNS, "spread from": 0, "spread to": 2}


def test_a_confusion_is_a_table_of_counts() -> None:
    counts = Confusion(np.array([[3, 1, 0], [0, 2, 4]]), ["A", "B"], ["none"])
    assert rows(numbers_of(draw_confusion, counts)["confusion"])[1] == {
        "truth": "B", "answered A": 0, "answered B": 2, "answered none": 4,
    }  # fmt: skip


def test_the_cells_of_a_grid_have_places_and_its_sides_are_no_numbers() -> None:
    side = Side("side", ["1", "2", "3"])
    told = numbers_of(draw_grid, {"left": ((SHARE, SHARE),)}, side, side)
    assert list(told) == ["panels"]
    assert rows(told["panels"])[1] == {"panels": "left", "row": 1, "column": 2, **COLUMNS}


def test_named_scores_and_lines_have_a_row_each() -> None:
    scored = numbers_of(draw_scale, [Row("a model", "group", {"set": SHARE})])
    assert rows(scored["rows"]) == [
        {"name": "a model", "group": "group", "scores": "set", **COLUMNS}
    ]
    lost = numbers_of(draw_losses, {"train": ([1, 2, 3], [0.3, 0.2, 0.1])})
    assert rows(lost["lines"])[2] == {"lines": "train", "x": 3, "y": 0.1}


def test_pictures_are_counted() -> None:
    picture = np.zeros((8, 9, 3), np.uint8)
    told = numbers_of(draw_gallery, [("LSBG", [picture, picture])])
    assert rows(told["rows"]) == [{"rows": "LSBG", "pictures": 2, "pixels": "8 by 9"}]


def test_a_figure_of_several_things_has_a_table_of_each_and_one_file() -> None:
    subjects = pd.DataFrame({"label": ["1"], "yes": [3]}, index=["first"])
    told = numbers_of(draw_votes, subjects, [(0, 0.5)], [SHARE])
    assert list(told) == ["subjects", "bins", "shares"]
    assert rows(told["subjects"]) == [{"index": "first", "label": "1", "yes": 3}]
    read = pd.read_csv(BytesIO(as_csv(told)))
    assert read["part"].tolist() == ["subjects", "bins", "shares"]
    assert read["shares low"].tolist()[2] == 0.25


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-9, 12345678.0])
def test_a_file_gives_the_numbers_back(value: float) -> None:
    read = pd.read_csv(BytesIO(as_csv({"a": pd.DataFrame({"value": [value]})})))
    assert read["value"].item() == pytest.approx(value, rel=1e-9)


def test_words_alone_are_no_numbers() -> None:
    assert numbers_of(draw_gallery, ["a", "b"]) == {}
    assert as_csv({}).strip() == b""

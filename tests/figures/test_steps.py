import pytest

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.datasets.astrosight import printed_counts
from secondsight.datasets.origins import Origin
from secondsight.figures.steps import Step, describe_steps, draw_steps
from secondsight.papers.first_sight.ten_models import LEARNT, scores


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    """The book's own rows."""
    found = [(one, scores(one)) for one in [*printed_counts().values()][:10]]
    return [Step(one.title, s["four"], s["merged"], LEARNT[one.learnt]) for one, s in found]


def test_every_text_lies_in_the_canvas_and_reads(theme: str, steps: list[Step]) -> None:
    figure = draw_steps(steps, names=("a", "b"), quantity="right", origin=Origin.ELSEWHERE)
    assert outside(figure) == []
    assert faint_texts(texts(figure), theme) == []
    for axes in figure.axes:
        assert overlapping([*axes.get_yticklabels(), *axes.texts]) == []


def test_each_row_has_two_marks_and_both_intervals(light: None, steps: list[Step]) -> None:
    figure = draw_steps(steps, names=("a", "b"), quantity="right", origin=Origin.ELSEWHERE)
    marks = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert [list(mark.get_xdata()) for mark in marks] == [
        [one.value] for step in steps for one in (step.before, step.after)
    ]
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["a, recorded elsewhere", "b, recorded elsewhere"]


def test_the_words_say_what_changes_most_and_least(steps: list[Step]) -> None:
    said = describe_steps(steps)
    assert said.startswith(f"{len(steps)} rows of two dots, joined by a line. The largest change: ")
    assert "Qwen-VL, 44% to 62%; the smallest: InternVL2.5-38B, 84% to 89%" in said

from figures.look import outside, overlapping, texts
from secondsight import paths
from secondsight.datasets.derived import load
from secondsight.datasets.origins import Origin
from secondsight.figures.cost import Priced, describe_cost, draw_cost
from secondsight.metrics.intervals import proportion
from secondsight.papers.aion_search.agreement import TITLES, agreement_of, by_price, compare


def of_the_book() -> list[Priced]:
    answers, votes = load("aion_answers", paths.DERIVED).table, load("aion_votes").table
    return by_price(answers, agreement_of(compare(answers, votes)))


def test_the_book_s_figure_names_the_front_and_nothing_lies_over_another(light: None) -> None:
    points = of_the_book()
    figure = draw_cost(points, origin=Origin.ELSEWHERE, cost="USD", quantity="agreement")
    names = [text for text in texts(figure) if text.get_text() in TITLES.values()]
    assert {text.get_text() for text in names} == {p.name for p in points if p.is_front}
    assert not set(outside(figure)) & set(TITLES.values())
    assert overlapping(names) == []
    assert "recorded elsewhere" in [text.get_text() for text in texts(figure)]


def test_one_point_is_drawn(light: None) -> None:
    point = Priced("a model", 1.0, proportion(1, 2), is_front=True)
    figure = draw_cost([point], origin=Origin.ELSEWHERE, cost="USD", quantity="agreement")
    assert "a model" not in outside(figure)
    assert describe_cost([point]) == (
        "1 dots with intervals over the price. 1 of them beat all that is cheaper, "
        "from a model (1 USD, 50%)."
    )

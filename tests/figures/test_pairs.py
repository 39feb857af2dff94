import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.look import contrast, faint_texts, outside, overlapping, texts
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.figures.pairs import draw_outcomes
from secondsight.metrics.pairs import outcome_shares


@pytest.fixture(scope="session")
def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Who is right, by true class."""
    names = ("GPT-4o-mini", "Qwen-VL")
    found = outcome_shares(rows["true"], rows["gpt-4o-mini"], rows["qwen-vl"], names)
    return found.set_axis(GALAXY_ZOO_2.names)


@pytest.fixture
def figure(theme: str, shares: pd.DataFrame) -> Figure:
    """The book's figure of them, drawn."""
    drawn = draw_outcomes(shares)
    drawn.draw_without_rendering()
    return drawn


def bars(figure: Figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def test_every_text_lies_in_the_canvas(figure: Figure) -> None:
    assert outside(figure) == []


def test_numbers_read_in_their_bars(figure: Figure) -> None:
    axes = figure.axes[0]
    assert len(axes.texts) > 20
    for text in axes.texts:
        x, y = text.get_position()
        [bar] = [
            bar for bar in bars(figure) if bar.contains_point(axes.transData.transform((x, y)))
        ]
        assert contrast(text.get_color(), bar.get_facecolor()) >= 3, text.get_text()
        assert text.get_text() == f"{bar.get_width():.0%}"


def test_numbers_stay_in_their_bars(figure: Figure) -> None:
    assert overlapping(figure.axes[0].texts) == []


def test_names_read_on_the_page(theme: str, figure: Figure) -> None:
    names = [text for text in texts(figure) if text not in figure.axes[0].texts]
    assert len(names) >= 8 + 5 + 1
    assert faint_texts(names, theme) == []


def test_the_bars_of_a_row_fill_it(figure: Figure, shares: pd.DataFrame) -> None:
    assert len(bars(figure)) == shares.size
    widths = pd.Series([bar.get_width() for bar in bars(figure)])
    rows = [round(bar.get_y() + bar.get_height() / 2) for bar in bars(figure)]
    assert widths.groupby(rows).sum().tolist() == pytest.approx([1] * 8)


def test_every_kind_has_a_colour_of_its_own_and_a_name(
    figure: Figure, shares: pd.DataFrame
) -> None:
    assert len({bar.get_facecolor() for bar in bars(figure)}) == 5
    written = [text.get_text() for text in figure.legends[0].get_texts()]
    assert written == list(shares.columns)


def test_a_small_share_has_no_number(light: None) -> None:
    shares = pd.DataFrame({"right": [0.97], "wrong": [0.03]}, index=["A"])
    written = [text.get_text() for text in draw_outcomes(shares).axes[0].texts]
    assert written == ["97%"]


def test_the_first_category_stands_at_the_top(figure: Figure) -> None:
    bottom, top = figure.axes[0].get_ylim()
    assert top < bottom

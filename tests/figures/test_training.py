import pytest
from matplotlib.figure import Figure

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.figures.style import BLUE, GREEN, ORANGE, PURPLE
from secondsight.figures.training import (
    describe_losses,
    describe_training,
    draw_losses,
    draw_training,
)

CURVE = [
    {"lsbg": 5.89, "morphology": 5.66, "dwarfs": 5.77, "radio": 6.01},
    {"lsbg": 5.16, "morphology": 5.05, "dwarfs": 4.86, "radio": 5.90},
    {"lsbg": 4.61, "morphology": 4.62, "dwarfs": 4.32, "radio": 5.35},
    {"lsbg": 4.43, "morphology": 4.44, "dwarfs": 4.17, "radio": 5.02},
]


def drawn(epochs: int = 4) -> Figure:
    """Return the figure without what nobody sees."""
    return without_ticks_beyond(draw_training(CURVE[:epochs]))


def without_ticks_beyond(figure: Figure) -> Figure:
    """Take off the labels of ticks beyond the axes."""
    axes = figure.axes[0]
    left, right = axes.get_xlim()
    axes.set_xticks([tick for tick in axes.get_xticks() if left <= tick <= right])
    low, high = axes.get_ylim()
    axes.set_yticks([tick for tick in axes.get_yticks() if low <= tick <= high])
    figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize("epochs", [1, 2, 4])
def test_every_text_lies_in_the_canvas(light: None, epochs: int) -> None:
    assert outside(drawn(epochs)) == []


def test_texts_read_on_the_page(theme: str) -> None:
    figure = drawn()
    assert len(texts(figure)) > 10
    assert faint_texts(texts(figure), theme) == []


def test_no_two_texts_overlap(light: None) -> None:
    assert overlapping(texts(drawn())) == []


def test_each_sky_is_a_line_from_the_first_epoch_to_the_last(light: None) -> None:
    lines = draw_training(CURVE).axes[0].lines
    assert [line.get_label() for line in lines] == list(CURVE[0])
    for line in lines:
        assert list(line.get_xdata()) == [1, 2, 3, 4]
        assert list(line.get_ydata()) == [epoch[str(line.get_label())] for epoch in CURVE]


@pytest.mark.parametrize(
    ("epochs", "ticks"), [(1, [1]), (4, [1, 2, 3, 4]), (40, list(range(1, 41, 3)))]
)
def test_epochs_are_counted_from_1(light: None, epochs: int, ticks: list[int]) -> None:
    figure = draw_training((CURVE * 10)[:epochs])
    assert list(figure.axes[0].get_xticks()) == ticks


def test_the_legend_has_the_skies_from_the_highest_loss_down(light: None) -> None:
    figure = draw_training(CURVE)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["radio", "morphology", "lsbg", "dwarfs"]
    assert not figure.axes[0].get_legend()


def test_a_sky_keeps_its_colour_and_its_marker(light: None) -> None:
    lines = draw_training(CURVE).axes[0].lines
    assert [line.get_color() for line in lines] == [BLUE, ORANGE, GREEN, PURPLE]
    assert len({line.get_marker() for line in lines}) == 4
    turned = [dict.fromkeys(epoch, 7 - epoch["radio"]) for epoch in CURVE]
    assert [line.get_color() for line in draw_training(turned).axes[0].lines] == [
        line.get_color() for line in lines
    ]


def test_no_epoch_gives_empty_axes(light: None) -> None:
    figure = draw_training([])
    assert not figure.axes[0].lines
    assert not figure.legends


def test_it_is_described_in_words() -> None:
    assert describe_training(CURVE) == (
        "Training curves. Losses over 4 epochs: lsbg from 5.89 to 4.43, "
        "morphology from 5.66 to 4.44, dwarfs from 5.77 to 4.17, radio from 6.01 to 5.02."
    )
    assert describe_training([{"lsbg": 5.0}]) == (
        "Training curves. Losses over 1 epoch: lsbg from 5.00 to 5.00."
    )
    assert describe_training([]) == "Training curves. Losses over 0 epochs: none."


LINES = {
    "two stages": ([0, 50, 200, 300, 600], [3.1, 2.0, 1.4, 1.2, 1.1]),
    "without stage 1": ([0, 100, 400], [3.1, 1.6, 1.2]),
}


def test_lines_of_other_lengths_share_an_axis_and_a_dashed_line_parts_the_stages(
    theme: str,
) -> None:
    figure = draw_losses(LINES, step="steps", loss="loss on held-out captions", joint=200)
    first, second, joint = figure.axes[0].lines
    assert list(first.get_xdata()) == LINES["two stages"][0]
    assert list(second.get_ydata()) == LINES["without stage 1"][1]
    assert list(joint.get_xdata()) == [200, 200]
    assert outside(without_ticks_beyond(figure)) == []
    assert faint_texts(texts(figure), theme) == []


def test_lines_in_words_say_where_each_went() -> None:
    said = describe_losses(LINES)
    assert said == ("Loss curves: two stages from 3.10 to 1.10, without stage 1 from 3.10 to 1.20.")

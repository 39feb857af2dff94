import pytest
from matplotlib.figure import Figure

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.figures.subject import draw_subject
from secondsight.simulate.campaign import catalogue, scene

TABLE = catalogue()


def of_kind(kind: str) -> str:
    return str(TABLE.loc[TABLE["kind"] == kind, "image_id"].iloc[0])


@pytest.fixture(params=["simulated dwarf", "survey edge", "bright star"])
def figure(theme: str, request: pytest.FixtureRequest) -> Figure:
    """A subject's figure, drawn."""
    drawn = draw_subject(scene(of_kind(request.param)), title="A subject")
    drawn.draw_without_rendering()
    return drawn


def test_every_text_lies_in_the_canvas_and_apart(figure: Figure) -> None:
    assert outside(figure) == []
    assert overlapping(texts(figure)) == []


def test_every_text_reads_on_the_page(theme: str, figure: Figure) -> None:
    assert faint_texts(texts(figure), theme) == []


def test_every_panel_has_its_units(figure: Figure) -> None:
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes]
    assert len(labels) == 5
    assert labels.count(("east / arcmin", "north / arcmin")) == 3
    assert ("radius / arcmin", "stars / arcmin²") in labels
    assert ("g - r / mag", "g / mag") in labels


def test_east_is_left_and_faint_is_below(figure: Figure) -> None:
    for axes in figure.axes:
        if axes.get_xlabel().startswith("east"):
            left, right = axes.get_xlim()
            assert left > right
        if axes.get_xlabel().startswith("g - r"):
            bottom, top = axes.get_ylim()
            assert bottom > top


def test_unknown_galaxies_are_said_to_be_so(light: None) -> None:
    from dataclasses import replace

    piece = replace(scene(of_kind("dwarf")), galaxies=None)
    written = [text.get_text() for text in texts(draw_subject(piece))]
    assert "not in the catalogue" in written

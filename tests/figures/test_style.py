import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.look import BACKGROUND, contrast
from secondsight.datasets.origins import Origin
from secondsight.figures.style import FAINT, INK, MARKS, SERIES, faint, ink, readable_on, themed
from secondsight.figures.style import contrast as our_contrast

COLOURS = st.tuples(*[st.floats(0, 1)] * 3)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_ink_reads_on_the_page(look: str) -> None:
    assert contrast(INK[look], BACKGROUND[look]) >= 4.5


@pytest.mark.parametrize("look", ["light", "dark"])
def test_each_look_has_its_ink_and_its_grid(look: str) -> None:
    with themed(look):  # type: ignore[arg-type]
        assert (ink(), faint()) == (INK[look], FAINT[look])
        names = ("xtick.color", "ytick.color", "axes.labelcolor", "legend.labelcolor")
        assert {mpl.rcParams[name] for name in names} == {INK[look]}


def test_no_series_has_an_origins_mark() -> None:
    origins = {shape for shape, _ in MARKS.values()}
    assert not origins & {shape for shape, _ in SERIES}
    assert not {colour for _, colour in MARKS.values()} & {colour for _, colour in SERIES[:2]}


def test_a_look_ends_with_its_block() -> None:
    before = dict(mpl.rcParams)
    with themed("dark"):
        assert dict(mpl.rcParams) != before
    assert dict(mpl.rcParams) == before


def test_a_look_ends_after_an_error_too() -> None:
    before = dict(mpl.rcParams)
    with pytest.raises(KeyError), themed("dark"):
        raise KeyError
    assert dict(mpl.rcParams) == before


@given(COLOURS)
def test_the_readable_ink_has_a_contrast_of_3_on_every_colour(
    colour: tuple[float, float, float],
) -> None:
    assert contrast(readable_on(colour), colour) >= 3


@given(COLOURS)
def test_no_other_ink_reads_better(colour: tuple[float, float, float]) -> None:
    best = max(contrast(each, colour) for each in INK.values())
    assert contrast(readable_on(colour), colour) == pytest.approx(best)


@given(COLOURS, COLOURS)
def test_contrast_is_wcags(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> None:
    assert our_contrast(first, second) == pytest.approx(contrast(first, second))


def test_black_on_white_is_21() -> None:
    assert our_contrast("black", "white") == pytest.approx(21)
    assert our_contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)


def test_every_origin_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(Origin)
    assert len({marker for marker, _ in MARKS.values()}) == len(Origin)
    assert len({colour for _, colour in MARKS.values()}) == len(Origin)

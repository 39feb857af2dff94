import numpy as np
import pytest

from secondsight.figures import draw_gallery, themed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_row_has_its_name_and_its_images(theme: str) -> None:
    images = [np.full((8, 8, 3), 20 * k, np.uint8) for k in range(3)]
    with themed(theme):
        figure = draw_gallery([("one", images), ("two", [np.zeros((8, 8), np.uint8)])])
    names = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert names == ["one", "two"] or [a.get_title(loc="left") for a in figure.axes][::3] == [
        "one",
        "two",
    ]
    assert sum(len(axes.get_images()) for axes in figure.axes) == 4

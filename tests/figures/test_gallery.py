import numpy as np

from secondsight.figures.gallery import draw_gallery


def test_each_row_has_its_name_and_its_images(light: None) -> None:
    images = [np.full((8, 8, 3), 20 * k, np.uint8) for k in range(3)]
    figure = draw_gallery([("one", images), ("two", [np.zeros((8, 8), np.uint8)])])
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [title for title in titles if title] == ["one", "two"]
    assert sum(len(axes.get_images()) for axes in figure.axes) == 4

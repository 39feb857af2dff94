import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from io import BytesIO
from typing import get_args

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from figures import samples
from secondsight.book.drawings import FOR_EACH_THEME, draw_themed
from secondsight.figures.confusion import draw_confusion
from secondsight.figures.gallery import draw_gallery
from secondsight.figures.style import (
    INK,
    Theme,
    Width,
    in_the_dark,
    is_narrow,
    themed,
)
from secondsight.metrics.confusion import Confusion

COUNTS = Confusion(np.array([[3, 1], [0, 2]]), ["A", "B"], [])
DUBLIN = "{http://purl.org/dc/elements/1.1/}"

DRAW = """
import hashlib
import numpy as np
from secondsight.figures.confusion import draw_confusion
from secondsight.metrics.confusion import Confusion
from secondsight.book.drawings import draw_themed
drawn = draw_themed(draw_confusion, Confusion(np.array([[3, 1], [0, 2]]), ["A", "B"], []))
print(*[hashlib.sha256(svg).hexdigest() for svg in drawn.values()])
"""


def test_two_drawings_are_the_same_bytes() -> None:
    assert draw_themed(draw_confusion, COUNTS) == draw_themed(draw_confusion, COUNTS)


def test_a_drawing_is_the_same_in_another_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", DRAW],
            env=os.environ | {"PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def test_other_counts_are_other_bytes() -> None:
    other = Confusion(np.array([[3, 1], [1, 1]]), ["A", "B"], [])
    assert draw_themed(draw_confusion, COUNTS)["dark"] != draw_themed(draw_confusion, other)["dark"]


def _a_panel_moved_by_the_last_bit(right: float) -> Figure:
    figure = plt.figure(figsize=(2, 2))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.1, 0.1, right, 0.8))
    axes.scatter([0.0, 1.0], [0.0, 1.0])
    axes.plot([0.0, 1.0], [1.0, 0.0], marker="o")
    return figure


def test_a_drawing_does_not_change_with_the_last_bit_of_a_coordinate() -> None:
    for right in (0.8, 0.7, 0.3):
        moved = np.nextafter(right, 1)
        drawn = draw_themed(_a_panel_moved_by_the_last_bit, right)
        assert draw_themed(_a_panel_moved_by_the_last_bit, moved) == drawn
        svg = drawn["light"].decode()
        used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
        assert used <= set(re.findall(r'id="([^"]+)"', svg))
        assert "part0" in used


@pytest.mark.parametrize(("look", "other"), [("light", "dark"), ("dark", "light")])
def test_a_drawing_is_an_svg_in_the_ink_of_its_look(look: str, other: str) -> None:
    svg = draw_themed(draw_confusion, COUNTS)[look].decode()
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    axis = svg[svg.index('id="matplotlib.axis_1"') : svg.index('id="matplotlib.axis_2"')]
    assert INK[look] in axis
    assert INK[other] not in axis


def _function_of(sample: Callable[[], Figure]) -> str:
    """Return the name of the drawing function that a sample calls."""
    (name,) = [name for name in sample.__code__.co_names if name.startswith("draw_")]
    return name


def _drawn(sample: Callable[[], Figure], theme: Theme, width: Width) -> str:
    """Return a sample drawn in a look, by nothing but that look."""
    with themed(theme, width):
        figure = sample()
        drawn = BytesIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
        plt.close(figure)
    return drawn.getvalue().decode()


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("sample", samples.DRAWN, ids=lambda sample: sample.__name__)
def test_the_dark_drawing_is_the_one_that_its_look_draws(
    sample: Callable[[], Figure], width: Width
) -> None:
    mpl.use("Agg")
    parts = re.compile(r'id="[^"]*"|url\([^)]*\)|xlink:href="#[^"]*"')
    light, dark = (parts.sub("", _drawn(sample, theme, width)) for theme in get_args(Theme))
    alike = in_the_dark(light) == dark
    assert alike != (_function_of(sample) in FOR_EACH_THEME)


def test_drawing_leaves_no_figure_and_no_look_behind() -> None:
    before = dict(mpl.rcParams)
    draw_themed(draw_confusion, COUNTS)
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


def test_the_arguments_are_handed_on() -> None:
    given = []

    def draw(*args: object, **options: object) -> Figure:
        given.append((args, options))
        return plt.subplots()[0]

    draw_themed(draw, 1, two=2)
    assert given == [((1,), {"two": 2})] * 2  # wide and narrow


def test_a_figure_is_drawn_for_both_widths() -> None:
    def draw() -> Figure:
        return plt.subplots(figsize=(3 if is_narrow() else 6, 1))[0]

    drawn = draw_themed(draw)
    assert b'width="216pt"' in drawn["light-narrow"]
    assert b'width="432pt"' in drawn["dark"]
    assert list(drawn) == ["png", "light", "dark", "light-narrow", "dark-narrow"]


def test_the_png_is_twice_as_dense_as_the_page_and_white() -> None:
    picture = Image.open(BytesIO(draw_themed(lambda: plt.subplots(figsize=(3, 1))[0])["png"]))
    assert picture.size == (576, 192)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_files_say_where_they_come_from() -> None:
    told = {"Title": "Counts.", "Creator": "Nobody", "Source": "a notebook, cell 3"}
    drawn = draw_themed(draw_confusion, COUNTS, metadata=told)
    svg = ElementTree.fromstring(drawn["dark-narrow"])
    assert svg.findtext(f".//{DUBLIN}title") == "Counts."
    assert svg.findtext(f".//{DUBLIN}source") == "a notebook, cell 3"
    assert svg.find(f".//{DUBLIN}date") is None
    text = Image.open(BytesIO(drawn["png"])).text  # type: ignore[attr-defined]
    assert {name: text[name] for name in told} == told


def test_pictures_within_a_drawing_are_webp() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    svg = draw_themed(draw_gallery, [("noise", [noise])])["light"].decode()
    assert "data:image/webp;base64," in svg
    assert "data:image/png" not in svg

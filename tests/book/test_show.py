import base64
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from secondsight.book.show import Shown, ShownTable, ShownText, draw_themed
from secondsight.figures.confusion import draw_confusion
from secondsight.figures.style import INK
from secondsight.metrics.confusion import Confusion

NASTY = 'Is <b>this</b> & "that" bigger?'
COUNTS = Confusion(np.array([[3, 1], [0, 2]]), ["A", "B"], [])
FIGURE = Shown("one", "A caption.", "Four cells.", {"data": "a file"}, b"<svg>1", b"<svg>2")

DRAW = """
import hashlib
import numpy as np
from secondsight.figures.confusion import draw_confusion
from secondsight.metrics.confusion import Confusion
from secondsight.book.show import draw_themed
drawn = draw_themed(draw_confusion, Confusion(np.array([[3, 1], [0, 2]]), ["A", "B"], []))
print(*[hashlib.sha256(svg).hexdigest() for svg in drawn.values()])
"""


class Images(HTMLParser):
    """Collects the images of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.found.append({name: value or "" for name, value in attrs})


def test_a_figure_holds_both_looks_with_the_same_alt_text() -> None:
    light, dark = Images(FIGURE._repr_html_()).found
    assert (light["class"], dark["class"]) == ("ss-light dark-light", "ss-dark dark-light")
    assert light["alt"] == dark["alt"] == "Four cells."
    for image, svg in [(light, b"<svg>1"), (dark, b"<svg>2")]:
        kind, _, data = image["src"].partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert base64.b64decode(data) == svg


def test_without_a_style_sheet_only_the_light_one_shows() -> None:
    light, dark = Images(FIGURE._repr_html_()).found
    assert "style" not in light
    assert dark["style"] == "display:none"


def test_a_figure_has_anchor_caption_and_provenance() -> None:
    html = FIGURE._repr_html_()
    assert 'id="fig-one"' in html
    assert "<figcaption>A caption.</figcaption>" in html
    assert "<dt>data</dt><dd>a file</dd>" in html


def test_a_figure_that_shows_galaxies_links_to_them() -> None:
    assert "ss-look" not in FIGURE._repr_html_()
    html = replace(FIGURE, look='dataset=lsbg&prompt="1"')._repr_html_()
    assert '<a href="../book/look.html#dataset=lsbg&amp;prompt=&quot;1&quot;">' in html


def test_texts_of_a_figure_are_escaped() -> None:
    html = Shown(NASTY, NASTY, NASTY, {NASTY: NASTY}, b"", b"")._repr_html_()
    read = Images(html)
    assert "b" not in read.tags
    assert read.found[0]["alt"] == NASTY


def test_in_plain_text_a_figure_is_its_alt_text() -> None:
    assert repr(FIGURE) == "<figure one: Four cells.>"


def test_a_table_has_anchor_caption_and_cells() -> None:
    table = ShownTable("t", "All.", pd.DataFrame({"a": ["x"]}, index=["row"]))
    html = table._repr_html_()
    assert 'id="tab-t"' in html
    assert "<figcaption>All.</figcaption>" in html
    assert re.findall(r"<(?:th|td)>([^<]+)<", html) == ["a", "row", "x"]
    assert repr(table) == "<table t: All.>"


def test_a_plain_index_is_not_shown() -> None:
    named = ShownTable("t", "", pd.DataFrame({"a": ["x"]}, index=["row"]))._repr_html_()
    plain = ShownTable("t", "", pd.DataFrame({"a": ["x"]}))._repr_html_()
    assert (named.count("<th"), plain.count("<th")) == (4, 2)


def test_texts_of_a_table_are_escaped() -> None:
    html = ShownTable(NASTY, NASTY, pd.DataFrame({NASTY: [NASTY]}))._repr_html_()
    assert "b" not in Images(html).tags


def test_a_text_is_shown_word_by_word() -> None:
    text = ShownText("prompt", "As sent.", f"Two lines:\n  {NASTY}")
    html = text._repr_html_()
    assert 'id="txt-prompt"' in html
    assert "<figcaption>As sent.</figcaption>" in html
    assert "Two lines:\n  Is &lt;b&gt;this&lt;/b&gt; &amp;" in html
    assert "b" not in Images(html).tags
    assert repr(text) == "<text prompt: As sent.>"


def test_two_drawings_are_the_same_bytes() -> None:
    assert draw_themed(draw_confusion, COUNTS) == draw_themed(draw_confusion, COUNTS)


def test_a_drawing_is_the_same_in_another_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", DRAW],
            env={"PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def test_other_counts_are_other_bytes() -> None:
    other = Confusion(np.array([[3, 1], [1, 1]]), ["A", "B"], [])
    assert draw_themed(draw_confusion, COUNTS)["dark"] != draw_themed(draw_confusion, other)["dark"]


def _a_panel_moved_by_the_last_bit(right: float) -> Figure:
    figure = plt.figure(figsize=(2, 2), layout="none")
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
    svg = draw_themed(draw_confusion, COUNTS)[look].decode()  # type: ignore[index]
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    axis = svg[svg.index('id="matplotlib.axis_1"') : svg.index('id="matplotlib.axis_2"')]
    assert INK[look] in axis
    assert INK[other] not in axis


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
    assert given == [((1,), {"two": 2})] * 2


@pytest.mark.parametrize(("inches", "wide"), [(6.6, True), (3.8, False)])
def test_a_wide_figure_may_scroll_on_a_phone(inches: float, wide: bool) -> None:
    drawn = draw_themed(lambda: plt.subplots(figsize=(inches, 1))[0])
    shown = Shown("one", "A caption.", "Nothing.", {}, drawn["light"], drawn["dark"])
    assert ('class="ss-scroll ss-wide"' in shown._repr_html_()) is wide

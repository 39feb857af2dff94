import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from secondsight.book.card import Card
from secondsight.book.figure_numbers import as_csv
from secondsight.book.show import ROWS, Shown, ShownTable, ShownText
from secondsight.figures.confusion import draw_confusion

NASTY = 'Is <b>this</b> & "that" bigger?'
DRAWN = {
    "light": b'<svg width="300pt" height="150.4pt">1',
    "dark": b'<svg width="300pt" height="150.4pt">2',
    "light-narrow": b'<svg width="200pt" height="300pt">3',
    "dark-narrow": b'<svg width="200pt" height="300pt">4',
    "png": b"png",
}
NUMBERS = {"counts": pd.DataFrame({"name": ["A", "B"], "value": [0.123456, np.nan]})}
CARD = Card(draw_confusion, ("a file",))
FIGURE = Shown("one", "A caption.", "Four cells.", CARD, DRAWN, NUMBERS)


class Images(HTMLParser):
    """Collects the images of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in {"img", "source", "a"}:
            self.found.append({"tag": tag, **{name: value or "" for name, value in attrs}})

    def of(self, tag: str) -> list[dict[str, str]]:
        return [found for found in self.found if found["tag"] == tag]


def held(address: str) -> tuple[str, bytes]:
    kind, _, data = address.partition(";base64,")
    return kind, base64.b64decode(data)


def test_a_figure_holds_both_looks_with_the_same_alt_text() -> None:
    light, dark = Images(FIGURE._repr_html_()).of("img")
    assert (light["class"], dark["class"]) == ("ss-light dark-light", "ss-dark dark-light")
    assert light["alt"] == dark["alt"] == "Four cells."
    assert held(light["src"]) == ("data:image/svg+xml;name=one-light.svg", DRAWN["light"])
    assert held(dark["src"]) == ("data:image/svg+xml;name=one-dark.svg", DRAWN["dark"])


def test_a_figure_loads_when_it_is_near_and_its_room_is_kept() -> None:
    for image in Images(FIGURE._repr_html_()).of("img"):
        assert image["loading"] == "lazy"
        assert (image["width"], image["height"]) == ("400", "201")


def test_a_phone_gets_the_narrow_drawing() -> None:
    light, dark = Images(FIGURE._repr_html_()).of("source")
    assert light["media"] == dark["media"] == "(max-width: 640px)"
    assert held(light["srcset"]) == (
        "data:image/svg+xml;name=one-light-narrow.svg",
        DRAWN["light-narrow"],
    )
    assert (dark["width"], dark["height"]) == ("267", "400")


def test_without_a_style_sheet_only_the_light_one_shows() -> None:
    light, dark = Images(FIGURE._repr_html_()).of("img")
    assert "style" not in light
    assert dark["style"] == "display:none"


def test_a_figure_can_be_downloaded_with_its_numbers() -> None:
    links = [link for link in Images(FIGURE._repr_html_()).of("a") if "download" in link]
    assert [link["download"] for link in links] == ["one.png", "one.svg", "one.csv"]
    png, svg, csv = (held(link["href"])[1] for link in links)
    assert (png, svg, csv) == (b"png", DRAWN["light"], as_csv(NUMBERS))


def test_a_figure_of_a_notebook_offers_the_notebook_too() -> None:
    html = replace(FIGURE, card=replace(CARD, notebook="09_test"))._repr_html_()
    link = '<a download="09_test.ipynb" href="../_sources/notebooks/09_test.ipynb">notebook</a>'
    assert link in html


def test_a_figure_without_numbers_offers_none() -> None:
    html = replace(FIGURE, numbers={})._repr_html_()
    assert "The numbers of this figure" not in html
    assert ".csv" not in html


def test_the_numbers_stand_in_a_table_rounded_and_cut() -> None:
    html = FIGURE._repr_html_()
    assert "<td>0.1235</td>" in html
    assert "rows; the CSV has all" not in html
    long = pd.DataFrame({"value": range(ROWS + 1)})
    html = replace(FIGURE, numbers={"long": long})._repr_html_()
    assert f"The first {ROWS} of {ROWS + 1} rows; the CSV has all." in html
    assert f"<td>{ROWS}</td>" not in html


def test_a_figure_has_anchor_caption_and_provenance() -> None:
    html = FIGURE._repr_html_()
    assert 'id="fig-one"' in html
    assert "<figcaption>A caption.</figcaption>" in html
    assert "<dt>data</dt><dd>a file</dd>" in html
    assert "<dt>drawn by</dt>" in html


def test_a_figure_that_shows_galaxies_links_to_them() -> None:
    assert "ss-look" not in FIGURE._repr_html_()
    html = replace(FIGURE, look='dataset=lsbg&prompt="1"')._repr_html_()
    assert '<a href="../book/look.html#dataset=lsbg&amp;prompt=&quot;1&quot;">' in html


def test_texts_of_a_figure_are_escaped() -> None:
    card = Card(draw_confusion, (NASTY,), parameters={NASTY: NASTY})
    table = pd.DataFrame({NASTY: [NASTY]})
    html = Shown(NASTY, NASTY, NASTY, card, DRAWN, {NASTY: table})._repr_html_()
    read = Images(html)
    assert "b" not in read.tags
    assert read.of("img")[0]["alt"] == NASTY


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


@pytest.mark.parametrize(
    ("narrow", "points", "scrolls"), [(b"3", 400, False), (b"", 400, True), (b"", 280, False)]
)
def test_a_wide_figure_scrolls_on_a_phone_unless_it_has_a_narrow_drawing(
    narrow: bytes, points: int, scrolls: bool
) -> None:
    wide = f'<svg width="{points}pt" height="50pt">'.encode()
    drawn = dict.fromkeys(DRAWN, wide) | ({"light-narrow": narrow} if narrow else {})
    html = replace(FIGURE, drawn=drawn, numbers={})._repr_html_()
    assert ("ss-wide" in html) is scrolls
    assert ('tabindex="0"' in html) is scrolls

"""What is compared of a chapter's outputs when nbval executes it again."""

import base64
import io

from PIL import Image, PngImagePlugin

from executed_again import compared

CARD = "<dt>code</dt><dd>a.py</dd><dt>commit</dt><dd>{}</dd><dt>data</dt><dd>none</dd>"
OLD, NEW = "0123456789ab", "ba9876543210, with changes that were not committed"


def svg(commit: str, points: str) -> str:
    drawn = f"<svg><desc>line 2; commit: {commit}; data: none</desc><path d='{points}'/></svg>"
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def png(commit: str, grey: int, data: str = "none") -> str:
    told = PngImagePlugin.PngInfo()
    told.add_text("Description", f"commit: {commit}; data: {data}")
    file = io.BytesIO()
    Image.new("L", (8, 8), grey).save(file, "PNG", pnginfo=told)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_a_figure_of_another_commit_is_the_same() -> None:
    for old, new in (
        (CARD.format(OLD), CARD.format(NEW)),
        (svg(OLD, "M 0 1"), svg(NEW, "M 0 1")),
        (png(OLD, 7), png(NEW, 7)),
    ):
        assert old != new
        assert compared(old) == compared(new)


def test_another_drawing_is_another() -> None:
    assert compared(svg(OLD, "M 0 1")) != compared(svg(OLD, "M 0 2"))
    assert compared(png(OLD, 7)) != compared(png(OLD, 8))
    assert compared(png(OLD, 7)) != compared(png(OLD, 7, data="other"))
    assert compared(CARD.format(OLD)) != compared(CARD.format(OLD).replace("a.py", "b.py"))


def test_what_is_not_text_is_compared_as_it_is() -> None:
    assert compared({"commit": OLD}) == {"commit": OLD}

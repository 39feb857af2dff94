"""The picture of the front page: a candidate that divided its volunteers, and what was said of it.

It is of the simulated sky, where alone the truth is known and nobody else's picture is needed.
"""

from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import Any, get_args

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from secondsight.book.card import Card
from secondsight.book.citation import citation
from secondsight.book.drawings import draw_themed
from secondsight.book.figure_numbers import numbers_of
from secondsight.book.show import Shown
from secondsight.datasets.tasks import DWARF
from secondsight.figures.style import SKY, Theme, themed
from secondsight.figures.subject import draw_subject
from secondsight.inference.recording_plan import read_plan
from secondsight.papers.dwarfs.campaign import answered, find_campaign
from secondsight.simulate.campaign import scene

CAMPAIGN, PROMPT = "dwarfs", "dwarf-1"
NIGHT = "#12161b"
"""What the picture for links is drawn on."""
SEEN = 0.85
"""How detectable the dwarf is at least, from 0 to 1."""


def most_divided(subjects: pd.DataFrame) -> "pd.Series[Any] | None":
    """Return the true dwarf, a detectable one, whose votes are most nearly even; the first such.

    None if no subject is one: a part of the campaign may hold none.
    """
    seen = subjects[(subjects["label"] == "1") & (subjects["detectability"] > SEEN)]
    if seen.empty:
        return None
    off = (seen["yes"] / seen["votes"] - 0.5).abs()
    return seen.iloc[int(off.to_numpy().argmin())]


def _subject() -> "pd.Series[Any] | None":
    return most_divided(answered(find_campaign(CAMPAIGN), PROMPT, read_plan().model))


def write_card(path: Path) -> None:
    """Draw the picture that stands for the book where its link is shared: 1200 by 630 pixels."""
    with themed("dark"), plt.rc_context({"savefig.bbox": "standard"}):
        figure = plt.figure(figsize=(12, 6.3), layout="none", facecolor=NIGHT)
        title, _, rest = citation().title.partition(": ")
        figure.text(0.05, 0.62, title, fontsize=40, weight="bold")
        figure.text(0.05, 0.56, fill(rest, 24), fontsize=21, va="top")
        subject = _subject()
        if subject is not None:
            votes = f"{subject['yes']} of {subject['votes']} simulated volunteers"
            figure.text(0.05, 0.1, f"{votes}\nsaw a dwarf galaxy in this.", fontsize=16, color=SKY)
            axes = figure.add_axes((0.41, 0.03, 0.58, 0.94))
            axes.imshow(_drawn(draw_subject(scene(subject["image_id"]))))
            axes.set_axis_off()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=100, facecolor=NIGHT)
    plt.close("all")


def _drawn(figure: Figure) -> Image.Image:
    """Return a figure as a picture."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=220)
    return Image.open(buffer)


def portrait() -> str:
    """Return the figure as HTML; nothing where no subject is fit for it."""
    model = read_plan().model
    subject = _subject()
    if subject is None:
        return ""
    caption = (
        f"Is this a dwarf galaxy? {subject['yes']} of {subject['votes']} simulated volunteers "
        f"said yes. {model}, the small model of this book, answered “{subject['text']}”: "
        f"{DWARF.name_of.get(subject['answer'], 'nothing that can be read')}. "
        "The candidate is simulated, so the truth is known: it is one. Its stars pile up in one "
        "spot, and line up along one curve of colour and brightness, as those of a galaxy do."
    )
    alt = (
        "Five panels of one simulated candidate: a map of stars with a faint pile at the centre, a "
        "map of galaxies, a picture, a radial profile, and a diagram of colour and magnitude."
    )
    recording = f"data/recordings/{CAMPAIGN}.{PROMPT}.{model}.parquet"
    subject_line = f"subject {subject['image_id']} of {CAMPAIGN}, simulated sky"
    card = Card(draw_subject, (subject_line, "data/votes/campaign.parquet", recording))
    drawing = scene(subject["image_id"])
    drawn = draw_themed(draw_subject, drawing, metadata=card.metadata(caption, alt))
    drawn |= {theme: drawn[f"{theme}-narrow"] for theme in get_args(Theme)}  # text is beside it
    shown = Shown("portrait", caption, alt, card, drawn, numbers_of(draw_subject, drawing))
    return shown._repr_html_() + "\n"

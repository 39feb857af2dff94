"""The picture of the front page: a candidate that divided its volunteers, and what was said of it.

It is of the simulated sky, where alone the truth is known and nobody else's picture is needed.
"""

from typing import Any

import pandas as pd

from secondsight.book.card import Card
from secondsight.book.drawings import draw_themed
from secondsight.book.figure_numbers import numbers_of
from secondsight.book.show import Shown
from secondsight.datasets.tasks import DWARF
from secondsight.figures.subject import draw_subject
from secondsight.inference.recording_plan import read_plan
from secondsight.papers.dwarfs.campaign import answered, find_campaign
from secondsight.simulate.campaign import scene

CAMPAIGN, PROMPT = "dwarfs", "dwarf-1"
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


def portrait() -> str:
    """Return the figure as HTML; nothing where no subject is fit for it."""
    model = read_plan().model
    subject = most_divided(answered(find_campaign(CAMPAIGN), PROMPT, model))
    if subject is None:
        return ""
    caption = (
        f"Is there a dwarf galaxy? Of {subject['votes']} simulated volunteers {subject['yes']} "
        f"saw one. {model}, the small model of this book, answered “{subject['text']}”: "
        f"{DWARF.name_of.get(subject['answer'], 'nothing that can be read')}. "
        "There is one: this sky is simulated too, so the truth is known."
    )
    alt = (
        "Five panels of one candidate: a map of stars with a faint pile at the centre, a map of "
        "galaxies, a picture, a radial profile, and a diagram of colour and magnitude."
    )
    recording = f"data/recordings/{CAMPAIGN}.{PROMPT}.{model}.parquet"
    subject_line = f"subject {subject['image_id']} of {CAMPAIGN}, simulated sky"
    card = Card(draw_subject, (subject_line, "data/votes/campaign.parquet", recording))
    drawing = scene(subject["image_id"])
    drawn = draw_themed(draw_subject, drawing, metadata=card.metadata(caption, alt))
    shown = Shown("portrait", caption, alt, card, drawn, numbers_of(draw_subject, drawing))
    return shown._repr_html_() + "\n"

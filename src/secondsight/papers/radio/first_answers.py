"""What the small model of our own answers about real radio galaxies in four classes."""

from collections.abc import Sequence
from typing import cast

import pandas as pd

from secondsight.datasets import sources
from secondsight.datasets.first_radio import SIDE, SOURCE, Member, is_bright, read_members
from secondsight.datasets.mirabest import SIDE as MIDDLE
from secondsight.datasets.origins import Origin
from secondsight.datasets.picture import read_picture
from secondsight.figures.estimates import Line
from secondsight.metrics.agreement import mcnemar
from secondsight.metrics.intervals import LEVEL, Estimate, share_true
from secondsight.minivlm.model import MiniVLM
from secondsight.papers.radio.mirabest_answers import PROMPT, most_probable, seen

FOUR = "radio-shapes-1"
"""The prompt with all four classes."""
MIRABEST = "MiraBest"
"""What the archive calls the catalogue that MiraBest's galaxies are from."""
GROUPS = {2: "FR I and FR II, two described", 4: "all galaxies, four described"}
SHOWN = {"middle": "the middle", "whole": "the whole image", "always": "always FR II"}
"""What a figure calls what was asked, and what was shown."""
FIELDS = {"whole": slice(None), "middle": slice((SIDE - MIDDLE) // 2, (SIDE + MIDDLE) // 2)}
"""What is shown of an image: all of it, or the middle that MiraBest's images show."""


def first_answers() -> pd.DataFrame:
    """Return the committed model's most probable categories for each image of the archive.

    Raises a SourceError if the archive is not on this machine; a DataError if it, or a file of the
    model, is damaged.
    """
    return answers_on(read_members(sources.require(SOURCE)))


def answers_on(members: Sequence[Member]) -> pd.DataFrame:
    """Return the answers about some images, asked in words alone.

    In the order of `members`: `split`; `catalogue`, where the class is from; `label`, a code of the
    four classes; `black`, 1 for an image that is entirely black; and for each of `FIELDS` the
    answer among four classes (`whole_4`, `middle_4`) and to MiraBest's prompt, which knows two
    (`whole_2`, `middle_2`).
    """
    model = MiniVLM.load()
    pictures = [read_picture(member.png, member.image_id)[..., 0] for member in members]
    columns: dict[str, list[str] | list[int]] = {
        "split": [member.split for member in members],
        "catalogue": [member.catalogue for member in members],
        "label": [int(member.label) for member in members],
        "black": [int(not is_bright(member)) for member in members],
    }
    for field, part in FIELDS.items():
        answers = most_probable(model, [seen[part, part] for seen in pictures], [FOUR, PROMPT])
        columns |= {f"{field}_4": answers[FOUR], f"{field}_2": answers[PROMPT]}
    return pd.DataFrame(columns)


def answer_numbers(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate | float]:
    """Return how many answers are right: on each field, among four classes and of FR I and FR II.

    Keys are accuracies ``first_FIELD_4`` and ``first_FIELD_2``, the latter on FR I and FR II alone;
    ``first_always_4`` and ``first_always_2`` of an answer that is always FR II; the same of two
    classes on galaxies that are not from MiraBest (``first_new_2``, ``first_new_always_2``); by how
    much the middle is ahead of the whole, on the same galaxies (``first_lead``, and
    ``first_lead_p``); and counts.
    """
    four = seen(table)
    two = four[four["label"] < 2]
    new = two[two["catalogue"] != MIRABEST]
    ahead = mcnemar(two["middle_2"] == two["label"], two["whole_2"] == two["label"], level)
    return {
        "first_images": len(table),
        "first_black": len(table) - len(four),
        **{
            f"first_{field}_{n}": share_true(own[f"{field}_{n}"] == own["label"], level)
            for n, own in ((4, four), (2, two))
            for field in FIELDS
        },
        "first_always_4": share_true(four["label"] == 1, level),
        "first_always_2": share_true(two["label"] == 1, level),
        "first_new_2": share_true(new["middle_2"] == new["label"], level),
        "first_new_always_2": share_true(new["label"] == 1, level),
        "first_lead": ahead.difference,
        "first_lead_p": ahead.p_value,
    }


def accuracy_lines(mirabest: Estimate, numbers: dict[str, Estimate | float]) -> list[Line]:
    """Return the accuracies for a figure: with two classes, MiraBest's first; and with four.

    The `numbers` are as `answer_numbers` gives them.
    """
    lines = [Line("MiraBest", mirabest, Origin.REAL_SKY, GROUPS[2])]
    for classes, group in GROUPS.items():
        for what, title in SHOWN.items():
            value = cast("Estimate", numbers[f"first_{what}_{classes}"])
            lines.append(Line(f"larger set, {title}", value, Origin.REAL_SKY, group))
    return lines

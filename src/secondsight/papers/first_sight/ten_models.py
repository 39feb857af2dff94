"""Ten models on Galaxy Zoo 2, from the counts that AstroSight printed."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from secondsight.datasets.astrosight import Printed
from secondsight.datasets.tasks import FOUR_OF_GALAXY_ZOO_2, GALAXY_ZOO_2
from secondsight.metrics.confusion import Confusion, only_categories
from secondsight.metrics.intervals import LEVEL, Estimate, difference
from secondsight.metrics.merging import lead_of_pair, merge, share_of_errors
from secondsight.metrics.scores import accuracy
from secondsight.papers.first_sight.look_alikes import PAIR

LEARNT = {
    "nothing": "asked by a prompt, shown no example",
    "fine-tuned": "fine-tuned on these classes",
    "from labels": "trained on these classes",
}
"""What a model was shown of these classes, for a reader."""
UNRELATED = "gemini-2.5-flash"
"""Printed with the others; its answers have nothing to do with the images."""


def four_shapes(confusion: Confusion) -> Confusion:
    """Return the counts of the four shapes that the paper asks about.

    Rows are these four; an answer that is another of the eight classes has a column of its own.
    """
    codes = GALAXY_ZOO_2.codes
    four = [codes.index(code) for code in FOUR_OF_GALAXY_ZOO_2.codes]
    rest = [place for place in range(len(codes)) if place not in four]
    names = [[confusion.categories[place] for place in places] for places in (four, rest)]
    return Confusion(confusion.counts[np.ix_(four, four + rest)], *names)


def scores(printed: Printed, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return what the chapter shows of a model.

    Accuracy on the `eight` classes, on the `four` shapes, and on these with the pair `merged`
    (Wilson); the `share` of the errors within the four that are swaps of the pair, and their
    `share_of_all` errors on these shapes (Wilson); and the `lead` of these swaps
    over those of the next pair (multinomial bootstrap).
    """
    four = four_shapes(printed.confusion)
    return {
        "eight": accuracy(printed.confusion, level),
        "four": accuracy(four, level),
        "merged": accuracy(merge(four, PAIR), level),
        "share": share_of_errors(only_categories(four), PAIR, level),
        "share_of_all": share_of_errors(four, PAIR, level),
        "lead": lead_of_pair(four, PAIR, level, seed),
    }


def named(
    models: Mapping[str, Printed], score: Mapping[str, dict[str, Estimate]]
) -> dict[str, Estimate | int]:
    """Return every model's scores and number of images by names such as ``gpt_5_four``."""
    names: dict[str, Estimate | int] = {}
    for name, own in score.items():
        slug = re.sub("[-.]", "_", name)
        names[f"{slug}_images"] = models[name].confusion.n
        names |= {f"{slug}_{what}": estimate for what, estimate in own.items()}
    return names


def lead_of(
    models: Mapping[str, Printed], first: str, second: str, level: float = LEVEL
) -> Estimate:
    """Return by how much the first is right more often on the four shapes (Newcombe).

    The two need not have seen the same galaxies.
    """
    four = [four_shapes(models[name].confusion) for name in (first, second)]
    right = [int(np.trace(counts.counts)) for counts in four]
    return difference((right[0], right[1]), (four[0].n, four[1].n), level)


def accuracy_table(
    models: Mapping[str, Printed], score: Mapping[str, dict[str, Estimate]]
) -> pd.DataFrame:
    """Return the models' accuracies for a reader, a row a model."""
    rows = [
        (one.title, one.confusion.n, *(score[name][what] for what in ("eight", "four", "merged")))
        for name, one in models.items()
    ]
    columns = ["model", "images", "eight classes", "four shapes", "pair as one"]
    return pd.DataFrame(rows, columns=columns)


def share_table(
    models: Mapping[str, Printed], score: Mapping[str, dict[str, Estimate]]
) -> pd.DataFrame:
    """Return the pair's shares of the models' errors for a reader, a row a model."""
    rows = [
        (one.title, LEARNT[one.learnt], score[name]["share"], score[name]["share_of_all"])
        for name, one in models.items()
    ]
    columns = ["model", "how it knows", "of errors between the four", "of all errors"]
    return pd.DataFrame(rows, columns=columns)


def one_row_each(confusion: Confusion) -> pd.DataFrame:
    """Return counts as one row an image, with the columns `true` and `answer`."""
    names = [*confusion.categories, *confusion.others]
    true, answer = np.unravel_index(
        np.repeat(np.arange(confusion.counts.size), confusion.counts.ravel()),
        confusion.counts.shape,
    )
    return pd.DataFrame(
        {"true": np.array(names)[true], "answer": np.array(names)[answer]}, dtype="str"
    )

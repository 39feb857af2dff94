"""AstroSight's released answers: what was read into their texts, and two models compared."""

import pandas as pd

from secondsight.datasets.derived import one_row_each
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.metrics.agreement import agreement, cohen_kappa, mcnemar
from secondsight.metrics.confusion import confusion_from_answers
from secondsight.metrics.intervals import LEVEL, PERCENT, Estimate, bare, proportion
from secondsight.metrics.pairs import same_by_chance
from secondsight.metrics.scores import accuracy


def readings(
    parsing: pd.DataFrame, model: str, level: float = LEVEL
) -> dict[str, Estimate | float]:
    """Return how the released classes of a model's answers differ from our reading of its texts.

    From the derived table astrosight_parsing: the accuracy on eight classes by either
    (``released_accuracy``, ``eight_accuracy``); how many answers differ; how many of these were
    released as B while the text names another class; and how many texts name none.
    """
    own = one_row_each(parsing[parsing["model"] == model])
    codes, unit = GALAXY_ZOO_2.codes, PERCENT.rounded(2)
    by_release, by_us = (
        accuracy(confusion_from_answers(own["true"], own[how], codes), level).in_unit(unit)
        for how in ("released", "ours")
    )
    differ, named = own["released"] != own["ours"], own["ours"].isin(codes)
    return {
        "released_accuracy": by_release,
        "eight_accuracy": by_us,
        "differences": int(differ.sum()),
        "from_b": int((differ & (own["released"] == "B") & named).sum()),
        "no_class": int((~named).sum()),
    }


def rise(parsing: pd.DataFrame, model: str, level: float = LEVEL) -> Estimate:
    """Return the accuracy by our reading of a model's texts less that by the released classes."""
    own = one_row_each(parsing[parsing["model"] == model])
    return mcnemar(own["true"] == own["ours"], own["true"] == own["released"], level).difference


def begin_with_based(letters: pd.DataFrame) -> tuple[int, int]:
    """Return how many texts begin with "Based", and how many of these were released as class B."""
    based = letters[letters["first_word"] == "Based"]
    return int(based["count"].sum()), int(based.loc[based["released"] == "B", "count"].sum())


def by_first_letter(letters: pd.DataFrame) -> dict[str, int]:
    """Return how many released classes a text's first letter gives, and which are not ours.

    From the derived table astrosight_first_letters: ``mini`` and ``qwen``, the classes that it
    gives. Then texts of GPT-4o-mini: those that ``differ`` from our reading, those that begin with
    "Based", and by their first words.
    """
    given = letters[letters["first_letter"] == letters["released"]].groupby("model")["count"].sum()
    table = letters[letters["model"] == "gpt-4o-mini"]
    word, differs = table["first_word"], table["released"] != table["ours"]
    based = word == "Based"
    sets = {
        "differ": differs,
        "based": based,
        "based_differ": based & differs,
        "based_same": based & ~differs,
        "other_differ": differs & ~based,
        "other_the": differs & (word == "The"),
        "other_sorry": differs & (word == "I'm"),
        "other_cigar": differs & (word == "Cigar-shaped"),
    }
    counts = {name: int(table.loc[chosen, "count"].sum()) for name, chosen in sets.items()}
    return {"mini": int(given["gpt-4o-mini"]), "qwen": int(given["qwen-vl"]), **counts}


def two_models(
    label: "pd.Series[str]",
    first: "pd.Series[str]",
    second: "pd.Series[str]",
    level: float = LEVEL,
) -> dict[str, Estimate | float]:
    """Return how two models agree on the same images, who leads, and how they err together."""
    test = mcnemar(first == label, second == label, level)
    wrong = (first != label) & (second != label)
    same = int((first == second)[wrong].sum())
    return {
        "agreement": agreement(first, second, level),
        "kappa": cohen_kappa(first, second, level),
        "lead": test.difference,
        "mcnemar_p": test.p_value,
        "both_wrong": proportion(int(wrong.sum()), len(label), level),
        "same_wrong": proportion(same, int(wrong.sum()), level),
        "same_by_chance": bare(same_by_chance(label, first, second), PERCENT),
    }

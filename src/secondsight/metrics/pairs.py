"""Where two models are right and wrong together."""

import numpy as np
import pandas as pd


def outcome_shares(
    label: "pd.Series[str]",
    first: "pd.Series[str]",
    second: "pd.Series[str]",
    names: tuple[str, str],
) -> pd.DataFrame:
    """Return, for each true category, the shares of images by who answered them rightly.

    A row a category; five columns that add up to 1: both right, only the first, only the second,
    both wrong with the same answer, both wrong with different answers.

    A missing answer is an answer of its own; `names` are the models'.
    """
    first, second = first.fillna("missing"), second.fillna("missing")
    right_first, right_second, same = first == label, second == label, first == second
    kinds = {
        "both right": right_first & right_second,
        f"only {names[0]}": right_first & ~right_second,
        f"only {names[1]}": ~right_first & right_second,
        "both wrong, same answer": ~right_first & ~right_second & same,
        "both wrong, different answers": ~right_first & ~right_second & ~same,
    }
    kind = np.select(list(kinds.values()), list(kinds), default="")
    shares = pd.crosstab(label, kind, normalize="index")
    return shares.reindex(columns=list(kinds), fill_value=0.0)


def same_by_chance(
    label: "pd.Series[str]", first: "pd.Series[str]", second: "pd.Series[str]"
) -> float:
    """Return how often two models, both wrong, would agree if they answered independently.

    Of the images that both get wrong, the share (0 to 1) with the same wrong answer: independently
    within each true category, each model keeps how often it gives each wrong answer there, and the
    images on which it gives it are shuffled.
    """
    same = both = 0.0
    for category, images in label.groupby(label).groups.items():
        ours = first[images].value_counts().drop(category, errors="ignore")
        theirs = second[images].value_counts().drop(category, errors="ignore")
        same += float((ours * theirs).sum()) / len(images)
        both += float(ours.sum() * theirs.sum()) / len(images)
    return same / both if both else float("nan")


def wrong_together(
    label: "pd.Series[str]", first: "pd.Series[str]", second: "pd.Series[str]", most: int = 8
) -> pd.DataFrame:
    """Return the wrong answers that both models give to the same images most often.

    Columns `true`, `answer` (str), `images` (int) and `share` (of the true category's images), the
    most frequent first.
    """
    both = (first == second) & (first != label)
    table = pd.DataFrame({"true": label[both], "answer": first[both]})
    counts = table.value_counts().rename("images").reset_index().head(most)
    sizes = label.value_counts()
    return counts.assign(share=counts["images"] / counts["true"].map(sizes).astype(float))

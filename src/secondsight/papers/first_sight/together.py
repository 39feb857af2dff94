"""What several models know together, and what a few labels and many answers give."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from secondsight.dtypes import Bools
from secondsight.figures.dots import Dots, Panel
from secondsight.metrics.agreement import mcnemar
from secondsight.metrics.intervals import LEVEL, PERCENT, PLAIN, Estimate, bare, proportion
from secondsight.metrics.prediction_powered import prediction_powered

FOLDS = DIVISIONS = 5
TITLES = {
    "each alone": {
        "transformer_accuracy": "transformer, trained",
        "gpt_4o_mini_beside": "GPT-4o-mini, asked",
        "qwen_vl_beside": "Qwen-VL, asked",
    },
    "the three together": {
        "combined": "a combination that is learnt",
        "ceiling": "an oracle's choice",
        "blind_ceiling": "an oracle's choice, the two shuffled",
    },
}
"""Titles of what `side_by_side` returns, in two groups."""
Asked = tuple[str, str]
"""Whose share is sought, and who answers."""


def stacked(label: "pd.Series[str]", answers: pd.DataFrame, seed: int = 0) -> "pd.Series[str]":
    """Return a combination's answers, each from a fit that did not see the image.

    A logistic regression on who gave which answer: four fifths of the images teach it, the last
    fifth is answered, and so on in turn; the seed says which division into fifths. Of n images
    `label` holds the true classes, and `answers` n rows, a column a model.
    """
    features = pd.get_dummies(answers).to_numpy(np.float64)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with threadpool_limits(1):
        best = cross_val_predict(LogisticRegression(), features, label.to_numpy(), cv=folds)
    return pd.Series(best, index=label.index, dtype="str")


def any_right(label: "pd.Series[str]", answers: pd.DataFrame) -> Bools:
    """Return for which images at least one model is right, shape (n,): an oracle's choice."""
    right: Bools = answers.eq(label, axis=0).any(axis=1).to_numpy()
    return right


def blind_ceiling(
    label: "pd.Series[str]", answers: pd.DataFrame, known: str, draws: int = 200, seed: int = 0
) -> float:
    """Return the oracle's accuracy if all models but `known` answered about other images.

    Their answers are shuffled, each model's on its own, so they keep their habits and know nothing.
    What is left of the ceiling is luck: more guesses are more often right.
    """
    rng = np.random.default_rng(seed)
    others = [column for column in answers if column != known]
    shares = []
    for _ in range(draws):
        shuffled = answers.copy()
        for name in others:
            shuffled[name] = rng.permutation(answers[name].to_numpy())
        shares.append(any_right(label, shuffled).mean())
    return float(np.mean(shares))


def side_by_side(
    label: "pd.Series[str]", answers: pd.DataFrame, level: float = LEVEL, seed: int = 0
) -> dict[str, Estimate | float]:
    """Return how often each of `TITLES` is right, and what a combination gains.

    The columns of `answers` are the transformer's, GPT-4o-mini's and Qwen-VL's.

    ``gain`` and ``gain_p`` are of the combination over the transformer; ``of_luck`` is how much of
    what the oracle has over it stays when the others' answers are shuffled.
    """
    divisions = [stacked(label, answers, seed + k) for k in range(DIVISIONS)]
    combined = pd.concat(divisions, axis=1).mode(axis=1)[0] == label
    names = dict(zip(TITLES["each alone"], map(str, answers), strict=True))
    right = {name: answers[column] == label for name, column in names.items()}
    right |= {"combined": combined, "ceiling": pd.Series(any_right(label, answers))}
    share = {name: proportion(int(own.sum()), len(label), level) for name, own in right.items()}
    test = mcnemar(combined, right["transformer_accuracy"], level)
    alone = share["transformer_accuracy"].value
    blind = blind_ceiling(label, answers, names["transformer_accuracy"], seed=seed)
    luck = (blind - alone) / (share["ceiling"].value - alone)
    return {
        **share,
        "gain": test.difference,
        "gain_p": test.p_value,
        "blind_ceiling": bare(blind, PERCENT),
        "of_luck": bare(luck, PERCENT.rounded(0)),
    }


def trials(
    table: pd.DataFrame, sizes: Sequence[int], draws: int = 400, seed: int = 0
) -> pd.DataFrame:
    """Estimate a share from a few labelled images, again and again, where all labels are known.

    Parameters
    ----------
    table : DataFrame of float
        A row an image: `true`, 1 for those of the class; `given`, the model's answer, 0 or 1, or
        its probability.
    sizes : sequence of int
        How many images are labelled; the others have the model's answer alone.

    Returns
    -------
    DataFrame
        Columns `labels`, `how` ("labels alone", "model and labels"), `width` (mean width of the
        95% interval), `covers` (an Estimate: how often it holds the true share).
    """
    true, answers = table["true"].to_numpy(), table["given"].to_numpy()
    rng, whole = np.random.default_rng(seed), true.mean()
    rows = []
    for _ in range(draws):
        order = rng.permutation(len(true))
        for size in sizes:
            few, rest = order[:size], order[size:]
            ways = {
                "labels alone": proportion(int(true[few].sum()), size),
                "model and labels": prediction_powered(true[few], answers[few], answers[rest]),
            }
            rows += [
                (size, how, one.high - one.low, one.low <= whole <= one.high)
                for how, one in ways.items()
            ]
    tried = pd.DataFrame(rows, columns=["labels", "how", "width", "covers"])
    return tried.groupby(["labels", "how"], sort=False, as_index=False).agg(
        width=("width", "mean"), covers=("covers", _covered)
    )


def _covered(hits: "pd.Series[bool]") -> Estimate:
    return proportion(int(hits.sum()), len(hits), LEVEL)


def worth(few: pd.DataFrame) -> "pd.Series[float]":
    """Return how many labels alone one label is worth that stands beside a model's answers.

    By number of labels: the square of the ratio of the two intervals' widths in `trials`.
    """
    width = few.pivot_table("width", "labels", "how")
    return (width["labels alone"] / width["model and labels"]) ** 2


def questions(
    spirals: pd.DataFrame, asked: Mapping[str, pd.DataFrame]
) -> dict[Asked, pd.DataFrame]:
    """Return the columns `true` and `given`, 0 to 1, of each question that is tried.

    From the derived table galaxy_spirals, and by a model's title the true classes and its answers.
    """
    tables = {("edge-on", title): rows == "edge-on" for title, rows in asked.items()}
    each = {("spiral", "a trained classifier"): spirals, **tables}
    return {
        key: table.set_axis(["true", "given"], axis=1).astype(float) for key, table in each.items()
    }


def width_panels(few: Mapping[Asked, pd.DataFrame], draws: int) -> list[Panel]:
    """Return the widths of `trials` over the number of labels, a panel a question."""
    panels = []
    for (what, by), table in few.items():
        series = []
        for how, own in table.groupby("how"):
            widths = [Estimate(width, np.nan, np.nan, draws) for width in own["width"]]
            series.append(Dots(str(how), list(own["labels"]), widths))
        axes = ("galaxies with a label", "width of the interval")
        panels.append(Panel(f"{what}, {by}", *axes, series, x_scale="log", y_range=(0, 0.25)))
    return panels


def covers(few: pd.DataFrame, labels: int, how: str = "model and labels") -> Estimate:
    """Return how often the interval from so many labels held the true share."""
    row = few[(few["labels"] == labels) & (few["how"] == how)]
    estimate: Estimate = row["covers"].iloc[0]
    return estimate


def worth_table(
    tables: Mapping[Asked, pd.DataFrame], few: Mapping[Asked, pd.DataFrame], sizes: tuple[int, int]
) -> pd.DataFrame:
    """Return for a reader what each label is worth, of the first of two numbers of labels."""
    many, some = sizes
    return pd.DataFrame(
        {
            "share of": f"{what}, by {by}",
            "true": bare(tables[what, by]["true"].mean(), PERCENT),
            "by answers alone": bare(tables[what, by]["given"].mean(), PERCENT),
            "a label's worth": bare(worth(own)[many], PLAIN.rounded(2)),
            f"{many} labels: held": covers(own, many),
            f"{some} labels: held": covers(own, some),
        }
        for (what, by), own in few.items()
    )

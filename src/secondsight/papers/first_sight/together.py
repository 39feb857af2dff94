"""What several models know together, and what a few labels and many answers give."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from secondsight.dtypes import Bools, Floats
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.metrics.prediction_powered import prediction_powered

FOLDS = 5


def stacked(label: "pd.Series[str]", answers: pd.DataFrame, seed: int = 0) -> "pd.Series[str]":
    """Return a combination's answers, each from a fit that did not see the image.

    A logistic regression on who gave which answer: four fifths of the images teach it, the last
    fifth is answered, and so on in turn.

    Parameters
    ----------
    label : Series of str, length n
        True classes.
    answers : DataFrame of str, n rows
        A column a model.
    seed : int
        Which division into fifths.
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


def trials(
    true: Floats, answers: Floats, sizes: Sequence[int], draws: int = 400, seed: int = 0
) -> pd.DataFrame:
    """Estimate a share from a few labelled images, again and again, where all labels are known.

    Parameters
    ----------
    true : array of float, shape (n,)
        1 for images of the class.
    answers : array of float, shape (n,)
        The model's answer, 0 or 1, or its probability.
    sizes : sequence of int
        How many images are labelled; the others have the model's answer alone.

    Returns
    -------
    DataFrame
        Columns `labels`, `how` ("labels alone", "model and labels"), `width` (mean width of the
        95% interval), `covers` (an Estimate: how often it holds the true share).
    """
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
    table = pd.DataFrame(rows, columns=["labels", "how", "width", "covers"])
    return table.groupby(["labels", "how"], sort=False, as_index=False).agg(
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

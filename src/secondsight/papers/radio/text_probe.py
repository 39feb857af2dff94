"""A linear probe on texts: which of two classes a text is of, learnt from other texts.

Words are weighted by TF-IDF and classified by logistic regression, both scikit-learn's with its
defaults. Only the fit is closer than by default, so that no answer hangs on where it stopped. What
stands for a text may also be given: an embedding, say.
"""

from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from secondsight.dtypes import AnyFloats, Ints

FOLDS = 5
TOLERANCE = 1e-8


def out_of_fold(texts: Sequence[str], labels: Ints, seed: int) -> Ints:
    """Return for each text the answer, 0 or 1, of a probe that was fitted without it.

    One thread does it: so small a fit is slower with several, which wait for each other.

    `labels` are 0 or 1; `seed` is the division into folds, each with as many of either class as can
    be.
    """
    return _answers(make_pipeline(TfidfVectorizer(), _linear()), texts, labels, seed)


def out_of_fold_of(features: AnyFloats, labels: Ints, seed: int) -> Ints:
    """Return for each text the answer, 0 or 1, of a probe on features, fitted without it.

    `features`, shape (texts, n), are what stands for each text. The same seed gives the same folds.
    """
    return _answers(_linear(), features, labels, seed)


def _linear() -> LogisticRegression:
    return LogisticRegression(tol=TOLERANCE)


def _answers(probe: Any, what: Sequence[str] | AnyFloats, labels: Ints, seed: int) -> Ints:
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with threadpool_limits(1):
        answers: Ints = cross_val_predict(probe, what, labels, cv=folds)
    return answers

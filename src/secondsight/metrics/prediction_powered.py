"""A class's share from few labels and many answers of a model: prediction-powered inference.

Labels alone give an honest interval, and a wide one. A model's answers on all images give a narrow
one around the wrong number. Taken together, the answers give the number and the labels correct it
by how far the answers are off on average.
"""

import numpy as np

from secondsight.dtypes import AnyFloats
from secondsight.metrics.intervals import LEVEL, Estimate, normal

METHOD = "prediction-powered"


def weight_of_answers(labels: AnyFloats, answers: AnyFloats, more: AnyFloats) -> float:
    """Return the weight, 0 to 1, at which a model's answers make the interval narrowest.

    Parameters
    ----------
    labels, answers : array of float, shape (n,)
        What is true of the labelled images, and the model's answer to each.
    more : array of float, shape (m,)
        The model's answers to the images without labels.

    References
    ----------
    Angelopoulos, Duchi & Zrnic 2023, arXiv:2311.01453, example 6.1.
    """
    spread = np.var(np.concatenate([answers, more]), ddof=1)
    if spread == 0:
        return 0.0
    together = np.mean((labels - labels.mean()) * (answers - answers.mean()))
    return float(np.clip(together / (1 + len(labels) / len(more)) / spread, 0, 1))


def prediction_powered(
    labels: AnyFloats,
    answers: AnyFloats,
    more: AnyFloats,
    level: float = LEVEL,
    weight: float | None = None,
) -> Estimate:
    """Return a mean, such as a class's share, from labels and a model's answers.

    The interval is normal, and holds whatever the model is like; a bad one makes it wide.

    For the arrays see `weight_of_answers`; the labelled images must be drawn at random from all. A
    weight of 0 leaves the answers out, 1 takes them whole; the best one if absent.

    Source: Angelopoulos et al. 2023, Science 382, 669; Angelopoulos, Duchi & Zrnic 2023,
    arXiv:2311.01453.
    """
    if weight is None:
        weight = weight_of_answers(labels, answers, more)
    off = labels - weight * answers
    value = weight * more.mean() + off.mean()
    spread = np.sqrt(weight**2 * more.var() / len(more) + off.var() / len(off))
    return normal(float(value), float(spread), len(labels), level, METHOD)

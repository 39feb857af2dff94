"""What a model says of pictures and how much of it comes from looking, picture by picture."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from secondsight.descriptions.beyond import mentions
from secondsight.dtypes import Floats, Ints
from secondsight.metrics.similarity import retrieved
from secondsight.simulate.seed import generator
from secondsight.training.results import Outcomes

TOP = (1, 3)


def of_descriptions(texts: Sequence[str], labels: Ints, cosines: Mapping[str, Floats]) -> Outcomes:
    """Return the metrics of descriptions of pictures of Galaxy10's classes.

    `cosines` are those of each description with each class's reference, shape (n, classes), by the
    set of references. For each there is `cosine.SET` with the own class's reference; `looking.SET`,
    the same less the mean over all pictures' classes, which is what the description scores when
    shuffled; `top_1.SET` and `top_3.SET`, whether the own class is among the nearest. `words` is
    how many words a description has.
    """
    scores: Outcomes = {"words": np.array([len(text.split()) for text in texts], np.float64)}
    for name, cosine in cosines.items():
        own = cosine[np.arange(len(labels)), labels]
        scores[f"cosine.{name}"] = own
        scores[f"looking.{name}"] = own - cosine[:, labels].mean(axis=1)
        for places in TOP:
            scores[f"top_{places}.{name}"] = retrieved(cosine, labels, places).astype(np.float64)
    return scores


def beyond(texts: Sequence[str]) -> Floats:
    """Return for each text whether it claims what no image bears out, 0 or 1."""
    return np.array([bool(mentions(text)) for text in texts], np.float64)


def others(skies: Mapping[str, int], seed: int = 0) -> npt.NDArray[np.intp]:
    """Return for each held-out picture the place of another of its sky, by chance, shape (n,).

    Of each sky there are so many, in their order. Each place comes once, none for its own picture.
    """
    start, places = 0, []
    for sky, count in skies.items():
        order = generator(seed, "finetune", "others", sky).permutation(count)
        following = np.empty(count, np.intp)
        following[order] = np.roll(order, 1)
        places.append(start + following)
        start += count
    return np.concatenate(places)

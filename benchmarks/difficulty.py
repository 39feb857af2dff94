"""How hard the simulated skies are for a supervised classifier.

Trained on a `-train` sky, tested on the sky that a chapter shows to models. The features are what
astronomers measure (profiles, concentration, asymmetry, moments, Fourier modes around the centre)
and principal components of the pictures; the classifier is scikit-learn's gradient boosting.
"""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier
from statsmodels.stats.proportion import proportion_confint

from secondsight.datasets.tasks import TASKS
from secondsight.dtypes import Floats, Pixels, Texts
from secondsight.papers.first_sight.baseline import labelled, predict
from secondsight.papers.first_sight.supervised import TRAINED_ON

RESULTS = Path(__file__).parent / "results"

INTRODUCTION = (__doc__ or "").split("\n\n", 1)[1].strip()

SEED = 0


# ---------------------------------------------------------------------------- the measurement


def stump(train: Floats, labels: Texts, test: Floats, true: Any) -> float:
    """Return the accuracy of one cut on one number, learnt on the training images."""
    tree = DecisionTreeClassifier(max_depth=1, random_state=SEED).fit(train[:, None], labels)
    return float((tree.predict(test[:, None]) == true).mean())


def cues(
    train: Pixels,
    labels: Texts,
    test: Pixels,
    true: Texts,
) -> dict[str, float]:
    """Return how far single cuts come on trivial numbers; on a pixel, the best of all pixels."""

    def edge(pictures: Pixels) -> Floats:
        rim = np.concatenate([pictures[:, :3].reshape(len(pictures), -1),
                              pictures[:, -3:].reshape(len(pictures), -1)], axis=1)  # fmt: skip
        return rim.mean(axis=1)

    grey, grey_test = train.mean(axis=3), test.mean(axis=3)
    tree = DecisionTreeClassifier(max_depth=1, random_state=SEED)
    tree.fit(grey.reshape(len(grey), -1), labels)
    pixel = float((tree.predict(grey_test.reshape(len(grey_test), -1)) == true).mean())
    return {
        "mean brightness": stump(grey.mean(axis=(1, 2)), labels, grey_test.mean(axis=(1, 2)), true),
        "brightness of the border": stump(edge(train), labels, edge(test), true),
        "best single pixel": pixel,
    }


def measure(name: str, workers: int) -> dict[str, Any]:
    """Return how well the classifier does on a sky."""
    train, labels = labelled(TRAINED_ON[name], workers)
    test, true = labelled(name, workers)
    predicted = predict(train, labels, test)
    right = int((predicted == true).sum())
    low, high = proportion_confint(right, len(true), method="wilson")
    codes = TASKS[name].codes
    matrix = [[int(((true == a) & (predicted == b)).sum()) for b in codes] for a in codes]
    return {
        "sky": name,
        "learnt from": TRAINED_ON[name],
        "training images": len(train),
        "test images": len(test),
        "right": right,
        "accuracy": round(right / len(true), 4),
        "wilson": [round(float(low), 4), round(float(high), 4)],
        "categories": TASKS[name].names,
        "confusion": matrix,
        "most frequent category": round(max(map(sum, matrix)) / len(true), 4),
        "single cuts": {cue: round(v, 4) for cue, v in cues(train, labels, test, true).items()},
    }


# ---------------------------------------------------------------------------------- the words


def markdown(results: list[dict[str, Any]], made: str) -> str:
    """Return the results as a page."""
    parts = ["# How hard the simulated skies are", INTRODUCTION]
    for result in results:
        low, high = result["wilson"]
        head = ["true \\ predicted", *result["categories"]]
        lines = [head, ["---"] + ["---:"] * len(result["categories"])]
        lines += [
            [name, *map(str, row)]
            for name, row in zip(result["categories"], result["confusion"], strict=True)
        ]
        parts += [
            f"## {result['sky']}",
            f"{result['right']} of {result['test images']} right: {result['accuracy']:.3f} "
            f"(95 % Wilson {low:.3f} to {high:.3f}), learnt from "
            f"{result['training images']:,} images. "
            f"The most frequent category alone: {result['most frequent category']:.3f}.",
            "\n".join(f"| {' | '.join(line)} |" for line in lines),
            "One cut on one number: "
            + ", ".join(f"{cue} {value:.3f}" for cue, value in result["single cuts"].items())
            + ".",
        ]
    return "\n\n".join([*parts, made]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(TRAINED_ON), help="skies to test")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--dry", action="store_true", help="write no files")
    options = parser.parse_args()
    results = []
    for name in options.names:
        print(f"measuring {name}", file=sys.stderr)
        results.append(measure(name, options.workers))
    made = (
        f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, "
        f"Python {platform.python_version()}; {datetime.now(UTC).date()}."
    )
    page = markdown(results, made)
    if not options.dry:
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({"made": made, "skies": results}, indent=2) + "\n"
        (RESULTS / "difficulty.json").write_text(text, encoding="utf-8")
        (RESULTS / "difficulty.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

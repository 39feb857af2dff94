"""What the small model makes of real pictures: on the half it was developed on, and on the other.

Which pictures are which is committed by id (`data/minivlm/development.csv`). Beside the model's
answers, from words alone, stands gradient boosting on measured features that was shown the labels
of the other half: what is left to see. Needs a mirror folder.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from zero_shot import answers, images, written

from secondsight import paths
from secondsight.datasets.aion_search import find_pictures, find_runs
from secondsight.datasets.derived import DERIVATIONS
from secondsight.datasets.picture import read_bytes, read_picture
from secondsight.datasets.registry import load
from secondsight.dtypes import Pixels
from secondsight.inference.prompt import load_prompt
from secondsight.metrics.intervals import proportion
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.picture import views
from secondsight.minivlm.reading.read import read_question
from secondsight.papers.first_sight.baseline import predict

RESULTS = Path(__file__).parent / "results"
DEVELOPMENT = paths.DATA / "minivlm" / "development.csv"
"""The pictures that were looked at while the model was made; the half to report is the others."""
HALVES = ("development", "report")
SHAPES = """Category 0: smooth and round or oval, an elliptical galaxy without arms.

Category 2: a disc seen from its side, thin and straight.

Category 3: a disc with spiral arms or patches of structure, seen from above or at a slant.

Answer with the number."""
"""The question about galaxies of surveys; no chapter asks it."""
SHAPE_CODES = {"elliptical": "0", "edge_on": "2", "spiral": "3"}


class Real(NamedTuple):
    """A real picture, where it is from, and its true category."""

    image_id: str
    pixels: Pixels
    label: str


def galaxy_zoo_1() -> Iterator[Real]:
    """Yield galaxies of SDSS in three shapes."""
    folder = DERIVATIONS["real_shapes"].files()[1]
    labels = pd.read_csv(folder / "labels.csv", dtype=str) if folder else pd.DataFrame()
    for name, label in labels.itertuples(index=False):
        path = folder / "images" / f"{name}.jpeg"
        yield Real(name, read_picture(read_bytes(path), name), SHAPE_CODES[label])


def lsbg_cutouts() -> Iterator[Real]:
    """Yield low-surface-brightness galaxies and artifacts."""
    folder = DERIVATIONS["real_shapes"].files()[0]
    for path in sorted(folder.glob("*.png")) if folder else ():
        pixels = read_picture(read_bytes(path), path.name)
        yield Real(path.stem, pixels, "1" if path.stem.startswith("lsbg") else "0")


def of_data_set(name: str) -> Iterator[Real]:
    """Yield the pictures of a data set whose files are here."""
    dataset = load(name)
    for image_id, label in dataset.table[["image_id", "label"]].itertuples(index=False):
        yield Real(image_id, dataset.pixels(image_id), label)


def legacy_galaxies() -> Iterator[Real]:
    """Yield galaxies of the Legacy Surveys in the shape that most volunteers saw."""
    runs = find_runs()
    if runs is None:
        return
    said = runs.votes.pivot_table("answer", "galaxy", "question", aggfunc="first")
    for galaxy, pixels in zip(said.index, find_pictures(said.index), strict=False):
        smooth = said.loc[galaxy, "smooth-or-featured"] == "smooth"
        label = "0" if smooth else "2" if said.loc[galaxy, "disk-edge-on"] == "yes" else "3"
        yield Real(str(galaxy), pixels, label)


SETS: dict[str, tuple[Any, str]] = {
    "galaxy-zoo-1": (galaxy_zoo_1, SHAPES),
    "aion-search": (legacy_galaxies, SHAPES),
    "mirabest": (lambda: of_data_set("mirabest"), load_prompt("radio-1").text),
    "first-radio": (lambda: of_data_set("first-radio"), load_prompt("radio-shapes-1").text),
    "lsbg-cutouts": (lsbg_cutouts, load_prompt("lsbg-1").text),
}
"""From a set to what yields its pictures, and the words by which it is asked."""


def halves(name: str, real: list[Real]) -> dict[str, list[Real]]:
    """Return a set's pictures by half."""
    table = pd.read_csv(DEVELOPMENT, dtype=str)
    seen = set(table.loc[table["set"] == name, "image"])
    return {
        HALVES[0]: [one for one in real if one.image_id in seen],
        HALVES[1]: [one for one in real if one.image_id not in seen],
    }


def accuracy(given: Any, real: list[Real]) -> dict[str, Any]:
    """Return how many answers are right, with the Wilson interval, and by true category."""
    true = np.array([one.label for one in real])
    right = np.asarray(given) == true
    estimate = proportion(int(right.sum()), len(right))
    each = {
        label: f"{right[true == label].sum()}/{(true == label).sum()}" for label in sorted({*true})
    }
    return {
        "right": int(right.sum()), "images": len(right), "accuracy": round(estimate.value, 4),
        "wilson": [round(estimate.low, 4), round(estimate.high, 4)], "by category": each,
    }  # fmt: skip


def middles(real: list[Real]) -> tuple[Pixels, Any]:
    """Return the middles of pictures, as the features are measured on them, and their labels."""
    return np.stack([views(one.pixels).middle for one in real]), np.array([r.label for r in real])


def measure(model: MiniVLM, name: str, wanted: list[str]) -> dict[str, Any]:
    """Return what the model, and the boosting that was shown labels, make of a set."""
    yields, text = SETS[name]
    parts = halves(name, list(yields()))
    question = read_question(text)
    result: dict[str, Any] = {"set": name}
    for half in wanted:
        real = parts[half]
        given = answers(model, images(model, [one.pixels for one in real]), question)
        result[half] = {"from words": accuracy(given, real)}
        if len(real) > 100:
            (learnt, labels), (test, _) = middles(parts[_other(half)]), middles(real)
            result[half]["shown labels"] = accuracy(predict(learnt, labels, test), real)
    return result


def _other(half: str) -> str:
    return HALVES[1 - HALVES.index(half)]


def markdown(results: list[dict[str, Any]]) -> str:
    """Return the results as a page."""
    lines = ["| real pictures | half | images | from words | shown the other half's labels |"]
    lines.append("|---|---|---:|---|---|")
    for result in results:
        for half in [half for half in HALVES if half in result]:
            words, labels = result[half]["from words"], result[half].get("shown labels")
            told = written(labels) if labels else "too few"
            lines.append(
                f"| {result['set']} | {half} | {words['images']} | {written(words)} | {told} |"
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SETS))
    parser.add_argument("--weights", type=Path, help="a folder with the model's files")
    parser.add_argument("--report", action="store_true", help="measure the other half too")
    options = parser.parse_args()
    model = MiniVLM.load(options.weights) if options.weights else MiniVLM.load()
    wanted = list(HALVES if options.report else HALVES[:1])
    results = [measure(model, name, wanted) for name in options.names]
    page = markdown(results)
    if options.report:
        (RESULTS / "real_sky.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
        (RESULTS / "real_sky.md").write_text(page, encoding="utf-8")
    print(json.dumps(results, indent=1))
    print(page)


if __name__ == "__main__":
    main()

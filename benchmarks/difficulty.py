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
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sklearn
from scipy.ndimage import affine_transform, gaussian_filter
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.tree import DecisionTreeClassifier
from statsmodels.stats.proportion import proportion_confint

from secondsight.datasets.tasks import TASKS
from secondsight.simulate import find_sky

RESULTS = Path(__file__).parent / "results"
SKIES = {"lsbg": "lsbg-train", "morphology": "morphology-train"}
"""From the sky that is tested to the one that is learnt from."""

INTRODUCTION = (__doc__ or "").split("\n\n", 1)[1].strip()

COMPONENTS, SEED, CHUNK = 40, 0, 250
Array = npt.NDArray[np.float64]


# --------------------------------------------------------------------------------- the images


def draw(name: str, image_ids: list[str]) -> npt.NDArray[np.uint8]:
    """Return images of a sky, uint8, shape (images, height, width, 3)."""
    sky = find_sky(name)
    return np.stack([sky.draw(image_id) for image_id in image_ids])


def images(name: str, workers: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]:
    """Return all images of a sky and their labels."""
    table = find_sky(name).catalogue()
    ids = list(table["image_id"])
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        drawn = np.concatenate(list(pool.map(partial(draw, name), chunks)))
    return drawn, table["label"].to_numpy(str)


# ------------------------------------------------------------------------------- the features


def polar(side: int) -> tuple[Array, Array]:
    """Return each pixel's distance from the centre, in pixels, and its angle."""
    axis = np.arange(side) - (side - 1) / 2
    return np.hypot(axis[:, None], axis[None, :]), np.arctan2(axis[:, None], axis[None, :])


def measured(picture: npt.NDArray[np.uint8]) -> Array:
    """Return profiles, asymmetries, moments, Fourier modes and gradients of one picture."""
    colour = picture.astype(float)
    colour -= np.median(colour, axis=(0, 1))
    light = colour.mean(axis=2)
    radius, angle = polar(len(light))
    rings = np.minimum((radius / 2).astype(int), 16)
    found = [*profiles(colour, light, rings), *asymmetries(light, radius)]
    found += [*moments(light, radius), *modes(light, rings, angle), *gradients(light, radius)]
    found += [*np.percentile(light, (1, 10, 50, 90, 99)), *border(light)]
    return np.array(found)


def border(light: Array) -> Array:
    """Return the mean brightness along each edge, in order of brightness."""
    edges = [light[:6].mean(), light[-6:].mean(), light[:, :6].mean(), light[:, -6:].mean()]
    return np.sort(edges)


def profiles(colour: Array, light: Array, rings: npt.NDArray[np.int_]) -> Array:
    """Return means of each colour and deviations of the light in rings."""
    size = np.bincount(rings.ravel())
    means = [np.bincount(rings.ravel(), colour[..., band].ravel()) / size for band in range(3)]
    mean = np.bincount(rings.ravel(), light.ravel()) / size
    square = np.bincount(rings.ravel(), (light**2).ravel()) / size
    return np.concatenate([*means, np.sqrt(np.maximum(square - mean**2, 0))])


def asymmetries(light: Array, radius: Array) -> list[float]:
    """Return the share of light that turning by 180 and 90 degrees moves, within radii."""
    smooth = gaussian_filter(light, 1)
    found = []
    for turned in (np.rot90(smooth, 2), np.rot90(smooth)):
        moved = np.abs(smooth - turned)
        for reach in (6, 12, 20):
            inside = radius < reach
            found.append(moved[inside].sum() / (np.abs(smooth[inside]).sum() + 1))
    return found


def second(light: Array, radius: Array, reach: float) -> tuple[float, float, float]:
    """Return flux-weighted second moments within a Gaussian window."""
    weight = np.maximum(light, 0) * np.exp(-0.5 * (radius / reach) ** 2)
    axis = np.arange(len(light)) - (len(light) - 1) / 2
    total = weight.sum() + 1e-6
    across = (weight * axis[None, :] ** 2).sum() / total
    down = (weight * axis[:, None] ** 2).sum() / total
    both = (weight * axis[:, None] * axis[None, :]).sum() / total
    return float(across), float(down), float(both)


def moments(light: Array, radius: Array) -> list[float]:
    """Return size and ellipticity within windows."""
    found = []
    for reach in (4, 8, 14):
        across, down, both = second(light, radius, reach)
        stretch = np.hypot(across - down, 2 * both)
        found += [across + down, stretch / (across + down + 1e-6)]
    return found


def modes(light: Array, rings: npt.NDArray[np.int_], angle: Array) -> list[float]:
    """Return the strength of Fourier modes 1 to 4 in rings, and how mode 2 winds outward."""
    inner = rings < 14
    size = np.bincount(rings[inner]) * 1.0
    found: list[float] = []
    for mode in range(1, 5):
        wave = light[inner] * np.exp(-1j * mode * angle[inner])
        part = np.bincount(rings[inner], wave.real) + 1j * np.bincount(rings[inner], wave.imag)
        part /= size
        found += np.abs(part).tolist()
        found += (np.real(part[1:] * np.conj(part[:-1]))).tolist()
        found += np.abs(np.imag(part[1:] * np.conj(part[:-1]))).tolist()
    return found


def gradients(light: Array, radius: Array) -> list[float]:
    """Return how strong and how one-directional gradients are within rings."""
    down, across = np.gradient(gaussian_filter(light, 0.8))
    strength, twice = np.hypot(down, across), 2 * np.arctan2(down, across)
    found = []
    for near, far in ((0, 4), (4, 8), (8, 14), (14, 32)):
        ring = (radius >= near) & (radius < far)
        total = strength[ring].sum() + 1e-6
        found += [total, float(np.abs((strength[ring] * np.exp(1j * twice[ring])).sum()) / total)]
        found.append(float(np.percentile(strength[ring], 95)))
    return found


def aligned(picture: npt.NDArray[np.uint8]) -> Array:
    """Return the inner picture turned to its major axis and folded on both axes, shape (24, 24)."""
    light = picture.astype(float).mean(axis=2)
    light -= np.median(light)
    radius, _ = polar(len(light))
    across, down, both = second(light, radius, 10)
    lean = 0.5 * np.arctan2(2 * both, across - down)
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    middle = (len(light) - 1) / 2
    turned = affine_transform(light, turn, middle - turn @ [middle, middle], order=1)
    folded = (turned + turned[::-1] + turned[:, ::-1] + turned[::-1, ::-1]) / 4
    half = len(light) // 2
    return folded[half : half + 24, half : half + 24]


def small(picture: npt.NDArray[np.uint8]) -> Array:
    """Return the picture in blocks of two pixels, shape (32, 32, 3)."""
    return picture.reshape(32, 2, 32, 2, 3).mean(axis=(1, 3))


def table(pictures: npt.NDArray[np.uint8]) -> dict[str, Array]:
    """Return each kind of feature, one row an image."""
    return {
        "measured": np.stack([measured(picture) for picture in pictures]),
        "aligned": np.stack([aligned(picture).ravel() for picture in pictures]),
        "small": np.stack([small(picture).ravel() for picture in pictures]),
    }


def features(train: dict[str, Array], test: dict[str, Array]) -> tuple[Array, Array]:
    """Return the rows of both, with principal components of the training pictures."""
    parts = [(train["measured"], test["measured"])]
    for kind in ("aligned", "small"):
        found = PCA(COMPONENTS, random_state=SEED).fit(train[kind])
        parts.append((found.transform(train[kind]), found.transform(test[kind])))
    return np.hstack([part[0] for part in parts]), np.hstack([part[1] for part in parts])


# ---------------------------------------------------------------------------- the measurement


def stump(train: Array, labels: npt.NDArray[np.str_], test: Array, true: Any) -> float:
    """Return the accuracy of one cut on one number, learnt on the training images."""
    tree = DecisionTreeClassifier(max_depth=1, random_state=SEED).fit(train[:, None], labels)
    return float((tree.predict(test[:, None]) == true).mean())


def cues(
    train: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.str_],
    test: npt.NDArray[np.uint8],
    true: npt.NDArray[np.str_],
) -> dict[str, float]:
    """Return how far single cuts come on trivial numbers; on a pixel, the best of all pixels."""

    def edge(pictures: npt.NDArray[np.uint8]) -> Array:
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
    train, labels = images(SKIES[name], workers)
    test, true = images(name, workers)
    rows, test_rows = features(table(train), table(test))
    model = HistGradientBoostingClassifier(
        learning_rate=0.07, max_iter=300, l2_regularization=1.0, random_state=SEED
    )
    predicted = model.fit(rows, labels).predict(test_rows)
    right = int((predicted == true).sum())
    low, high = proportion_confint(right, len(true), method="wilson")
    codes = TASKS[name].codes
    matrix = [[int(((true == a) & (predicted == b)).sum()) for b in codes] for a in codes]
    return {
        "sky": name,
        "learnt from": SKIES[name],
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
    parser.add_argument("names", nargs="*", default=list(SKIES), help="skies to test")
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

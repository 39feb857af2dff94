"""A supervised baseline: what a classifier that was shown labels makes of a simulated sky.

It learns from the sky's own training images, which no model is asked about. The features are what
astronomers measure (profiles, concentration, asymmetry, moments, Fourier modes around the centre)
and principal components of the pictures; the classifier is scikit-learn's gradient boosting.
Chapters read its answers from the repository: `supervised`.
"""

import os
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import affine_transform, gaussian_filter
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from secondsight.datasets.registry import load
from secondsight.dtypes import Floats, Pixels, Texts
from secondsight.papers.first_sight.supervised import IMAGES, TRAINED_ON, write_answers
from secondsight.paths import shown
from secondsight.simulate.processes import in_chunks
from secondsight.simulate.skies import find_sky

ROUNDS, LEAVES = 300, 31
"""Rounds of boosting, and a tree's leaves at most."""
COMPONENTS, SEED, CHUNK = 40, 0, 250


def answers(name: str, images: int = IMAGES, workers: int = 1) -> "pd.Series[str]":
    """Return the category that the baseline gives each image of a simulated sky of `TRAINED_ON`.

    It learns from the first `images` of the training sky, which so many processes draw. The codes
    are in the order of the sky's catalogue.
    """
    train, labels = labelled(TRAINED_ON[name], workers, images)
    test, _ = labelled(name, workers)
    return pd.Series(predict(train, labels, test), dtype=str)


def labelled(name: str, workers: int = 1, images: int | None = None) -> tuple[Pixels, Texts]:
    """Return a sky's images, uint8, shape (images, 64, 64, 3), and their labels, shape (images,).

    The first `images` of them; all, if it is None.
    """
    table = find_sky(name).catalogue().head(images or len(find_sky(name).catalogue()))
    drawn = list(in_chunks(partial(_draw, name), list(table["image_id"]), CHUNK, workers))
    return np.concatenate(drawn), table["label"].to_numpy(str)


def _draw(name: str, image_ids: list[str]) -> Pixels:
    sky = find_sky(name)
    return np.stack([sky.draw(image_id) for image_id in image_ids])


def predict(
    train: Pixels, labels: Texts, test: Pixels, rounds: int = ROUNDS, leaves: int = LEAVES
) -> Texts:
    """Learn from labelled pictures and return the labels given to others.

    One thread does it: several wait for each other where other work is done beside it.

    Parameters
    ----------
    train, test : array of uint8, shape (images, 64, 64, 3)
        The pictures; the same ones give the same answers each time.
    labels : array of str, shape (images,)
        The true categories of `train`.
    rounds, leaves : int
        Rounds of boosting, and a tree's leaves at most.
    """
    model = HistGradientBoostingClassifier(
        learning_rate=0.07,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        l2_regularization=1.0,
        random_state=SEED,
    )
    with threadpool_limits(1):
        rows, test_rows = features(kinds(train), kinds(test))
        answers: Texts = model.fit(rows, labels).predict(test_rows)
    return answers


def features(train: dict[str, Floats], test: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Return the rows of both, with principal components of the training pictures."""
    parts = [(train["measured"], test["measured"])]
    for kind in ("aligned", "small"):
        components = PCA(COMPONENTS, random_state=SEED).fit(train[kind])
        parts.append((components.transform(train[kind]), components.transform(test[kind])))
    return np.hstack([part[0] for part in parts]), np.hstack([part[1] for part in parts])


def kinds(pictures: Pixels) -> dict[str, Floats]:
    """Return each kind of feature, one row an image."""
    return {
        "measured": np.stack([measured(picture) for picture in pictures]),
        "aligned": np.stack([aligned(picture).ravel() for picture in pictures]),
        "small": np.stack([small(picture).ravel() for picture in pictures]),
    }


def measured(picture: Pixels) -> Floats:
    """Return profiles, asymmetries, moments, Fourier modes and gradients of one picture."""
    colour = picture.astype(float)
    colour -= np.median(colour, axis=(0, 1))
    light = colour.mean(axis=2)
    radius, angle = polar(len(light))
    rings = np.minimum((radius / 2).astype(int), 16)
    values = [*profiles(colour, light, rings), *asymmetries(light, radius)]
    values += [*moments(light, radius), *modes(light, rings, angle), *gradients(light, radius)]
    values += [*np.percentile(light, (1, 10, 50, 90, 99)), *border(light)]
    return np.array(values)


def profiles(colour: Floats, light: Floats, rings: npt.NDArray[np.int_]) -> Floats:
    """Return means of each colour and deviations of the light in rings."""
    size = np.bincount(rings.ravel())
    means = [np.bincount(rings.ravel(), colour[..., band].ravel()) / size for band in range(3)]
    mean = np.bincount(rings.ravel(), light.ravel()) / size
    square = np.bincount(rings.ravel(), (light**2).ravel()) / size
    return np.concatenate([*means, np.sqrt(np.maximum(square - mean**2, 0))])


def asymmetries(light: Floats, radius: Floats) -> list[float]:
    """Return the share of light that turning by 180 and 90 degrees moves, within radii."""
    smooth = gaussian_filter(light, 1)
    shares = []
    for turned in (np.rot90(smooth, 2), np.rot90(smooth)):
        moved = np.abs(smooth - turned)
        for reach in (6, 12, 20):
            inside = radius < reach
            shares.append(moved[inside].sum() / (np.abs(smooth[inside]).sum() + 1))
    return shares


def moments(light: Floats, radius: Floats) -> list[float]:
    """Return size and ellipticity within windows."""
    values = []
    for reach in (4, 8, 14):
        across, down, both = second(light, radius, reach)
        stretch = np.hypot(across - down, 2 * both)
        values += [across + down, stretch / (across + down + 1e-6)]
    return values


def second(light: Floats, radius: Floats, reach: float) -> tuple[float, float, float]:
    """Return flux-weighted second moments within a Gaussian window."""
    weight = np.maximum(light, 0) * np.exp(-0.5 * (radius / reach) ** 2)
    axis = np.arange(len(light)) - (len(light) - 1) / 2
    total = weight.sum() + 1e-6
    across = (weight * axis[None, :] ** 2).sum() / total
    down = (weight * axis[:, None] ** 2).sum() / total
    both = (weight * axis[:, None] * axis[None, :]).sum() / total
    return float(across), float(down), float(both)


def modes(light: Floats, rings: npt.NDArray[np.int_], angle: Floats) -> list[float]:
    """Return the strength of Fourier modes 1 to 4 in rings, and how mode 2 winds outward."""
    inner = rings < 14
    size = np.bincount(rings[inner]) * 1.0
    strengths: list[float] = []
    for mode in range(1, 5):
        wave = light[inner] * np.exp(-1j * mode * angle[inner])
        part = np.bincount(rings[inner], wave.real) + 1j * np.bincount(rings[inner], wave.imag)
        part /= size
        strengths += np.abs(part).tolist()
        strengths += (np.real(part[1:] * np.conj(part[:-1]))).tolist()
        strengths += np.abs(np.imag(part[1:] * np.conj(part[:-1]))).tolist()
    return strengths


def gradients(light: Floats, radius: Floats) -> list[float]:
    """Return how strong and how one-directional gradients are within rings."""
    down, across = np.gradient(gaussian_filter(light, 0.8))
    strength, twice = np.hypot(down, across), 2 * np.arctan2(down, across)
    values = []
    for near, far in ((0, 4), (4, 8), (8, 14), (14, 32)):
        ring = (radius >= near) & (radius < far)
        total = strength[ring].sum() + 1e-6
        values += [total, float(np.abs((strength[ring] * np.exp(1j * twice[ring])).sum()) / total)]
        values.append(float(np.percentile(strength[ring], 95)))
    return values


def border(light: Floats) -> Floats:
    """Return the mean brightness along each edge, in order of brightness."""
    edges = [light[:6].mean(), light[-6:].mean(), light[:, :6].mean(), light[:, -6:].mean()]
    return np.sort(edges)


def aligned(picture: Pixels) -> Floats:
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
    inner: Floats = folded[half : half + 24, half : half + 24]
    return inner


def small(picture: Pixels) -> Floats:
    """Return the picture in blocks of two pixels, shape (32, 32, 3)."""
    blocks: Floats = picture.reshape(32, 2, 32, 2, 3).mean(axis=(1, 3))
    return blocks


def polar(side: int) -> tuple[Floats, Floats]:
    """Return each pixel's distance from the centre, in pixels, and its angle."""
    axis = np.arange(side) - (side - 1) / 2
    return np.hypot(axis[:, None], axis[None, :]), np.arctan2(axis[:, None], axis[None, :])


def main() -> None:
    """Make the answers that the repository holds, one file a sky."""
    for name in TRAINED_ON:
        print(f"learning {name} from {IMAGES:,} images")  # noqa: T201
        path = write_answers(load(name), answers(name, workers=os.cpu_count() or 1))
        print(f"wrote {shown(path)}")  # noqa: T201


if __name__ == "__main__":
    main()

"""What holds for every simulated optical sky, for its tests to call."""

import hashlib
import subprocess
import sys
from functools import cache
from io import BytesIO

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.tree import DecisionTreeClassifier

from secondsight.datasets.manifest import read_manifest
from secondsight.simulate.manifest import hash_images
from secondsight.simulate.skies import find_sky

DRAW_ELSEWHERE = """
import sys
from secondsight.simulate.manifest import hash_images
name, *ids = sys.argv[1:]
print(dict(hash_images(name, tuple(ids))))
"""


def chunks(png: bytes) -> list[bytes]:
    """Return the kinds of a PNG's chunks, in order."""
    at, kinds = 8, []
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        kinds.append(png[at + 4 : at + 8])
        at += 12 + length
    return kinds


def draws_the_same_anywhere(name: str) -> None:
    """Check that bytes depend on the id alone: not on the order, nor on the process."""
    ids = tuple(find_sky(name).catalogue()["image_id"].head(4))
    here = dict(hash_images(name, ids))
    assert dict(hash_images(name, ids[::-1])) == here
    said = subprocess.run(
        [sys.executable, "-c", DRAW_ELSEWHERE, name, ids[2], ids[0]],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.strip() == str({ids[2]: here[ids[2]], ids[0]: here[ids[0]]})
    assert len(set(here.values())) == len(ids)


def lists_its_images(name: str, counts: dict[str, int]) -> None:
    """Check the catalogue: the right labels, in an order that tells nothing."""
    table = find_sky(name).catalogue()
    assert table["label"].value_counts().to_dict() == counts
    assert table["image_id"].is_unique
    assert (table["label"] == table["label"].shift()).mean() < 0.6
    half = len(table) // 2
    for label, count in counts.items():
        spread = 4 * np.sqrt(len(table)) / 2
        assert abs((table["label"].head(half) == label).sum() - count / 2) < spread
    table["label"] = "9"
    assert find_sky(name).catalogue()["label"].value_counts().to_dict() == counts


def shows_nothing_but_pixels(name: str, side: int) -> None:
    """Check that neither id nor file says what is in the picture."""
    sky = find_sky(name)
    for image_id in sky.catalogue()["image_id"].head(3):
        png = sky.png(image_id)
        assert chunks(png) == [b"IHDR", b"IDAT", b"IEND"]
        with Image.open(BytesIO(png)) as picture:
            assert picture.size == (side, side)
            assert picture.mode == "RGB"
            assert picture.info == {}
        assert image_id.rsplit("-", 1)[1].isdigit()


def is_as_its_manifest_says(name: str, sample: int = 5) -> None:
    """Check some images against the committed hashes, and all ids and labels."""
    manifest = read_manifest(name)
    sky = find_sky(name)
    columns = ["image_id", "label", "split"]
    assert manifest[columns].equals(sky.catalogue()[columns])
    some = manifest.sample(sample, random_state=1)
    for image_id, known in zip(some["image_id"], some["image_sha256"], strict=True):
        assert hashlib.sha256(sky.png(image_id)).hexdigest() == known


@cache
def drawn(name: str, count: int) -> tuple[np.ndarray, pd.Series]:
    """Return the first images of a sky, shape (images, height, width, 3), and their labels."""
    sky = find_sky(name)
    table = sky.catalogue().head(count)
    pixels = np.stack([sky.draw(image_id) for image_id in table["image_id"]])
    return pixels.astype(float), table["label"]


def one_cut(name: str, count: int, number: str = "mean") -> float:
    """Return the accuracy of the best single cut on a trivial number, on the images it saw."""
    pixels, labels = drawn(name, count)
    numbers = {
        "mean": pixels.mean(axis=(1, 2, 3)),
        "border": pixels[:, [0, 1, 2, -3, -2, -1]].mean(axis=(1, 2, 3)),
        "corner": pixels[:, :4, :4].mean(axis=(1, 2, 3)),
    }
    tree = DecisionTreeClassifier(max_depth=1).fit(numbers[number][:, None], labels)
    return float(tree.score(numbers[number][:, None], labels))

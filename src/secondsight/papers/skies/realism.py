"""Simulated beside real images: what both show, measured alike.

The real images are fixtures that a mirror folder may hold; they are looked at and measured, never
shipped. What is committed are percentiles of the measurements.
"""

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.datasets.derived import DERIVATIONS
from secondsight.datasets.mirabest import read_archive
from secondsight.datasets.picture import read_bytes, read_picture
from secondsight.datasets.registry import load
from secondsight.dtypes import Pixels
from secondsight.metrics.intervals import LEVEL, Estimate, share_over_clusters
from secondsight.metrics.shapes import measure
from secondsight.paths import shown
from secondsight.simulate.skies import find_sky

KINDS = {
    "LSBG": ("lsbg", "1"),
    "artifact": ("lsbg", "0"),
    "round": ("morphology", "0"),
    "cigar": ("morphology", "1"),
    "edge-on": ("morphology", "2"),
    "spiral": ("morphology", "3"),
    "FR I": ("radio", "0"),
    "FR II": ("radio", "1"),
}
"""From a kind of object to the simulated data set and label that stand for it."""

GZ1 = {"elliptical": "round", "edge_on": "edge-on", "spiral": "spiral"}
CALLED = {"round": "elliptical"}
"""Where the labels of the real images have another name for what stands beside ours."""
SIDE = 64
"""Real cutouts are brought to this width before they are measured, as the simulated ones have."""
PERCENTILES = (16, 50, 84)


def simulated_images(kind: str, most: int) -> list[Pixels]:
    """Return the first simulated images of a kind, at most `most`."""
    name, label = KINDS[kind]
    dataset = load(name)
    ids = dataset.table.loc[dataset.table["label"] == label, "image_id"].head(most)
    return [dataset.pixels(image_id) for image_id in ids]


def real_images(
    cutouts: Path, gz1: Path, mirabest: Path
) -> Iterator[tuple[str, Callable[[], Pixels]]]:
    """Yield each real image's kind and how to read it.

    `cutouts` and `gz1` are folders of a mirror: LSBG and artifact cutouts, and SDSS galaxies with
    `labels.csv`; `mirabest` is the archive of radio galaxies.
    """
    for path in sorted(cutouts.glob("*.png")):
        yield ("LSBG" if path.stem.startswith("lsbg") else "artifact"), partial(_small, path)
    labels = pd.read_csv(gz1 / "labels.csv", dtype=str)
    for name, label in zip(labels["objid"], labels["label"], strict=True):
        yield GZ1[label], partial(_small, gz1 / "images" / f"{name}.jpeg")
    dataset = read_archive(mirabest)
    for image_id, label in zip(dataset.table["image_id"], dataset.table["label"], strict=True):
        yield ("FR I" if label == "0" else "FR II"), partial(dataset.pixels, image_id)


def real_examples(most: int) -> dict[str, list[Pixels]]:
    """Return real images by kind, at most `most` of each; none where no mirror holds them."""
    cutouts, gz1, archive = DERIVATIONS["real_shapes"].files()
    if cutouts is None or gz1 is None or archive is None:
        return {}
    examples: dict[str, list[Pixels]] = {}
    for kind, read in real_images(cutouts, gz1, archive):
        if len(examples.setdefault(kind, [])) < most:
            examples[kind].append(read())
    return examples


def gallery_rows(
    kinds: Iterable[str], most: int, zoom: float = 1
) -> list[tuple[str, list[Pixels]]]:
    """Return named rows of images: simulated ones, and real ones below where they are here.

    With a zoom above 1 only the middle of each image is kept.
    """
    real = real_examples(most)
    rows = []
    for kind in kinds:
        rows.append((f"{kind}, simulated", simulated_images(kind, most)))
        if kind in real:
            rows.append((f"{CALLED.get(kind, kind)}, real", real[kind]))
    return [(name, [_middle(pixels, zoom) for pixels in images]) for name, images in rows]


def about_real(rows: Sequence[tuple[str, Sequence[Pixels]]], what: str) -> str:
    """Return for a caption what the real rows are; nothing where there are none."""
    return f" Rows named real are {what}." if any("real" in name for name, _ in rows) else ""


def _middle(pixels: Pixels, zoom: float) -> Pixels:
    side = pixels.shape[0]
    edge = round(side * (1 - 1 / zoom) / 2)
    return pixels[edge : side - edge, edge : side - edge]


def by_detectability(
    subjects: pd.DataFrame, edges: Sequence[float]
) -> list[tuple[tuple[float, float], pd.DataFrame]]:
    """Return the true dwarfs of each bin of detectability, with the bin's ends."""
    dwarfs = subjects[subjects["label"] == "1"]
    place = pd.cut(dwarfs["detectability"], list(edges), include_lowest=True, labels=False)
    bins = list(itertools.pairwise(edges))
    return [(bins[int(number)], some) for number, some in dwarfs.groupby(place)]


def share_of_votes(subjects: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return the share of the votes on some subjects that are for a dwarf."""
    return share_over_clusters(*subjects[["yes", "votes"]].to_numpy().T, level=level)


def subjects_with_votes() -> pd.DataFrame:
    """Return the simulated campaign's catalogue with each subject's `yes` and `votes`."""
    counted = count_campaign(read_campaign())
    return pd.concat([find_sky("dwarfs").catalogue().reset_index(drop=True), counted], axis=1)


def summarize(images: Iterable[tuple[str, Pixels]]) -> pd.DataFrame:
    """Return percentiles of what is measured on images, by kind.

    Columns `kind`, `quantity` (str), `images` (int: on how many it could be measured), `p16`,
    `p50`, `p84` (rounded to four decimals).
    """
    kinds, shapes = zip(*((kind, measure(pixels)) for kind, pixels in images), strict=True)
    measured = pd.DataFrame(map(vars, shapes)).groupby(pd.Series(kinds), sort=False)
    return pd.concat([percentiles(own, str(kind)) for kind, own in measured], ignore_index=True)


def percentiles(measured: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return a row of `summarize` for each column that was measured on images of a kind."""
    values = np.nanpercentile(measured, PERCENTILES, axis=0).round(4).T
    table = pd.DataFrame(values, columns=[f"p{percentile}" for percentile in PERCENTILES])
    images = measured.notna().sum().to_numpy()
    named = pd.DataFrame({"kind": kind, "quantity": measured.columns, "images": images})
    return pd.concat([named, table], axis=1)


def real_shapes(cutouts: Path, gz1: Path, mirabest: Path) -> pd.DataFrame:
    """Return the percentiles of the real images."""
    return summarize((kind, read()) for kind, read in real_images(cutouts, gz1, mirabest))


def simulated_shapes(most: int) -> pd.DataFrame:
    """Return the percentiles of the first simulated images of each kind, at most `most` each."""
    return summarize((kind, pixels) for kind in KINDS for pixels in simulated_images(kind, most))


def side_by_side(simulated: pd.DataFrame, real: pd.DataFrame) -> pd.DataFrame:
    """Return both as texts: the median, with the 16th and 84th percentiles."""
    both = simulated.merge(real, on=["kind", "quantity"], suffixes=("_simulated", "_real"))
    return pd.DataFrame(
        {
            "kind": both["kind"],
            "quantity": both["quantity"].str.replace("_", " "),
            "simulated": [_words(row, "simulated") for row in both.to_dict("records")],
            "real": [_words(row, "real") for row in both.to_dict("records")],
        }
    )


def _words(row: dict[Hashable, Any], sky: str) -> str:
    low, middle, high = (row[f"p{percentile}_{sky}"] for percentile in PERCENTILES)
    return f"{middle:.2f} ({low:.2f} to {high:.2f}), {int(row[f'images_{sky}'])}"


def _small(path: Path) -> Pixels:
    picture = Image.fromarray(read_picture(read_bytes(path), shown(path)))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))

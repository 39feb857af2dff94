"""Time the drawing of the simulated campaign, and ask where its truth becomes undecidable.

The speed is that of whole PNG files with their SHA-256, as rendering makes them, in fresh
processes. The detector counts stars on the isochrone around the centre of each subject's own field
and calls it a dwarf from a threshold of significance on; so many false alarms as each threshold
costs are counted on what is no dwarf.
"""

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from machine import MEGABYTE, facts, load, told

from secondsight.simulate.campaign import NAME, catalogue, draw, scene
from secondsight.simulate.manifest import CHUNK, hash_images
from secondsight.simulate.search import best_excess, on_isochrone

RESULTS = Path(__file__).parent / "results"
IMAGES, PROFILED = 4_000, 200
THRESHOLDS = (4.0, 5.0, 6.0)
BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.98, 1.0)


# ---------------------------------------------------------------------------------- the speed


def render_once(workers: int, images: int) -> None:
    """Render so many subjects and print seconds and peak memory as JSON."""
    ids = catalogue()["image_id"].iloc[:images].tolist()
    chunks = [tuple(ids[start : start + CHUNK]) for start in range(0, images, CHUNK)]
    started = time.perf_counter()
    if workers == 1:
        for chunk in chunks:
            hash_images(NAME, chunk)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(hash_images, [NAME] * len(chunks), chunks))
    took = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, child = (one.ru_maxrss * unit / MEGABYTE for one in used)
    busy = sum(one.ru_utime + one.ru_stime for one in used)
    said = {"seconds": took, "busy": busy, "own_megabytes": own, "child_megabytes": child}
    print(json.dumps(said))


def speed(workers: int, images: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--once", str(workers), "--images", str(images)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    children = workers if workers > 1 else 0
    return {
        "workers": workers,
        "images": images,
        "seconds_per_1000": round(said["seconds"] / images * 1000, 2),
        "processor_seconds_per_1000": round(said["busy"] / images * 1000, 2),
        "own_megabytes": round(said["own_megabytes"]),
        "largest_child_megabytes": round(said["child_megabytes"]),
        "at_most_megabytes": round(said["own_megabytes"] + children * said["child_megabytes"]),
    }


def spent(images: int = PROFILED) -> list[dict[str, Any]]:
    """Return the ten functions that take the most time of their own."""
    ids = catalogue()["image_id"].iloc[:images].tolist()
    draw(ids[0])
    profile = cProfile.Profile()
    profile.runcall(hash_images, NAME, tuple(ids))
    stats = pstats.Stats(profile)
    rows = [
        {"function": f"{Path(file).stem}.{name}", "own": own}
        for (file, _, name), (_, _, own, _, _) in stats.stats.items()
    ]
    total = sum(row["own"] for row in rows)
    longest = sorted(rows, key=lambda row: -row["own"])[:10]
    return [
        {"function": row["function"], "percent": round(100 * row["own"] / total, 1)}
        for row in longest
    ]


# ------------------------------------------------------------------------------- the detector


def significances(image_ids: tuple[str, ...]) -> list[float]:
    """Return the greatest excess of stars on the isochrone in each subject's own field."""
    found = []
    for image_id in image_ids:
        piece = scene(image_id)
        chosen = piece.stars.where(on_isochrone(piece.stars, piece.distance_modulus))
        found.append(best_excess(piece, chosen).significance)
    return found


def detector(junk: int) -> dict[str, Any]:
    """Return detection rates against detectability, and false alarms by kind."""
    table = catalogue()
    no_dwarfs = table[table["label"] == "0"].head(junk)
    table = pd.concat([table[table["label"] == "1"], no_dwarfs])
    ids = table["image_id"].tolist()
    chunks = [tuple(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(significances, chunks))
    table["significance"] = np.concatenate(parts)
    dwarfs, others = table[table["label"] == "1"], table[table["label"] == "0"]
    binned = pd.cut(dwarfs["detectability"], BINS, include_lowest=True)
    by_bin = dwarfs.groupby(binned, observed=True)["significance"]
    return {
        "thresholds": THRESHOLDS,
        "dwarfs": [
            {
                "from": max(interval.left, 0.0),
                "to": interval.right,
                "count": len(found),
                "median": round(float(found.median()), 2),
                "detected": [round(float((found >= at).mean()), 4) for at in THRESHOLDS],
            }
            for interval, found in by_bin
        ],
        "others": [
            {
                "kind": kind,
                "count": len(found),
                "median": round(float(found.median()), 2),
                "alarms": [round(float((found >= at).mean()), 4) for at in THRESHOLDS],
            }
            for kind, found in [
                *others.groupby("kind")["significance"],
                ("all", others["significance"]),
            ]
        ],
        "auc": round(area_under_curve(dwarfs["significance"], others["significance"]), 4),
    }


def area_under_curve(positive: pd.Series, negative: pd.Series) -> float:
    """Return the chance that a dwarf stands out more than what is none."""
    ranks = pd.concat([positive, negative]).rank()
    wins = ranks.iloc[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(wins / (len(positive) * len(negative)))


# --------------------------------------------------------------------------------- the words


def measure(images: int, junk: int) -> dict[str, Any]:
    started = time.perf_counter()
    catalogue()
    took = time.perf_counter() - started
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts("numpy") | {"load": load()},
        "catalogue_seconds": round(took, 2),
        "speed": [speed(workers, images) for workers in (1, 2)],
        "spent": spent(),
        "detector": detector(junk),
    }


def rows_of(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markdown(result: dict[str, Any]) -> str:
    """Return the result as a page."""
    found = result["detector"]
    at = [f"≥ {threshold:g} sigma" for threshold in found["thresholds"]]
    speeds = [
        [str(one["workers"])]
        + [f"{one[name]:.2f}" for name in ("seconds_per_1000", "processor_seconds_per_1000")]
        + [f"{one['at_most_megabytes']:,}"]
        for one in result["speed"]
    ]
    dwarfs = [
        [f"{one['from']:g} to {one['to']:g}", f"{one['count']:,}", f"{one['median']:.1f}"]
        + [f"{rate:.1%}" for rate in one["detected"]]
        for one in found["dwarfs"]
    ]
    others = [
        [one["kind"], f"{one['count']:,}", f"{one['median']:.1f}"]
        + [f"{rate:.1%}" for rate in one["alarms"]]
        for one in found["others"]
    ]
    spent_on = [[one["function"], f"{one['percent']:.1f}"] for one in result["spent"]]
    return (
        "\n\n".join(
            [
                rows_of(
                    [
                        "processes",
                        "s for 1,000 subjects",
                        "processor s for 1,000, imports too",
                        "peak MB, all together",
                    ],
                    speeds,
                ),
                f"The machine was shared while this ran: load {result['machine']['load']} before. "
                f"Catalogue of all subjects: {result['catalogue_seconds']:.1f} s. {told(result)}",
                rows_of(["function", "% of its time"], spent_on),
                "Dwarfs that a count of stars on the isochrone finds, by detectability:",
                rows_of(["detectability", "dwarfs", "median sigma", *at], dwarfs),
                "What is no dwarf and is taken for one:",
                rows_of(["kind", "subjects", "median sigma", *at], others),
                f"Area under the curve: {found['auc']:.3f}.",
            ]
        )
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--junk", type=int, default=12_000)
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        render_once(options.once, options.images)
        return
    result = measure(options.images, options.junk)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, indent=2) + "\n"
    (RESULTS / "campaign.json").write_text(text, encoding="utf-8")
    page = markdown(result)
    (RESULTS / "campaign.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

"""Time how fast 1.16 million votes become counts per subject, here and with other tools.

The votes of the simulated dwarf campaign are written as a classification export of Zooniverse, a
CSV of about 800 MB. Every contender gets that file, runs in a fresh process of its own, and writes
its counts; these are compared with the votes that went in. A contender that is too slow for the
whole gets the first subjects alone, a tenth of the whole once, and the whole if that is asked for.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from machine import MEGABYTE, facts, peak_bytes, told

RESULTS = Path(__file__).parent / "results"
VOTES = 25
SUBJECTS = {"part": 800, "tenth": 4_633, "whole": 46_334}
"""Subjects in each export."""
PEER = "panoptes_aggregation"
LIBRARIES = ("pandas", "pyarrow", "orjson", "numpy")


# --------------------------------------------------------------------------- the contenders
# Each takes the export and a folder, and writes counts.csv there: subject_id, no, yes.


def floor(export: Path, _: Path) -> None:
    """Read every byte of the file and keep nothing."""
    with export.open("rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


def ours(export: Path, folder: Path) -> None:
    from secondsight.datasets.votes import count_votes, read_export

    counts = count_votes(read_export(export))
    counts = counts.rename(columns={"No": "no", "Yes": "yes"})[["no", "yes"]]
    counts.to_csv(folder / "counts.csv")


def by_hand(export: Path, folder: Path) -> None:
    """Do what a script of twenty lines would do: pandas, and json for each row."""
    import pandas as pd

    columns = ["classification_id", "user_name", "annotations", "subject_ids"]
    rows = pd.read_csv(export, usecols=columns)
    rows["answer"] = [json.loads(text)[0]["value"].lower() for text in rows["annotations"]]
    rows = rows.sort_values("classification_id").drop_duplicates(["user_name", "subject_ids"])
    counts = pd.crosstab(rows["subject_ids"], rows["answer"])
    counts.rename_axis("subject_id").to_csv(folder / "counts.csv")


def panoptes(export: Path, folder: Path, *, reduce: bool = True) -> None:
    """Extract and reduce as its commands `panoptes_aggregation extract` and `reduce` do."""
    import pandas as pd
    from panoptes_aggregation.scripts.extract_panoptes_csv import extract_csv
    from panoptes_aggregation.scripts.reduce_panoptes_csv import reduce_csv

    extractor, reducer = folder / "extractor.yaml", folder / "reducer.yaml"
    extractor.write_text(
        "workflow_id: 1\nworkflow_version: '1.1'\n"
        "extractor_config: {question_extractor: [{task: T0}]}\n"
    )
    reducer.write_text("reducer_config: {question_reducer: {}}\n")
    extracted = extract_csv(
        str(export), str(extractor), output_dir=str(folder), hide_progressbar=True
    )
    if not reduce:
        return
    reduced = reduce_csv(extracted[0], str(reducer), output_dir=str(folder), hide_progressbar=True)
    table = pd.read_csv(reduced).rename(columns={"data.no": "no", "data.yes": "yes"})
    table = table[["subject_id", "no", "yes"]].fillna(0).astype(int)
    table.to_csv(folder / "counts.csv", index=False)


@dataclass(frozen=True)
class Contender:
    """One way of counting.

    Attributes
    ----------
    name : str
        What the table calls it.
    count : callable
        From the export and a folder to `counts.csv` in the folder; the floor writes none.
    parts, once : tuple of str
        Which files it gets in every round, and which once.
    checked : bool
        Whether it writes counts.
    needs : str
        The library that it takes.
    """

    name: str
    count: Callable[[Path, Path], None]
    parts: tuple[str, ...] = ("part", "tenth", "whole")
    once: tuple[str, ...] = ()
    checked: bool = True
    needs: str = "secondsight"


CONTENDERS = (
    Contender("floor: read the bytes", floor, checked=False),
    Contender("Second Sight", ours),
    Contender("pandas and json", by_hand),
    Contender(PEER, panoptes, ("part",), ("tenth",), needs=PEER),
    Contender(
        f"{PEER}, extract alone",
        partial(panoptes, reduce=False),
        (),
        ("whole",),
        checked=False,
        needs=PEER,
    ),
)


# --------------------------------------------------------------------------- the measurement


def count_once(name: str, export: Path, folder: Path) -> None:
    """Count once in this process; print seconds and peak memory in bytes."""
    found = next(contender for contender in CONTENDERS if contender.name == name)
    warm_up(found)
    started = time.perf_counter()
    found.count(export, folder)
    print(json.dumps({"seconds": time.perf_counter() - started, "bytes": peak_bytes()}))


def warm_up(contender: Contender) -> None:
    """Import what the contender needs, which is not timed."""
    if contender.needs == PEER:
        import_module("panoptes_aggregation.scripts.extract_panoptes_csv")
        import_module("panoptes_aggregation.scripts.reduce_panoptes_csv")
    elif contender.count is ours:
        import_module("secondsight.datasets.votes")
    elif contender.count is by_hand:
        import_module("pandas")


def run(contender: Contender, export: Path, peer_python: str) -> dict[str, Any]:
    """Count in a fresh process, compare the counts, and return seconds and bytes."""
    python = peer_python if contender.needs == PEER else sys.executable
    with tempfile.TemporaryDirectory() as folder:
        command = [python, __file__, "--once", contender.name, "--export", str(export)]
        done = subprocess.run(
            [*command, "--folder", folder], check=True, capture_output=True, text=True
        )
        if contender.checked:
            check(Path(folder) / "counts.csv", export.with_suffix(".counts.csv"))
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def check(counts: Path, expected: Path) -> None:
    """Refuse counts that are not those of the votes that went in."""
    import pandas as pd

    found, known = (pd.read_csv(path) for path in (counts, expected))
    found = found[list(known.columns)].sort_values("subject_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, known)


def make_exports(folder: Path) -> dict[str, Path]:
    """Write the whole export and its part, and beside each the counts that it should give."""
    from exports import FIRST_SUBJECT, write_export

    from secondsight.datasets.campaign import count_campaign, read_campaign

    votes = read_campaign()
    image_ids = [f"image-{number:05d}" for number in range(len(votes) // VOTES)]
    paths = {}
    for name, subjects in SUBJECTS.items():
        some = votes.head(subjects * VOTES)
        paths[name] = folder / f"{name}.csv"
        write_export(some, image_ids, paths[name])
        counts = count_campaign(some)
        counts["no"] = counts["votes"] - counts["yes"]
        counts.index = (counts.index + FIRST_SUBJECT).rename("subject_id")
        counts[["no", "yes"]].to_csv(paths[name].with_suffix(".counts.csv"))
    return paths


def peer_version(python: str) -> str | None:
    """Return the version of panoptes_aggregation that an interpreter has."""
    code = f"import importlib.metadata as m; print(m.version({PEER!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return done.stdout.strip() or None


def measure(folder: Path, rounds: int, peer_python: str, *, whole: bool) -> dict[str, Any]:
    """Run all contenders in every round, shuffled; then, if asked, the slow one on the whole."""
    exports = make_exports(folder)
    version = peer_version(peer_python)
    skipped = {} if version else {PEER: f"not installed in {Path(peer_python).name}"}
    running = [c for c in CONTENDERS if c.needs != PEER or version]
    tasks = [(contender, part) for contender in running for part in contender.parts]
    late = [(contender, part) for contender in running for part in contender.once]
    if whole and version:
        late.append((next(c for c in CONTENDERS if c.name == PEER), "whole"))
    taken: dict[tuple[str, str], list[dict[str, Any]]] = {(c.name, p): [] for c, p in tasks + late}
    for number in range(rounds + 1):
        some = random.Random(number).sample(tasks, len(tasks)) if number < rounds else late
        for contender, part in some:
            print(f"round {number + 1}: {contender.name}, {part}", file=sys.stderr)
            taken[contender.name, part].append(run(contender, exports[part], peer_python))
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": rounds,
        "machine": facts(*LIBRARIES) | ({PEER: version} if version else {}),
        "bytes": {name: path.stat().st_size for name, path in exports.items()},
        "skipped": skipped,
        "contenders": [
            summary(name, part, times, exports[part]) for (name, part), times in taken.items()
        ],
    }


def summary(name: str, part: str, taken: list[dict[str, Any]], export: Path) -> dict[str, Any]:
    with export.open("rb") as file:
        rows = sum(1 for _ in file) - 1
    seconds = [one["seconds"] for one in taken]
    return {
        "name": name,
        "rows": rows,
        "part": part,
        "runs": len(taken),
        "median": statistics.median(seconds),
        "fastest": min(seconds),
        "micros": min(seconds) / rows * 1e6,
        "megabytes": max(one["bytes"] for one in taken) / MEGABYTE,
        "seconds": seconds,
    }


def ratios(result: dict[str, Any]) -> list[str]:
    """Say for each part how many times longer each contender takes than we do."""
    rows = result["contenders"]
    own = {row["part"]: row for row in rows if row["name"] == "Second Sight"}
    others = [row for row in rows if row["name"] not in ("Second Sight", CONTENDERS[0].name)]
    return [
        f"On {row['rows']:,} rows {row['name']} takes "
        f"{row['median'] / own[row['part']]['median']:,.1f} times the time of Second Sight "
        f"and {row['megabytes'] / own[row['part']]['megabytes']:.1f} times its memory."
        for row in others
    ]


def markdown(result: dict[str, Any]) -> str:
    """Return the page of results."""
    lines = [
        "|  | rows | runs | median s | fastest s | µs each | peak MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['name']} | {row['rows']:,} | {row['runs']} | {row['median']:.3f} "
        f"| {row['fastest']:.3f} | {row['micros']:.2f} | {row['megabytes']:.0f} |"
        for row in sorted(result["contenders"], key=lambda row: int(row["rows"]))
    ]
    size = result["bytes"]["whole"] / MEGABYTE
    notes = [
        *ratios(result),
        "Every contender's counts are those of the votes that went in; the floor and what only "
        "extracts give none. The peer compares all rows with each subject, so its time grows with "
        "the square of the subjects and its ratio grows with the rows. Each run is a fresh "
        "process; imports are not timed, but their memory counts. The export of the whole has "
        f"{size:.0f} MB; rounds are interleaved.",
        *[f"Not run: {name} ({reason})." for name, reason in result["skipped"].items()],
        told(result),
    ]
    return "\n".join(lines) + "\n\n" + "\n\n".join(notes) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--peer-python", default=sys.executable, help="an interpreter that has panoptes_aggregation"
    )
    parser.add_argument("--whole", action="store_true", help="the peer on the whole as well, once")
    parser.add_argument("--once", help=argparse.SUPPRESS)
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        count_once(options.once, options.export, options.folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(Path(scratch), options.rounds, options.peer_python, whole=options.whole)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, indent=2) + "\n"
    (RESULTS / "votes.json").write_text(text, encoding="utf-8")
    page = markdown(result)
    (RESULTS / "votes.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

"""Flip single bits of journals, recordings and sidecars, and count which go unseen.

Run as `PYTHONPATH=src:tests python -m stress.flips --flips 2000`. It fails if any flip is found
neither at load nor by `verify`, or if what is loaded differs silently.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow as pa

from inference.made import SIDECAR, rows
from secondsight.errors import RecordingError
from secondsight.inference.cache import Cache
from secondsight.inference.journal import Journal, line_of, verify_journal
from secondsight.inference.recording import sidecar_path, verify, write_recording

COUNT = 40


def make_files(folder: Path) -> list[Path]:
    """Make a recording, its sidecar and a journal; return them."""
    path, journal = folder / "r.parquet", folder / "j.jsonl"
    write_recording(path, rows(count=COUNT), SIDECAR)
    with Journal(journal) as opened:
        for row in rows(count=COUNT, start=COUNT, answer="0").to_pylist():
            said = ("key", "image_id", "repeat", "request", "response")
            opened.append(line_of(**{name: row[name] for name in said}))
    return [path, sidecar_path(path), journal]


def load(folder: Path) -> pa.Table | None:
    """Return all answers; None if the load says that something is damaged."""
    keys = rows(count=2 * COUNT)["key"].to_pylist()
    try:
        return Cache(folder).find(keys)
    except RecordingError:
        return None


def flip_many(folder: Path, flips: int, seed: int = 1) -> Counter[str]:
    """Flip so many bits, one at a time; return how many were found where, and how many nowhere."""
    chance, files, found = random.Random(seed), make_files(folder), Counter[str]()
    whole = load(folder)
    for number in range(flips):
        path = files[number % len(files)]
        content = path.read_bytes()
        place, bit = chance.randrange(len(content)), chance.randrange(8)
        flipped = bytes([content[place] ^ 1 << bit])
        path.write_bytes(content[:place] + flipped + content[place + 1 :])
        loaded = load(folder)
        if loaded is None:
            found["at load"] += 1
        elif not loaded.equals(whole):
            found[f"changed silently: {path.suffix} {place} {bit}"] += 1
        elif verify(files[0]) or verify_journal(files[2]):
            found["by verify"] += 1
        else:
            found[f"unseen: {path.suffix} {place} {bit}"] += 1
        path.write_bytes(content)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = flip_many(Path(folder), options.flips)
    print(dict(found))
    sys.exit(set(found) > {"at load", "by verify"})


if __name__ == "__main__":
    main()

"""Render a simulated data set, in parallel, and keep the SHA-256 of every image.

What is done is kept line by line, so a run that was cut off resumes. Images are
hashed and dropped: memory does not grow with their number.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from rich.progress import Progress

from secondsight.errors import DataError
from secondsight.paths import shown
from secondsight.simulate.processes import in_chunks
from secondsight.simulate.skies import find_sky

CHUNK = 64
COLUMNS = ["image_id", "label", "image_sha256", "split"]


def hash_images(name: str, image_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Render images of a simulated data set; return each id with its PNG's SHA-256."""
    sky = find_sky(name)
    return [(image_id, hashlib.sha256(sky.png(image_id)).hexdigest()) for image_id in image_ids]


def render(name: str, target: Path, scratch: Path, *, workers: int, progress: bool = True) -> None:
    """Render the whole data set with so many processes, and write its manifest.

    That is a Parquet file of `COLUMNS`. Hashes are kept in `scratch` while the work goes on, which
    is deleted at the end.
    """
    catalogue = find_sky(name).catalogue()
    done = _read_scratch(scratch)
    todo = [image_id for image_id in catalogue["image_id"] if image_id not in done]
    with Progress(disable=not progress) as bar, scratch.open("a", encoding="ascii") as lines:
        task = bar.add_task(name, total=len(catalogue), completed=len(done))
        for hashed in _hash_all(name, todo, workers):
            lines.writelines(f"{image_id},{sha256}\n" for image_id, sha256 in hashed)
            lines.flush()
            done.update(hashed)
            bar.advance(task, len(hashed))
    manifest = catalogue.assign(image_sha256=catalogue["image_id"].map(done))[COLUMNS]
    part = target.with_suffix(".part")
    manifest.to_parquet(part, compression="zstd", index=False)
    part.replace(target)
    scratch.unlink()


def differences(name: str, manifest: pd.DataFrame, *, workers: int) -> list[str]:
    """Render the images of a manifest anew and return the ids whose SHA-256 differs."""
    known = dict(zip(manifest["image_id"], manifest["image_sha256"], strict=True))
    hashed = _hash_all(name, list(known), workers)
    return [image_id for some in hashed for image_id, sha256 in some if known[image_id] != sha256]


def _hash_all(name: str, image_ids: list[str], workers: int) -> Iterator[list[tuple[str, str]]]:
    """Yield hashes chunk by chunk; at most a few chunks a process are under way at once."""
    return in_chunks(partial(hash_images, name), image_ids, CHUNK, workers)


def _read_scratch(scratch: Path) -> dict[str, str]:
    """Return what an earlier run has hashed; a half-written last line is cut off."""
    scratch.parent.mkdir(parents=True, exist_ok=True)
    if not scratch.exists():
        return {}
    content = scratch.read_text(encoding="ascii")
    whole = content[: content.rfind("\n") + 1]
    scratch.write_text(whole, encoding="ascii")
    pairs = [line.split(",") for line in whole.splitlines()]
    if any(len(pair) != 2 or len(pair[1]) != 64 for pair in pairs):
        raise DataError(f"{shown(scratch)} is damaged: delete it and run the same again")
    return {pair[0]: pair[1] for pair in pairs}

"""Time the small model behind HTTP beside its image encoder alone, and tell what memory they take.

The server is a process of its own, asked as the book's recordings are: through `ask`, as many
requests at once as an `Endpoint` allows by default, into an empty folder. It is started anew for
each round, as it remembers pictures. Pictures are drawn before anything is timed. The encoder alone
takes the same pixels one picture at a time, in turn with the server. Peak memory of an encoder is
that of a process that does nothing else; a CLIP ViT-B/32 of random weights stands beside it where
the extra `train` is installed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from encoder import LARGE, clip
from machine import MEGABYTE, children, facts, load, peak_bytes_of, told
from sets import SETS

from secondsight.book.record import local_server
from secondsight.datasets import registry
from secondsight.datasets.dataset import Dataset
from secondsight.dtypes import Pixels
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.recorder import Recorder
from secondsight.minivlm.model import NAME, WEIGHTS, Encoders
from secondsight.minivlm.picture import planes, views

RESULTS = Path(__file__).parent / "results"
IMAGES, ROUNDS = 300, 3
LIBRARIES = ("onnxruntime", "numpy", "pandas", "openai", "starlette", "uvicorn")


# ------------------------------------------------------------------------------------ the speed


def held(name: str, count: int) -> Dataset:
    """Return the first pictures of a data set, drawn and kept in memory."""
    dataset = registry.load(name).head(count)
    drawn = {image_id: dataset.png(image_id) for image_id in dataset.table["image_id"]}
    return Dataset(name, dataset.origin, dataset.table, drawn.__getitem__)


def over_http(pictures: Dataset, prompt: str) -> tuple[float, int | None]:
    """Return the seconds that a picture takes, and the peak memory of the server.

    The last picture comes before the clock starts: with it the server reads the prompt.
    """
    first = Dataset(pictures.name, pictures.origin, pictures.table.tail(1), pictures.png)
    rest = pictures.head(len(pictures) - 1)
    with tempfile.TemporaryDirectory() as folder, local_server(Endpoint()) as endpoint:
        recorder = Recorder("new_episodes", endpoint, Path(folder), progress=False)
        ask(first, prompt, NAME, recorder=recorder)
        started = time.perf_counter()
        ask(rest, prompt, NAME, recorder=recorder)
        taken = (time.perf_counter() - started) / len(rest)
        return taken, next(map(peak_bytes_of, children()), None)


def alone(encoders: Encoders, pixels: list[Pixels]) -> float:
    """Return the seconds that the encoder takes for a picture; the last comes first, untimed."""
    encoders.embed_images(pixels[-1:])
    started = time.perf_counter()
    for picture in pixels[:-1]:
        encoders.embed_images([picture])
    return (time.perf_counter() - started) / (len(pixels) - 1)


def measure(name: str, images: int, rounds: int) -> dict[str, Any]:
    """Return what was measured on one data set."""
    pictures = held(name, images + 1)
    pixels = [pictures.pixels(image_id) for image_id in pictures.table["image_id"]]
    encoders = Encoders.load()
    served, encoded, peaks = [], [], []
    for number in range(rounds):
        print(f"{name}: round {number + 1} of {rounds}", file=sys.stderr)
        taken, peak = over_http(pictures, SETS[name])
        served.append(taken)
        peaks.append(peak)
        encoded.append(alone(encoders, pixels))
    known = [peak for peak in peaks if peak]
    return {
        "pictures": name,
        "images": len(pixels) - 1,
        "sides": pixels[0].shape[:2],
        "over HTTP, a second": round(1 / statistics.median(served), 1),
        "encoder alone, a second": round(1 / statistics.median(encoded), 1),
        "share": round(statistics.median(encoded) / statistics.median(served), 3),
        "server's peak MB": megabytes(max(known)) if known else None,
        "encoder's peak MB": session(
            WEIGHTS / "image.onnx", *(planes(view[None]).shape for view in views(pixels[0]))
        ),
        "seconds": {"over HTTP": served, "encoder alone": encoded},
    }


# ----------------------------------------------------------------------------------- the memory


def megabytes(count: int) -> int:
    """Return bytes as megabytes."""
    return round(count / MEGABYTE)


def session(path: Path | None = None, *shapes: tuple[int, ...]) -> int:
    """Return the peak megabytes of a process that runs an ONNX file, or only has the imports."""
    program = Path(__file__).with_name("session.py")
    command = [sys.executable, program, *([path] if path else [])]
    command += ["x".join(map(str, shape)) for shape in shapes]
    return megabytes(int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def peer() -> dict[str, Any]:
    """Return the peak megabytes of the ViT, or why it was not run."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            clip(Path(folder))
        except ModuleNotFoundError as missing:
            return {"skipped": f"{missing.name} not installed"}
        return {"megabytes": session(Path(folder) / "clip.onnx", LARGE.shape)}


# ------------------------------------------------------------------------------------ the words


def markdown(result: dict[str, Any]) -> str:
    """Return the result as a page."""
    head = ["pictures", "images", "over HTTP, a second", "encoder alone, a second"]
    head += ["share of the encoder's speed", "server's peak MB", "encoder's peak MB"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for row in result["rows"]:
        high, wide = row["sides"]
        shown = [f"{row['pictures']}, {wide} by {high}", f"{row['images']:,}"]
        shown += [f"{row[name]:,}" for name in head[2:4]]
        shown += [f"{row['share']:.0%}"]
        shown += ["not known" if row[name] is None else f"{row[name]:,}" for name in head[5:]]
        lines.append(shown)
    vit = result["ViT-B/32"]
    notes = [
        f"{result['model']}, {result['concurrency']} requests at once, medians of "
        f"{result['rounds']} rounds; client and server share the processor. "
        f"Peak memory: {result['imports MB']} MB of an encoder's are the imports.",
        f"A ViT-B/32 under ONNX Runtime takes {vit['megabytes']:,} MB."
        if "megabytes" in vit
        else f"Not run: ViT-B/32 ({vit['skipped']}).",
        f"The machine's load before: {result['load']}. {told(result)}",
    ]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join([table, *notes]) + "\n"


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SETS), help="data sets")
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--dry", action="store_true", help="write no files")
    options = parser.parse_args()
    result = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(*LIBRARIES),
        "load": load(),
        "model": NAME,
        "concurrency": Endpoint().concurrency,
        "rounds": options.rounds,
        "rows": [measure(name, options.images, options.rounds) for name in options.names],
        "imports MB": session(),
        "ViT-B/32": peer(),
    }
    page = markdown(result)
    if not options.dry:
        text = json.dumps(result, indent=1) + "\n"
        (RESULTS / "endpoint.json").write_text(text, encoding="utf-8")
        (RESULTS / "endpoint.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

"""Time the small model's image encoder beside a CLIP ViT-B/32 of random weights.

That is the size that people would otherwise run. Both run under ONNX Runtime on the same pictures,
turn by turn, one picture at a time; the ViT gets them at its 224 by 224 pixels. Making the ViT
needs the extra `train`; without it our encoder is timed alone.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from machine import MEGABYTE, facts, told

from secondsight.minivlm.model import WEIGHTS, Encoders
from secondsight.simulate.skies import find_sky

RESULTS = Path(__file__).parent / "results"
SKIES = ("lsbg", "dwarfs", "radio")
IMAGES, ROUNDS = 100, 3
LARGE = np.zeros((1, 3, 224, 224), np.float32)
"""What the ViT takes."""


def clip(folder: Path) -> onnxruntime.InferenceSession:
    """Return a ViT-B/32 as CLIP has it, untrained, as a session.

    Raises
    ------
    ModuleNotFoundError
        If what makes it is not installed.
    """
    import torch
    from transformers import CLIPVisionConfig, CLIPVisionModel

    class Vision(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = CLIPVisionModel(CLIPVisionConfig()).eval()

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return self.body(pixel_values=pixels).pooler_output

    path = folder / "clip.onnx"
    torch.onnx.export(Vision(), (torch.rand(1, 3, 224, 224),), path, input_names=["pixels"],
                      dynamo=True, external_data=False, verbose=False)  # fmt: skip
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def seconds(work: Callable[[int], object], count: int) -> float:
    """Return the seconds that one picture takes."""
    started = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - started) / count


def measure(
    name: str, peer: onnxruntime.InferenceSession | None, images: int, rounds: int
) -> dict[str, Any]:
    """Return how many pictures of a sky each encoder takes a second; medians."""
    sky, ours = find_sky(name), Encoders.load()
    ids = sky.catalogue()["image_id"].iloc[:images]
    pictures = [sky.draw(image_id) for image_id in ids]
    own, other = [], []
    for _ in range(rounds):
        own.append(seconds(lambda n: ours.embed_images([pictures[n]]), images))
        if peer is not None:
            other.append(seconds(lambda _: peer.run(None, {"pixels": LARGE}), max(images // 5, 1)))
    row: dict[str, Any] = {"pictures": name, "ours a second": round(1 / np.median(own), 1)}
    if other:
        row["ViT-B/32 a second"] = round(1 / np.median(other), 1)
        row["times as fast"] = round(np.median(other) / np.median(own), 1)
    return row


def measure_all(images: int, rounds: int) -> dict[str, Any]:
    """Return what was measured on all skies, beside the ViT where it can be made."""
    said: dict[str, Any] = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts("onnxruntime", "numpy"),
        "bytes": {"ours": (WEIGHTS / "image.onnx").stat().st_size},
    }
    with tempfile.TemporaryDirectory() as folder:
        try:
            peer = clip(Path(folder))
            said["bytes"]["ViT-B/32"] = (Path(folder) / "clip.onnx").stat().st_size
        except ModuleNotFoundError as missing:
            peer = None
            said["skipped"] = f"{missing.name} not installed"
        said["rows"] = [measure(name, peer, images, rounds) for name in SKIES]
    return said


def markdown(said: dict[str, Any]) -> str:
    """Return the result as a page."""
    head = list(said["rows"][0])
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    lines += [list(map(str, row.values())) for row in said["rows"]]
    sizes = [f"{name} {size / MEGABYTE:.1f} MB" for name, size in said["bytes"].items()]
    notes = [f"Image encoders on disk: {', '.join(sizes)}."]
    notes += [f"Not run: ViT-B/32 ({said['skipped']})."] if "skipped" in said else []
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join([table, *notes, told(said)]) + "\n"


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=IMAGES, help="of each sky")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--dry", action="store_true", help="write no files")
    options = parser.parse_args()
    said = measure_all(options.images, options.rounds)
    page = markdown(said)
    if not options.dry:
        (RESULTS / "encoder.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        (RESULTS / "encoder.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

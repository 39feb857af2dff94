"""Time the small model's image encoder beside a CLIP ViT-B/32 of random weights.

That is the size that people would otherwise run. Both run under ONNX Runtime on the same pictures,
turn by turn, one picture at a time; the ViT gets them at its 224 by 224 pixels. Needs the extra
`train`, for making the ViT.
"""

import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from machine import facts, told
from transformers import CLIPVisionConfig, CLIPVisionModel

from secondsight.minivlm.model import WEIGHTS, Encoders
from secondsight.simulate import find_sky

RESULTS = Path(__file__).parent / "results"
SKIES = {"lsbg": 100, "dwarfs": 100, "radio": 100}
ROUNDS = 3


class Vision(torch.nn.Module):
    """A ViT-B/32 as CLIP has it, untrained."""

    def __init__(self) -> None:
        super().__init__()
        self.body = CLIPVisionModel(CLIPVisionConfig()).eval()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.body(pixel_values=pixels).pooler_output


def clip(folder: Path) -> onnxruntime.InferenceSession:
    """Return the ViT as a session."""
    path = folder / "clip.onnx"
    torch.onnx.export(Vision(), (torch.rand(1, 3, 224, 224),), path, input_names=["pixels"],
                      dynamo=True, external_data=False, verbose=False)  # fmt: skip
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def seconds(work, count: int) -> float:
    """Return the seconds that one picture takes."""
    started = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - started) / count


def main() -> None:
    ours = Encoders.load()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        peer = clip(Path(folder))
        size = (Path(folder) / "clip.onnx").stat().st_size
        large = np.zeros((1, 3, 224, 224), np.float32)
        for name, count in SKIES.items():
            sky = find_sky(name)
            ids = sky.catalogue()["image_id"].iloc[:count]
            pictures = [sky.draw(image_id) for image_id in ids]
            taken = [
                (
                    seconds(lambda n: ours.embed_images([pictures[n]]), count),  # noqa: B023
                    seconds(lambda n: peer.run(None, {"pixels": large}), count // 5),  # noqa: ARG005
                )
                for _ in range(ROUNDS)
            ]
            own, other = np.median(taken, axis=0)
            rows.append({"pictures": name, "ours a second": round(1 / own, 1),
                         "ViT-B/32 a second": round(1 / other, 1),
                         "times as fast": round(other / own, 1)})  # fmt: skip
    sizes = {"ours": (WEIGHTS / "image.onnx").stat().st_size, "ViT-B/32": size}
    said = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts("onnxruntime", "numpy"),
        "rows": rows,
        "bytes": sizes,
    }
    (RESULTS / "encoder.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    lines = ["| pictures | ours, a second | ViT-B/32, a second | times as fast |",
             "|---|---:|---:|---:|"]  # fmt: skip
    lines += [f"| {' | '.join(map(str, row.values()))} |" for row in rows]
    note = f"Image encoders on disk: {sizes['ours'] / 1e6:.1f} MB and {size / 1e6:.0f} MB."
    page = "\n".join(lines) + f"\n\n{note}\n\n{told(said)}\n"
    (RESULTS / "encoder.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

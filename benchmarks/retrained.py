"""Whether `make train` gives the same model again: another run beside the committed weights.

    make train                                       # in a clone of its own, timed from outside
    .venv/bin/python benchmarks/retrained.py CLONE/data/minivlm --minutes 38 --gigabytes 4.9

Each data set is asked with its prompt by both. The time and the memory are those of the whole
command, from `/usr/bin/time -v`.
"""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from machine import facts, told
from sets import SETS
from zero_shot import answers, images, pictures_of, scored, written

from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.reading.read import read_question

RESULTS = Path(__file__).parent / "results"


def measure(committed: MiniVLM, again: MiniVLM, name: str, prompt: str) -> dict[str, Any]:
    """Return what both models answer on one data set, and how alike pictures are to them."""
    pictures, true = pictures_of(name)
    question = read_question(load_prompt(prompt).text)
    seen = [images(model, pictures) for model in (committed, again)]
    said = [
        answers(model, own, question) for model, own in zip((committed, again), seen, strict=True)
    ]
    units = [own / np.linalg.norm(own, axis=1, keepdims=True) for own in seen]
    return {
        "data set": name,
        "committed": scored(said[0], true),
        "again": scored(said[1], true),
        "same answers": sum(a == b for a, b in zip(*said, strict=True)),
        "lowest cosine": round(float((units[0] * units[1]).sum(axis=1).min()), 4),
    }


def markdown(result: dict[str, Any]) -> str:
    """Return the results as a page."""
    head = (
        "| data set | images | committed weights | trained again | same answers | lowest cosine |"
    )
    lines = [head, "|---|---:|---|---|---:|---:|"]
    for row in result["sets"]:
        cells = [written(row[key]) for key in ("committed", "again")]
        lines.append(
            f"| {row['data set']} | {row['committed']['images']} | {' | '.join(cells)} "
            f"| {row['same answers']} | {row['lowest cosine']:.3f} |"
        )
    took = (
        f"`make train` took {result['minutes']:g} minutes, with other work on the machine, "
        f"and {result['gigabytes']:g} GB of memory at most."
    )
    return "\n".join(lines) + f"\n\n{took} Measured on {told(result)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="the folder that another run wrote")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--gigabytes", type=float, required=True)
    options = parser.parse_args()
    committed, again = MiniVLM.load(), MiniVLM.load(options.weights)
    result = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts("torch", "onnxruntime", "numpy"),
        "minutes": options.minutes,
        "gigabytes": options.gigabytes,
        "sets": [measure(committed, again, name, prompt) for name, prompt in SETS.items()],
    }
    (RESULTS / "retrained.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "retrained.md").write_text(markdown(result), encoding="utf-8")
    print(markdown(result))


if __name__ == "__main__":
    main()

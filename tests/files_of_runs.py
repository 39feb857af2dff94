"""Files of the form in which AION-Search released its runs."""

import json
from pathlib import Path
from typing import Any

NAMES = (
    "formatted_name", "object_id", "iauname", "result", "cost", "time", "input_tokens",
    "output_tokens", "decision_tree", "judge_results",
)  # fmt: skip
FIELDS = (
    "overall_shape", "roundness", "edge_on", "edge_on_bulge", "has_spiral_arms", "spiral_winding",
    "spiral_arm_count", "bar", "bulge_size", "merging",
)  # fmt: skip


def line(galaxy: str, shape: str = "featured-or-disk", name: str = "Sky 2 High") -> dict[str, Any]:
    """Return what a line says of a galaxy that volunteers saw edge-on."""
    tree = dict.fromkeys(FIELDS) | {"overall_shape": shape}
    if shape != "smooth":
        tree["edge_on"] = "edge-on-yes"
    votes = [("smooth-or-featured", "featured-or-disk", 30, 0.9), ("disk-edge-on", "yes", 20, 0.8)]
    steps = [
        dict(zip(("question", "answer", "votes", "agreement"), vote, strict=True)) for vote in votes
    ]
    values = (
        name, galaxy, f"J-{galaxy}", f"A galaxy: {galaxy} 🔭", 0.002, 1.5, 400, 300, steps,
        {"judge_decision_tree": tree},
    )  # fmt: skip
    return dict(zip(NAMES, values, strict=True))


def save(folder: Path, name: str, rows: list[Any]) -> Path:
    """Write rows as a file of a run."""
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path

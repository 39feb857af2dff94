"""How the small model's training went, as it was kept beside the weights."""

from pathlib import Path

import orjson

from secondsight.errors import DataError
from secondsight.minivlm.model import WEIGHTS
from secondsight.paths import shown

Curve = list[dict[str, float]]
TITLES = {
    "lsbg": "faint galaxies",
    "morphology": "shapes of galaxies",
    "dwarfs": "dwarf galaxies",
    "radio": "radio galaxies",
}
"""What the skies' own names mean."""


def training_curve(folder: Path = WEIGHTS) -> dict[str, Curve]:
    """Return each part's losses: from a sky to its mean, for each epoch or tenth of the steps.

    Raises DataError if the file is missing or damaged.
    """
    path = folder / "curve.json"
    try:
        curves: dict[str, Curve] = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise DataError(f"{shown(path)} is missing or damaged: restore it with git") from error
    return {part: [_titled(losses) for losses in curve] for part, curve in curves.items()}


def _titled(losses: dict[str, float]) -> dict[str, float]:
    return {TITLES.get(sky, sky): loss for sky, loss in losses.items()}

"""A plan to record answers about a few tiny images."""

from pathlib import Path
from typing import Any

import pytest

from conftest import make_folder
from secondsight.book import record
from secondsight.datasets.folder import load_folder
from secondsight.inference.recording_plan import Plan, Recording


def tiny_plan(
    folder: Path, patch: pytest.MonkeyPatch, model: str, *prompts: str, **more: Any
) -> Plan:
    """Plan a recording for each prompt, about three images that stand in for every data set."""
    images = load_folder(make_folder(folder / "tiny", 3))
    patch.setattr(record, "load", lambda _: images)
    tiny = {"dataset": "tiny", "title": "tiny pictures", **more}
    return Plan(model=model, recording=tuple(Recording(prompt=name, **tiny) for name in prompts))

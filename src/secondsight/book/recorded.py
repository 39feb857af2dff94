"""Which recordings and journals a chapter shows, by their names; the workflow's inputs.

The committed ones are inputs of every chapter that replays answers. A private one is an input of
those that show its images and its model.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from secondsight import paths
from secondsight.inference.recorder import recorded_as
from secondsight.inference.recording_plan import read_plan

CONVERSATIONS = "conversations"
ENDINGS = {".parquet", ".toml", ".jsonl"}


def recordings_of(
    datasets: Collection[str], model: str = "", folder: Path = paths.RECORDINGS
) -> list[Path]:
    """Return the files of recordings and journals that a chapter about these data sets may show.

    They are of the answers of `model`; of the book's own model if that is empty.
    """
    models = {(name or read_plan().model).replace("/", "--") for name in model.split(",")}
    committed, name = set(_committed()), _name()

    def shows(path: Path) -> bool:
        if path.suffix != ".jsonl" and path.stem in committed:
            return True
        told = name.fullmatch(path.stem)
        if not told:  # whose it is, its name does not tell
            return True
        of_model = told["dataset"] == CONVERSATIONS or told["model"] in models
        return told["dataset"] in datasets and of_model

    files = (path for path in folder.iterdir() if path.suffix in ENDINGS)
    return sorted(filter(shows, files))


def _committed() -> Iterator[str]:
    """Yield the names of the book's own recordings."""
    plan = read_plan()
    for asked in plan.recording:
        yield recorded_as(asked.dataset, asked.prompt, plan.model)
    for talk in plan.conversation:
        yield recorded_as(CONVERSATIONS, talk.prompt, talk.model)


def _name() -> re.Pattern[str]:
    """Return what a recording's name looks like: data set, prompt and model."""
    prompts = "|".join(re.escape(path.stem) for path in paths.PROMPTS.rglob("*.md"))
    return re.compile(rf"(?P<dataset>.+)\.(?:{prompts})\.(?P<model>.+)")

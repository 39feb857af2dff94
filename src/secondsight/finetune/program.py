"""`make train-llava`: fine-tune small LLaVAs, measure them, write `data/finetune`."""

import argparse
from dataclasses import replace
from pathlib import Path

import torch
import transformers

from secondsight.alignment.options import training_options
from secondsight.alignment.towers import load_pair
from secondsight.datasets import load
from secondsight.finetune import results
from secondsight.finetune.arms import Tables, conduct
from secondsight.finetune.experiment import Course, Experiment, Sizes
from secondsight.finetune.llava import Talker
from secondsight.finetune.real import load_llava
from secondsight.finetune.run import Run
from secondsight.finetune.settings import Arm, Settings
from secondsight.paths import shown

USUAL = "galaxy10"


def main() -> None:
    """Conduct the experiment, or go on where an earlier run stopped."""
    parser = _parser()
    given = parser.parse_args()
    settings = _settings(given.device, given.batch)
    other = given.model or given.dataset != USUAL or settings != Settings(device=given.device)
    if other and given.out.resolve() == results.FOLDER.resolve():
        own = shown(results.FOLDER)
        parser.error(f"--model, --dataset and --batch need --out: {own} is of the usual ones")
    torch.set_num_threads(max(1, given.threads))
    transformers.utils.logging.disable_progress_bar()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.model:
        tables = named(given.model, given.dataset, settings, given.folder)
    else:
        load_pair(given.start)  # before minutes are spent on the pictures
        course = Course(load(given.dataset), Sizes())
        tables = conduct(Experiment(given.start, given.folder, settings, course))
    tables.write(given.out)


def _parser() -> argparse.ArgumentParser:
    parser = training_options("secondsight.finetune", __doc__, "finetune")
    parser.add_argument("--out", default=results.FOLDER, type=Path, help="the results' folder")
    parser.add_argument(
        "--dataset", default=USUAL, choices=(USUAL, "galaxy10-real"), help="pictures to describe"
    )
    parser.add_argument(
        "--model",
        help="fine-tune this LLaVA 1.5 of the hub, or of a folder, by low-rank adapters instead of "
        "the small ones; needs --out, and a graphics card for a large one",
    )
    batch = Settings().second.batch
    parser.add_argument("--batch", default=batch, type=int, help="talks a step, in both stages")
    return parser


def _settings(device: str, batch: int) -> Settings:
    usual = Settings(device=device)
    first, second = (replace(stage, batch=max(1, batch)) for stage in (usual.first, usual.second))
    return replace(usual, first=first, second=second)


def named(model: str, dataset: str, settings: Settings, folder: Path) -> Tables:
    """Fine-tune one model by its name, with adapters."""
    dtype = torch.float32 if settings.device == "cpu" else torch.bfloat16
    talker = load_llava(model, settings.device, dtype)
    course = Course(load(dataset), Sizes())
    return tables_of(model.strip("/").replace("/", "--"), talker, course, settings, folder)


def tables_of(
    name: str, talker: Talker, course: Course, settings: Settings, folder: Path
) -> Tables:
    """Take one model through its course, and return what came out."""
    run = Run(course, talker, name, Arm(), settings, folder, adapters=True, before=True)
    tables = Tables()
    tables.add(name, settings.seed, run)
    return tables

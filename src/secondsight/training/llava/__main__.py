"""`make train-llava`: fine-tune small LLaVAs, measure them, write `data/finetune`."""

import argparse
from dataclasses import replace
from pathlib import Path

from secondsight.paths import shown
from secondsight.training.command import run_program, training_options
from secondsight.training.results import LLAVA
from secondsight.training.settings import LlavaSettings

USUAL = "galaxy10"


def main() -> None:
    """Fine-tune every variant, or go on where an earlier run stopped."""
    parser = _parser()
    given = parser.parse_args()
    settings = _settings(given.device, given.batch)
    other = given.model or given.dataset != USUAL or settings != LlavaSettings(device=given.device)
    if other and given.out.resolve() == LLAVA.folder.resolve():
        own = shown(LLAVA.folder)
        parser.error(f"--model, --dataset and --batch need --out: {own} is of the usual ones")
    given.out.mkdir(parents=True, exist_ok=True)
    _train(given, settings)


def _parser() -> argparse.ArgumentParser:
    parser = training_options("llava", __doc__, "finetune")
    parser.add_argument("--out", default=LLAVA.folder, type=Path, help="the results' folder")
    parser.add_argument(
        "--dataset", default=USUAL, choices=(USUAL, "galaxy10-real"), help="pictures to describe"
    )
    parser.add_argument(
        "--model",
        help="fine-tune this LLaVA 1.5 of the hub, or of a folder, by low-rank adapters instead of "
        "the small ones; needs --out, and a graphics card for a large one",
    )
    batch = LlavaSettings().second.batch
    parser.add_argument("--batch", default=batch, type=int, help="talks a step, in both stages")
    return parser


def _settings(device: str, batch: int) -> LlavaSettings:
    usual = LlavaSettings(device=device)
    first, second = (replace(stage, batch=max(1, batch)) for stage in (usual.first, usual.second))
    return replace(usual, first=first, second=second)


def _train(given: argparse.Namespace, settings: LlavaSettings) -> None:
    import torch
    import transformers

    from secondsight.datasets.registry import load
    from secondsight.training.llava.course import Sizes, prepare
    from secondsight.training.llava.fine_tuning import fine_tune_named, fine_tune_variants
    from secondsight.training.llava.llava_model import load_llava
    from secondsight.training.minivlm.starting_weights import load_pair

    torch.set_num_threads(given.threads)
    transformers.utils.logging.disable_progress_bar()
    if given.model:
        dtype = torch.float32 if settings.device == "cpu" else torch.bfloat16
        llava = load_llava(given.model, settings.device, dtype)
        name = given.model.strip("/").replace("/", "--")
        course = prepare(load(given.dataset), Sizes())
        tables = fine_tune_named(name, llava, course, settings, given.folder)
    else:
        encoder = load_pair(given.start).image  # before minutes are spent on the pictures
        course = prepare(load(given.dataset), Sizes())
        tables = fine_tune_variants(encoder, course, settings, given.folder)
    for name, table in tables.items():
        LLAVA.write(table, given.out / name)


if __name__ == "__main__":
    run_program(main, "finetune")

"""`make train-llava`: fine-tune small LLaVAs, measure them, write `data/finetune`."""

from pathlib import Path

import torch
import transformers

from secondsight.alignment.options import training_options
from secondsight.datasets import load
from secondsight.errors import SecondSightError
from secondsight.finetune import results
from secondsight.finetune.arms import Tables, conduct
from secondsight.finetune.experiment import Course, Experiment, Sizes
from secondsight.finetune.real import load_llava
from secondsight.finetune.run import Run
from secondsight.finetune.settings import Arm, Settings


def main() -> None:
    """Conduct the experiment, or go on where an earlier run stopped."""
    parser = training_options("secondsight.finetune", __doc__, "finetune")
    parser.add_argument("--out", default=results.FOLDER, type=Path, help="the results' folder")
    parser.add_argument("--dataset", default="galaxy10", help="pictures of Galaxy10's classes")
    parser.add_argument(
        "--model",
        help="fine-tune this LLaVA 1.5 of the hub, or of a folder, by low-rank adapters instead of "
        "the small ones; needs --out, and a graphics card for a large one",
    )
    given = parser.parse_args()
    if given.model and given.out == results.FOLDER:
        parser.error("--model needs --out: data/finetune is of the small models")
    torch.set_num_threads(given.threads)
    transformers.utils.logging.disable_progress_bar()
    settings = Settings(device=given.device)
    try:
        course = Course(load(given.dataset), Sizes())
        if given.model:
            tables = named(given.model, course, settings, given.folder)
        else:
            tables = conduct(Experiment(given.start, given.folder, settings, course))
        tables.write(given.out)
    except SecondSightError as error:
        parser.exit(1, f"{error}\n")


def named(model: str, course: Course, settings: Settings, folder: Path) -> Tables:
    """Fine-tune one model by its name, with adapters."""
    dtype = torch.float32 if settings.device == "cpu" else torch.bfloat16
    talker = load_llava(model, settings.device, dtype)
    name = model.strip("/").replace("/", "--")
    run = Run(course, talker, name, Arm(), settings, folder, adapters=True, before=True)
    tables = Tables()
    tables.add(name, settings.seed, run)
    return tables


if __name__ == "__main__":
    main()

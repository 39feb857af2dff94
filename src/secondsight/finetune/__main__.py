"""`make train-llava`: fine-tune small LLaVAs, measure them, write `data/finetune`."""

from pathlib import Path

import torch
import transformers

from secondsight.alignment.options import training_options
from secondsight.datasets import load
from secondsight.finetune import results
from secondsight.finetune.arms import conduct
from secondsight.finetune.experiment import Experiment
from secondsight.finetune.settings import Settings


def main() -> None:
    """Conduct the experiment, or go on where an earlier run stopped."""
    parser = training_options("secondsight.finetune", __doc__, "finetune")
    parser.add_argument("--out", default=results.FOLDER, type=Path, help="the results' folder")
    parser.add_argument("--dataset", default="galaxy10", help="pictures of Galaxy10's classes")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    transformers.utils.logging.disable_progress_bar()
    settings = Settings(device=given.device)
    experiment = Experiment(given.start, given.folder, settings, load(given.dataset))
    for name, table in zip(results.COLUMNS, conduct(experiment), strict=True):
        results.write(table, given.out / name)


if __name__ == "__main__":
    main()

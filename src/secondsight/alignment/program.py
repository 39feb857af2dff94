"""`make train-radio`: adapt the small model to captions, measure it, write `data/alignment`."""

import torch

from secondsight.alignment import results
from secondsight.alignment.experiment import Experiment, conduct
from secondsight.alignment.options import training_options
from secondsight.alignment.settings import Settings


def main() -> None:
    """Conduct the experiment, or go on where an earlier run stopped."""
    given = training_options("secondsight.alignment", __doc__, "alignment").parse_args()
    torch.set_num_threads(given.threads)
    settings = Settings(device=given.device)
    found, mapped = conduct(Experiment(given.start, given.folder, settings))
    results.write(found, results.RESULTS)
    results.write(mapped, results.MAP)

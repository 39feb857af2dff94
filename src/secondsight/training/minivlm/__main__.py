"""`make train`: draw, train, export; go on where an earlier run stopped."""

import shutil

from secondsight import paths
from secondsight.minivlm.model import WEIGHTS
from secondsight.training.command import run_program
from secondsight.training.settings import MiniVLMSettings

FOLDER = paths.BUILD / "training"


def main() -> None:
    """Train the model and put its files where the server reads them."""
    from secondsight.training.minivlm.export import export
    from secondsight.training.minivlm.two_parts import CURVE_FILE, WEIGHTS_FILE, train_both

    corpora = train_both(MiniVLMSettings(), FOLDER)
    export(FOLDER / WEIGHTS_FILE, corpora, WEIGHTS)
    shutil.copy(FOLDER / CURVE_FILE, WEIGHTS)


if __name__ == "__main__":
    run_program(main, "train")

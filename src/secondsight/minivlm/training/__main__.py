"""`make train`: draw, train, export; go on where an earlier run stopped."""

import shutil

from secondsight import paths
from secondsight.minivlm.model import WEIGHTS
from secondsight.minivlm.training.export import export
from secondsight.minivlm.training.train import Settings, train

FOLDER = paths.ROOT / "_build" / "training"


def main() -> None:
    """Train the model and put its files where the server reads them."""
    weights, corpora = train(Settings(), FOLDER)
    export(weights, corpora, WEIGHTS)
    shutil.copy(FOLDER / "curve.json", WEIGHTS / "curve.json")


if __name__ == "__main__":
    main()

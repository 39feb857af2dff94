"""`make train-radio`: adapt the small model to captions, measure it, write `data/alignment`."""

import argparse

import torch

from secondsight import paths
from secondsight.alignment import results
from secondsight.alignment.experiment import Experiment, conduct
from secondsight.alignment.settings import Settings
from secondsight.alignment.towers import RANDOM

TRAINING = paths.BUILD / "training"
"""Where `make train` leaves the weights that this starts from."""


def device(name: str) -> str:
    """Return a device's name if torch can compute there."""
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        why = str(error).splitlines()[0]
        raise argparse.ArgumentTypeError(f"no device {name} here ({why})") from None
    return name


def main() -> None:
    """Conduct the experiment, or go on where an earlier run stopped."""
    parser = argparse.ArgumentParser(prog="python -m secondsight.alignment", description=__doc__)
    parser.add_argument(
        "--start",
        default=str(TRAINING / "weights.safetensors"),
        help=f"weights of the pair of networks in safetensors, or {RANDOM!r}",
    )
    parser.add_argument(
        "--folder", default=paths.BUILD / "alignment", type=type(paths.BUILD), help="checkpoints"
    )
    parser.add_argument("--threads", default=2, type=int, help="processor cores")
    parser.add_argument("--device", default="cpu", type=device, help="cpu, cuda, mps")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    settings = Settings(device=given.device)
    found, mapped = conduct(Experiment(given.start, given.folder, settings))
    results.write(found, results.RESULTS)
    results.write(mapped, results.MAP)


if __name__ == "__main__":
    main()

"""Options of the two trainings that go on from the small model."""

import argparse
from pathlib import Path

import torch

from secondsight import paths
from secondsight.alignment.towers import COMMITTED, RANDOM


def training_options(program: str, description: str | None, folder: str) -> argparse.ArgumentParser:
    """Return a parser with what every such training can be told.

    Parameters
    ----------
    program : str
        The module that is run.
    description : str or None
    folder : str
        Where checkpoints are kept, below the folder for what is built.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    parser.add_argument(
        "--start",
        default=COMMITTED,
        help="where training starts: a safetensors file as make train leaves it in "
        f"_build/training, {COMMITTED} for the project's own weights, {RANDOM} for none",
    )
    parser.add_argument("--folder", default=paths.BUILD / folder, type=Path, help="checkpoints")
    parser.add_argument("--threads", default=2, type=int, help="processor cores")
    parser.add_argument("--device", default="cpu", type=_device, help="cpu, cuda, mps")
    return parser


def _device(name: str) -> str:
    """Return a device's name if torch can compute there."""
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        why = str(error).splitlines()[0]
        raise argparse.ArgumentTypeError(f"no device {name} here ({why})") from None
    return name

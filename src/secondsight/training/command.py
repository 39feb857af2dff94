"""The trainings as programs: what they can be told, and one line for what goes wrong."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from secondsight import paths
from secondsight.errors import SecondSightError, plain
from secondsight.training.settings import COMMITTED, RANDOM


def run_program(main: Callable[[], None], extra: str) -> None:
    """Call a function, and exit with one line if it stops or lacks what an extra brings.

    It imports that itself, for it may not be installed.
    """
    try:
        main()
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install --editable '.[{extra}]'")
    except SecondSightError as error:
        sys.exit(plain(str(error)))
    except OSError as error:
        sys.exit(f"{error}: what was kept before is whole; the same command goes on from there")
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on from the last checkpoint")


def training_options(name: str, description: str | None, folder: str) -> argparse.ArgumentParser:
    """Return a parser with what every training can be told that goes on from the small model.

    `name` is the part of `secondsight.training`; checkpoints are kept in a folder of `_build`.
    """
    program = f"python -m secondsight.training.{name}"
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument(
        "--start",
        default=COMMITTED,
        help="where training starts: a safetensors file as make train leaves it in "
        f"_build/training, {COMMITTED} for the project's own weights, {RANDOM} for none",
    )
    parser.add_argument("--folder", default=paths.BUILD / folder, type=Path, help="checkpoints")
    parser.add_argument("--threads", default=2, type=_threads, help="processor cores")
    parser.add_argument("--device", default="cpu", type=_device, help="cpu, cuda, mps")
    return parser


def _threads(count: str) -> int:
    return max(1, int(count))


def _device(name: str) -> str:
    """Return a device's name if torch can compute there."""
    import torch

    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        why = str(error).splitlines()[0]
        raise argparse.ArgumentTypeError(f"no device {name} here ({why})") from None
    return name

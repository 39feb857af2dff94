import subprocess
import sys
from collections.abc import Callable

import pytest

from secondsight.errors import DataError
from secondsight.training.command import run_program


def fails() -> None:
    raise DataError("no weights in x: run make train")


def is_full() -> None:
    raise OSError(28, "No space left on device", "results.csv")


def is_stopped() -> None:
    raise KeyboardInterrupt


def lacks() -> None:
    raise ModuleNotFoundError("no torch", name="torch")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (fails, r"no weights in x: run make train"),
        (is_full, r"No space left on device: 'results\.csv': .* the same command goes on"),
        (is_stopped, r"stopped; the same command goes on"),
        (lacks, r"torch is missing: pip install --editable '\.\[radio\]'"),
    ],
)
def test_what_goes_wrong_is_one_line(what: Callable[[], None], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        run_program(what, "radio")


@pytest.mark.parametrize("package", ["radio", "llava"])
def test_a_start_that_is_not_there_is_one_line(package: str) -> None:
    command = [
        sys.executable,
        "-m",
        f"secondsight.training.{package}",
        "--start",
        "nowhere.safetensors",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "nowhere.safetensors" in ended.stderr or "is missing: pip install" in ended.stderr

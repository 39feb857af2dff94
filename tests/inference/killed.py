"""What stands for a kill between two steps on the disk."""

import os
from collections.abc import Callable
from typing import Any

import pytest


class Killed(BaseException):
    """What stands for a kill at one step on the disk."""


def killed_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Die before the step of this number; steps are what changes files and their names."""
    left = [step]
    for name in ("replace", "rename", "unlink", "rmdir", "fsync"):
        whole = getattr(os, name)

        def count(*said: Any, whole: Callable[..., Any] = whole, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return whole(*said, **named)

        patch.setattr(os, name, count)

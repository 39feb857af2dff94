"""The record modes: whether what is not recorded is asked for."""

from typing import Literal

RecordMode = Literal["none", "new_episodes", "all"]
RECORD_MODES: tuple[RecordMode, ...] = ("none", "new_episodes", "all")

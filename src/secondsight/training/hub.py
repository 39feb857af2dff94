"""Networks by their name on the hub of `transformers`, or from a folder; safetensors alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from safetensors import SafetensorError
from transformers import AutoConfig

from secondsight.errors import DataError

Network = TypeVar("Network")


def from_hub(name: str, kinds: Sequence[str], load: Callable[[str], Network]) -> Network:
    """Return what `load` makes of a name, if the network is of one of these kinds.

    Raises
    ------
    DataError
        If the weights can't be had, or are of another network.
    """
    try:
        kind = AutoConfig.from_pretrained(name).model_type
        if kind not in kinds:
            raise DataError(f"{name} is a network of the kind {kind}, not {' or '.join(kinds)}")
        return load(name)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0]
        raise DataError(
            f"no weights of {name} ({why}): go online once, or name a folder that holds them"
        ) from None

"""Networks by their name on the hub of `transformers`, and peft's adapters beside their matrices.

References
----------
Hu et al. 2022, "LoRA".
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from peft import LoraConfig, inject_adapter_in_model
from safetensors import SafetensorError
from torch import nn
from transformers import AutoConfig

from secondsight.errors import DataError

Network = TypeVar("Network")


def from_hub(name: str, kinds: Sequence[str], load: Callable[[str], Network]) -> Network:
    """Return what `load` makes of a name, or of a folder, if the network is of one of these kinds.

    Raises DataError if the weights can't be had, or are of another network.
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


def add_adapters(network: Any, beside: Sequence[str], rank: int) -> None:
    """Put adapters of a rank beside matrices of these names, in place; all else is frozen.

    A name's last parts are enough. What adapters say is multiplied by 2.
    """
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(beside))
    inject_adapter_in_model(config, network)


def matrices(network: nn.Module) -> list[str]:
    """Return the names of a network's convolutions and linear layers."""
    kinds = (nn.Conv2d, nn.Linear)
    return [name for name, part in network.named_modules() if isinstance(part, kinds)]

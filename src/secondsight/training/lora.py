"""Low-rank adapters beside the matrices of a network, by peft.

References
----------
Hu et al. 2022, "LoRA".
"""

from collections.abc import Sequence
from typing import Any

from peft import LoraConfig, inject_adapter_in_model
from torch import nn


def add_adapters(network: Any, beside: Sequence[str], rank: int) -> None:
    """Put adapters into a network, in place; all else in it is frozen.

    Parameters
    ----------
    beside : sequence of str
        Names of matrices; a name's last parts are enough.
    rank : int
        How thin the adapters' matrices are. What they say is multiplied by 2.
    """
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(beside))
    inject_adapter_in_model(config, network)


def matrices(network: nn.Module) -> list[str]:
    """Return the names of a network's convolutions and linear layers."""
    kinds = (nn.Conv2d, nn.Linear)
    return [name for name, part in network.named_modules() if isinstance(part, kinds)]

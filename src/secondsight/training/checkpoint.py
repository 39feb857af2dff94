"""Where a training stands, in one file of safetensors, so that it goes on when it was cut off."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from secondsight.errors import DataError
from secondsight.paths import shown

Weights = Mapping[str, nn.Parameter]
Parts = dict[str, dict[str, Tensor]]
"""Tensors by name, by what they are: `weight`, `extra`, or a key of the optimizer's state."""


def keep(
    file: Path,
    settings: Any,
    weights: Weights,
    optimizer: torch.optim.Optimizer,
    progress: dict[str, Any],
    extra: Mapping[str, Tensor] | None = None,
) -> None:
    """Write where a training stands; the file is whole or the one before.

    A training with other settings (a dataclass) doesn't go on from here. The optimizer's state is
    tensors, as that of AdamW is. Whatever else to remember is `progress`, what JSON can hold, and
    `extra`, tensors.
    """
    parts: Parts = {"weight": {name: weight.detach() for name, weight in weights.items()}}
    parts["extra"] = dict(extra or {})
    for name, weight in weights.items():
        for key, tensor in optimizer.state.get(weight, {}).items():
            parts.setdefault(key, {})[name] = tensor
    tensors = {
        f"{key}/{name}": tensor.contiguous()
        for key, part in parts.items()
        for name, tensor in part.items()
    }
    groups = optimizer.state_dict()["param_groups"]
    header = {"settings": asdict(settings), "groups": groups, "progress": progress}
    half = file.with_name(f"{file.name}.half")
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, half, {name: json.dumps(value) for name, value in header.items()})
    half.replace(file)


def resume(
    file: Path, settings: Any, weights: Weights, optimizer: torch.optim.Optimizer
) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """Set weights and optimizer as they were kept; return `progress` and `extra`, or None at first.

    Raises DataError if the file is not whole, or of other settings or weights.
    """
    if not file.exists():
        return None
    header, parts = _read(file)
    kept = {name: tensor.shape for name, tensor in parts["weight"].items()}
    wanted = {name: weight.shape for name, weight in weights.items()}
    if header["settings"] != json.loads(json.dumps(asdict(settings))) or kept != wanted:
        raise DataError(
            f"{shown(file)} is of a training with other settings: remove it, or use another folder"
        )
    extra = parts.pop("extra", {})
    put(weights, parts.pop("weight"))
    _restore(optimizer, weights, parts, header["groups"])
    progress: dict[str, Any] = header["progress"]
    return progress, extra


def put(weights: Weights, values: Mapping[str, Tensor]) -> None:
    """Set weights to values of the same names, in place."""
    with torch.no_grad():
        for name, value in values.items():
            weights[name].copy_(value)


def _read(file: Path) -> tuple[dict[str, Any], Parts]:
    parts: Parts = {"weight": {}}
    try:
        with safe_open(file, "pt") as kept:
            header = {name: json.loads(text) for name, text in (kept.metadata() or {}).items()}
            for key in kept.keys():  # noqa: SIM118
                part, _, name = key.partition("/")
                parts.setdefault(part, {})[name] = kept.get_tensor(key)
    except (SafetensorError, OSError, ValueError) as error:
        raise DataError(f"{shown(file)} is damaged ({error}): remove it to start anew") from None
    if missing := {"settings", "groups", "progress"} - set(header):
        lacks = ", ".join(sorted(missing))
        raise DataError(f"{shown(file)} is no checkpoint (it lacks {lacks}): remove it")
    return header, parts


def _restore(
    optimizer: torch.optim.Optimizer, weights: Weights, parts: Parts, groups: list[dict[str, Any]]
) -> None:
    """Hand an optimizer its state, which it puts on the device of each weight."""
    places = [weight for group in optimizer.param_groups for weight in group["params"]]
    names = {weight: name for name, weight in weights.items()}
    state = {
        place: {key: part[names[weight]] for key, part in parts.items() if names[weight] in part}
        for place, weight in enumerate(places)
    }
    state = {place: tensors for place, tensors in state.items() if tensors}
    optimizer.load_state_dict({"state": state, "param_groups": groups})

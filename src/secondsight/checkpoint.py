"""Where a training stands, in one file of safetensors, so that it goes on when it was cut off.

Only what trains imports this: torch is no part of the default install.
"""

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
    about: dict[str, Any],
    extra: Mapping[str, Tensor] | None = None,
) -> None:
    """Write where a training stands; the file is whole or the one before.

    Parameters
    ----------
    file : Path
    settings : dataclass
        A training with others doesn't go on from here.
    weights : mapping of str to Parameter
        All that the optimizer trains.
    optimizer : Optimizer
        Its state is tensors, as that of AdamW is. Its rates are kept as well.
    about : dict
        Whatever else to remember, such as losses; what JSON can hold.
    extra : mapping of str to Tensor, optional
        Other tensors, such as the weights of the best epoch.
    """
    parts: Parts = {"weight": {name: one.detach() for name, one in weights.items()}}
    parts["extra"] = dict(extra or {})
    for name, weight in weights.items():
        for key, tensor in optimizer.state.get(weight, {}).items():
            parts.setdefault(key, {})[name] = tensor
    state = {f"{key}/{name}": one for key, part in parts.items() for name, one in part.items()}
    groups = optimizer.state_dict()["param_groups"]
    said = {"settings": asdict(settings), "groups": groups, "about": about}
    half = file.with_name(f"{file.name}.half")
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: one.contiguous() for name, one in state.items()},
        half,
        {name: json.dumps(one) for name, one in said.items()},
    )
    half.replace(file)


def resume(
    file: Path, settings: Any, weights: Weights, optimizer: torch.optim.Optimizer
) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """Set weights and optimizer as they were kept, and return `about` and `extra`.

    Returns
    -------
    (dict, dict of Tensor) or None
        None if there is no such file: the training starts.

    Raises
    ------
    DataError
        If the file is not whole, or of other settings or weights.
    """
    if not file.exists():
        return None
    said, parts = _read(file)
    kept = {name: one.shape for name, one in parts["weight"].items()}
    wanted = {name: one.shape for name, one in weights.items()}
    if said["settings"] != json.loads(json.dumps(asdict(settings))) or kept != wanted:
        raise DataError(
            f"{shown(file)} is of a training with other settings: remove it, or use another folder"
        )
    extra = parts.pop("extra", {})
    with torch.no_grad():
        for name, one in parts.pop("weight").items():
            weights[name].copy_(one)
    _restore(optimizer, weights, parts, said["groups"])
    about: dict[str, Any] = said["about"]
    return about, extra


def _read(file: Path) -> tuple[dict[str, Any], Parts]:
    parts: Parts = {"weight": {}}
    try:
        with safe_open(file, "pt") as kept:
            said = {name: json.loads(text) for name, text in (kept.metadata() or {}).items()}
            for key in kept.keys():  # noqa: SIM118
                part, _, name = key.partition("/")
                parts.setdefault(part, {})[name] = kept.get_tensor(key)
    except (SafetensorError, OSError, ValueError) as error:
        raise DataError(f"{shown(file)} is damaged ({error}): remove it to start anew") from None
    if missing := {"settings", "groups", "about"} - set(said):
        lacks = ", ".join(sorted(missing))
        raise DataError(f"{shown(file)} is no checkpoint (it lacks {lacks}): remove it")
    return said, parts


def _restore(
    optimizer: torch.optim.Optimizer, weights: Weights, parts: Parts, groups: list[dict[str, Any]]
) -> None:
    """Hand an optimizer its state, which it puts on the device of each weight."""
    places = [weight for group in optimizer.param_groups for weight in group["params"]]
    names = {weight: name for name, weight in weights.items()}
    found = {
        place: {key: part[names[weight]] for key, part in parts.items() if names[weight] in part}
        for place, weight in enumerate(places)
    }
    state = {place: one for place, one in found.items() if one}
    optimizer.load_state_dict({"state": state, "param_groups": groups})

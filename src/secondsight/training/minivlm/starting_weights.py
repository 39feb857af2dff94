"""The networks that trainings go on from: the committed ones, those of a file, or random ones.

The committed ones are read back from their ONNX files, and what was rounded there stays rounded.
The sentence encoder itself is not read: only what was trained here is.
"""

from pathlib import Path

import numpy as np
import onnx
import orjson
import torch
from onnx import numpy_helper
from safetensors.torch import load_file

from secondsight.dtypes import Singles
from secondsight.errors import DataError
from secondsight.minivlm.model import WEIGHTS
from secondsight.paths import shown
from secondsight.training.minivlm.network import Pair
from secondsight.training.settings import COMMITTED, RANDOM

LOSS = "loss.json"
"""Holds the loss's scale and shift, which answering does without."""


def load_pair(start: str) -> Pair:
    """Return the pair of networks with weights that are ``"committed"``, ``"random"`` or in a file.

    Such a safetensors file is what `make train` leaves in `_build/training`.

    Raises DataError if there is no such file, or it is of another network.
    """
    torch.manual_seed(0)
    pair = Pair()
    if start == RANDOM:
        return pair
    if start == COMMITTED:
        return load_committed()
    path = Path(start)
    if not path.is_file():
        raise DataError(
            f"no weights in {shown(path)}: run make train, or name others with --start "
            f"({COMMITTED}: the project's; {RANDOM}: none)"
        )
    try:
        pair.load_state_dict(load_file(path))
    except Exception as error:  # safetensors and torch have errors of their own
        raise DataError(
            f"{shown(path)} holds no weights of this network ({str(error).splitlines()[0]})"
        ) from None
    return pair


def load_committed(folder: Path = WEIGHTS) -> Pair:
    """Return the pair of networks whose ONNX files are in a folder.

    Raises DataError if a file is absent or not as `make train` writes it.
    """
    pair = Pair()
    try:
        image, text = (_arrays(folder / f"{name}.onnx") for name in ("image", "text"))
        image["look.weight"] = _looks(image, pair).T
        state = {f"image.{name}": image[name] for name in pair.image.state_dict()}
        state |= {f"text.{name}": text[f"head.{name}"] for name in pair.text.state_dict()}
        loss = orjson.loads((folder / LOSS).read_bytes())
        tensors = {name: torch.tensor(values) for name, values in (state | loss).items()}
        pair.load_state_dict(tensors)
    except (OSError, KeyError, StopIteration, RuntimeError, ValueError) as error:
        raise DataError(
            f"{shown(folder)} does not hold the networks as make train writes them ({error}): "
            "restore it with git"
        ) from None
    return pair


def write_loss(pair: Pair, folder: Path) -> None:
    """Write the loss's scale and shift beside the ONNX files."""
    numbers = {name: getattr(pair, name).item() for name in ("log_scale", "bias")}
    (folder / LOSS).write_bytes(orjson.dumps(numbers))


def _arrays(path: Path) -> dict[str, Singles]:
    """Return a file's arrays by name, made floats again."""
    graph = onnx.load(path).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            rounded, scale = (arrays[name] for name in node.input)
            axis = node.attribute[0].i
            if rounded.ndim > scale.ndim:  # one scale a row: words, with one a block, aren't read
                shape = [-1 if place == axis else 1 for place in range(rounded.ndim)]
                arrays[node.output[0]] = rounded.astype(np.float32) * scale.reshape(shape)
    return arrays


def _looks(image: dict[str, Singles], pair: Pair) -> Singles:
    """Return the one array of the looks' shape, which the export leaves without a name."""
    shape = tuple(reversed(pair.image.look.weight.shape))
    return next(values for values in image.values() if values.shape == shape)

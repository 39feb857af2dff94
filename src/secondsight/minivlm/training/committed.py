"""The committed networks, read back from their ONNX files for training to go on from them.

What was rounded for ONNX stays rounded. The sentence encoder itself is not read: only what was
trained here is.
"""

from pathlib import Path

import numpy as np
import onnx
import orjson
import torch
from onnx import numpy_helper

from secondsight.dtypes import Singles
from secondsight.errors import DataError
from secondsight.minivlm.model import WEIGHTS
from secondsight.minivlm.training.network import Pair
from secondsight.paths import shown

LOSS = "loss.json"
"""Holds the loss's scale and shift, which answering does without."""


def load_committed(folder: Path = WEIGHTS) -> Pair:
    """Return the pair of networks whose ONNX files are in a folder.

    Raises
    ------
    DataError
        If a file is absent or not as `make train` writes it.
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
    said = {name: getattr(pair, name).item() for name in ("log_scale", "bias")}
    (folder / LOSS).write_bytes(orjson.dumps(said))


def _arrays(path: Path) -> dict[str, Singles]:
    """Return a file's arrays by name, made floats again."""
    graph = onnx.load(path).graph
    found = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            rounded, scale = (found[name] for name in node.input)
            axis = node.attribute[0].i
            if rounded.ndim > scale.ndim:  # one scale a row: words, with one a block, aren't read
                shape = [-1 if place == axis else 1 for place in range(rounded.ndim)]
                found[node.output[0]] = rounded.astype(np.float32) * scale.reshape(shape)
    return found


def _looks(image: dict[str, Singles], pair: Pair) -> Singles:
    """Return the one array of the looks' shape, which the export leaves without a name."""
    shape = tuple(reversed(pair.image.look.weight.shape))
    return next(values for values in image.values() if values.shape == shape)

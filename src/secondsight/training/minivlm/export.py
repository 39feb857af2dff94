"""From trained weights to two ONNX files that run without torch.

Weights are stored as small whole numbers with scales and made floats again when a file is loaded,
so that the files are small and nothing else changes. Of the sentence encoder's words those of
`words` are kept.
"""

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file
from torch import Tensor, nn

from secondsight.dtypes import Singles
from secondsight.minivlm.judge import USUAL
from secondsight.minivlm.picture import CHANNELS, SIDE, planes
from secondsight.training.minivlm.corpus import Corpus
from secondsight.training.minivlm.network import Pair
from secondsight.training.minivlm.sentence_encoder import SentenceEncoder
from secondsight.training.minivlm.starting_weights import write_loss
from secondsight.training.minivlm.words import LONGEST, kept_words, make_tokenizer

BLOCK = 128
"""Numbers of a word that share a scale."""
REFERENCE = 96
"""Pictures of each sky whose mean is what is usual."""
SMALL = 4_096
"""Arrays of fewer numbers stay floats."""

Packed = tuple[npt.NDArray[Any], Singles, dict[str, int]]


class TextEncoder(nn.Module):
    """From token ids and mask (n, tokens) to embeddings (n, SIZE) beside those of pictures."""

    def __init__(self, pair: Pair, kept: list[int]) -> None:
        super().__init__()
        self.sentence, self.head = SentenceEncoder(), pair.text
        embeddings = self.sentence.body.embeddings
        words, positions = embeddings.word_embeddings, embeddings.position_embeddings
        embeddings.word_embeddings = nn.Embedding.from_pretrained(words.weight[kept])
        embeddings.position_embeddings = nn.Embedding.from_pretrained(positions.weight[:LONGEST])
        embeddings.position_ids = embeddings.position_ids[:, :LONGEST]
        embeddings.token_type_ids = embeddings.token_type_ids[:, :LONGEST]

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return embeddings of length 1."""
        embedded: Tensor = self.head(self.sentence(ids, mask))
        return embedded


def export(weights: Path, corpora: dict[str, Corpus], folder: Path) -> None:
    """Write the ONNX files and what goes with them into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair()
    pair.load_state_dict(load_file(weights))
    pair.eval()
    write_loss(pair, folder)
    np.save(folder / USUAL, usual_embedding(pair, corpora))
    words = kept_words()
    renumbered = {word: place for place, word in enumerate(words)}
    make_tokenizer(renumbered).save(str(folder / "tokenizer.json"), pretty=False)
    numbers, side = torch.export.Dim("n"), torch.export.Dim.AUTO
    _write(
        pair.image,
        (torch.rand(2, CHANNELS, 96, 128), torch.rand(2, CHANNELS, SIDE, SIDE)),
        {"whole": {0: numbers, 2: side, 3: side}, "middle": {0: numbers}},
        folder / "image.onnx",
    )
    ids = torch.randint(5, 1000, (2, 24))
    sizes = {0: numbers, 1: torch.export.Dim("tokens", max=LONGEST)}
    _write(
        TextEncoder(pair, list(words.values())).eval(),
        (ids, torch.ones_like(ids)),
        {"ids": sizes, "mask": sizes},
        folder / "text.onnx",
    )


def usual_embedding(pair: Pair, corpora: dict[str, Corpus]) -> Singles:
    """Return the mean embedding of the first pictures of each sky, float32, shape (SIZE,)."""
    with torch.inference_mode():
        rows = [
            pair.image(
                *(torch.from_numpy(planes(v[:REFERENCE])) for v in (corpus.wholes, corpus.middles))
            ).numpy()
            for corpus in corpora.values()
        ]
    return np.asarray(np.concatenate(rows).mean(axis=0), np.float32)


def _write(
    module: nn.Module, example: tuple[Tensor, ...], shapes: dict[str, dict[int, Any]], path: Path
) -> None:
    """Write a network that takes inputs such as the example's; which of their sizes may vary."""
    program = torch.onnx.export(
        module,
        example,
        input_names=list(shapes),
        output_names=["vector"],
        dynamic_shapes=shapes,
        dynamo=True,
        opset_version=21,
        optimize=True,
        verbose=False,
    )
    onnx.save(_packed(program.model_proto), path)


def _packed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace large arrays by small whole numbers and scales: words by int4, the rest by int8."""
    graph = model.graph
    large = [
        array
        for array in graph.initializer
        if array.data_type == TensorProto.FLOAT and np.prod(array.dims) >= SMALL
    ]
    nodes = []
    for array in large:
        values = numpy_helper.to_array(array)
        uses = {node.op_type for node in graph.node if array.name in node.input}
        if "Gather" in uses:
            rounded, scale, attributes = _blocked(values)
        else:
            rounded, scale, attributes = _rowwise(
                values, values.ndim - 1 if "MatMul" in uses else 0
            )
        graph.initializer.remove(array)
        inputs = [f"{array.name}.rounded", f"{array.name}.scale"]
        for name, part in zip(inputs, (rounded, scale), strict=True):
            graph.initializer.append(numpy_helper.from_array(part, name))
        node = helper.make_node("DequantizeLinear", inputs, [array.name], **attributes)
        nodes.append(node)
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + rest)
    del graph.value_info[:]
    return model


def _rowwise(values: Singles, axis: int) -> Packed:
    """Return int8 values with a scale for each place along `axis`."""
    others = tuple(a for a in range(values.ndim) if a != axis)
    scale = np.maximum(np.abs(values).max(axis=others, keepdims=True), 1e-12) / 127
    rounded = np.round(values / scale).astype(np.int8)
    return rounded, scale.reshape(-1).astype(np.float32), {"axis": axis}


def _blocked(values: Singles) -> Packed:
    """Return int4 values with a scale for each `BLOCK` of a row."""
    rows, columns = values.shape
    blocks = values.reshape(rows, columns // BLOCK, BLOCK)
    scale = np.maximum(np.abs(blocks).max(axis=2, keepdims=True), 1e-12) / 7
    rounded = np.round(blocks / scale).reshape(rows, columns).astype(ml_dtypes.int4)
    return rounded, scale[..., 0].astype(np.float32), {"axis": 1, "block_size": BLOCK}

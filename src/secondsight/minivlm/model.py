"""The model as it runs: two ONNX files and a tokenizer, without torch."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from secondsight import paths
from secondsight.dtypes import Floats, Pixels, Singles
from secondsight.errors import DataError
from secondsight.minivlm.judge import USUAL, fit, load_usual, probabilities
from secondsight.minivlm.memory import Memory
from secondsight.minivlm.phrases import SKIES, phrases, plainest
from secondsight.minivlm.picture import Views, planes, views
from secondsight.minivlm.question import Question

NAME = "minivlm-4"
WEIGHTS = paths.DATA / "minivlm"
"""Where the committed weights are."""

REMEMBERED = 65_536
"""How many pictures' embeddings are kept in memory."""

PASSAGE_SHARPNESS = 10.0
"""What a cosine between two texts is worth, against a standard deviation of a picture's."""


@dataclass(frozen=True)
class Encoders:
    """An image encoder and a text encoder whose embeddings lie in one space."""

    image: onnxruntime.InferenceSession
    text: onnxruntime.InferenceSession
    tokenizer: Tokenizer

    @classmethod
    def load(cls, folder: Path = WEIGHTS, threads: int | None = None) -> "Encoders":
        """Read the encoders from a folder with `image.onnx`, `text.onnx` and `tokenizer.json`.

        One picture may use so many threads; all that there are, if not given. Raises DataError if a
        file is missing or damaged.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or os.cpu_count() or 1
        options.log_severity_level = 3
        # Threads that wait for the next picture would take the processor from whoever asks.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        on = ["CPUExecutionProvider"]
        try:
            return cls(
                onnxruntime.InferenceSession(folder / "image.onnx", options, providers=on),
                onnxruntime.InferenceSession(folder / "text.onnx", options, providers=on),
                Tokenizer.from_file(str(folder / "tokenizer.json")),
            )
        except Exception as error:  # each library has errors of its own for a damaged file
            raise DataError(
                f"the model's files in {paths.shown(folder)} are missing or damaged ({error}): "
                "restore them with git, or make them with `make train`"
            ) from None

    def embed_images(self, pictures: Sequence[Pixels]) -> Singles:
        """Return embeddings of length 1, shape (n, 256); pictures of one size go together."""
        sized = list(map(views, pictures))
        embeddings = np.empty((len(sized), 0), np.float32)
        for shape in dict.fromkeys(seen.whole.shape for seen in sized):
            rows = [row for row, seen in enumerate(sized) if seen.whole.shape == shape]
            both = Views(*map(np.stack, zip(*(sized[row] for row in rows), strict=True)))
            light = {name: planes(view) for name, view in both._asdict().items()}
            (embedded,) = self.image.run(None, light)
            if not embeddings.size:
                embeddings = np.empty((len(sized), embedded.shape[1]), np.float32)
            embeddings[rows] = embedded
        return embeddings

    def embed_texts(self, texts: Sequence[str]) -> Singles:
        """Return embeddings of length 1, shape (n, 256); a text is read up to its 128th token."""
        read = self.tokenizer.encode_batch(list(texts))
        ids = np.array([encoding.ids for encoding in read], np.int64)
        mask = np.array([encoding.attention_mask for encoding in read], np.int64)
        (embedded,) = self.text.run(None, {"ids": ids, "mask": mask})
        return np.asarray(embedded, np.float32)


class MiniVLM:
    """The model as the server asks it; several threads may."""

    name = NAME

    def __init__(self, encoders: Encoders, usual: Singles) -> None:
        self.encoders, self.usual = encoders, usual
        self._seen = Memory[Singles](REMEMBERED)
        self._text = lru_cache(maxsize=4096)(lambda text: encoders.embed_texts([text])[0])

    @classmethod
    def load(cls, folder: Path = WEIGHTS, threads: int | None = None) -> "MiniVLM":
        """Read the model from a folder.

        Raises DataError if a file is missing or damaged.
        """
        return cls(Encoders.load(folder, threads), load_usual(folder / USUAL))

    def probabilities(self, pixels: Sequence[Pixels], question: Question) -> Floats:
        """Return how probable each category is, shape (k,), in sum 1.

        Pictures are uint8, shape (height, width) or (height, width, 3); what they say is averaged.
        Where there is none, the question's passage is compared with the options' texts.

        Raises DataError if there is neither a picture nor a passage, or no option.
        """
        if not question.options:
            raise DataError("the prompt names no categories to choose from")
        if not pixels:
            return self._of_passage(question)
        each = [self._fit(self._image(picture), question) for picture in pixels]
        return probabilities(np.mean(each, axis=0))

    def judge(self, image: Singles, question: Question) -> Floats:
        """Return how probable each category is for a picture's embedding, shape (k,)."""
        return probabilities(self._fit(image, question))

    def _fit(self, image: Singles, question: Question) -> Floats:
        return fit(image, question.options, self._embed, self.usual)

    def describe(self, pixels: Sequence[Pixels]) -> str:
        """Return what is seen on the first picture, in phrases of the training captions.

        Raises DataError if there is no picture.
        """
        if not pixels:
            raise DataError("there is no picture to describe")
        image = self._image(pixels[0])
        texts = self._embed(vocabulary())
        score = texts @ image + texts @ (image - self.usual)
        best = [vocabulary()[place] for place in np.argsort(-score, kind="stable")[:2]]
        return " ".join(f"{text[0].upper()}{text[1:]}." for text in best)

    def _of_passage(self, question: Question) -> Floats:
        if not question.passage:
            raise DataError("there is neither an image nor a quoted text to judge")
        texts = [
            " ".join(filter(None, (o.name, o.description))) or o.code for o in question.options
        ]
        cosine = self._embed(texts) @ self._embed([question.passage])[0]
        return probabilities(PASSAGE_SHARPNESS * cosine.astype(np.float64))

    def _image(self, picture: Pixels) -> Singles:
        """Return a picture's embedding; those of the last pictures are remembered."""
        key = hashlib.sha256(picture.tobytes()).digest()
        return self._seen.get(key, lambda: self.encoders.embed_images([picture])[0])

    def _embed(self, texts: Sequence[str]) -> Singles:
        return np.stack([self._text(text) for text in texts])


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Return one phrase for each thing that the model learnt to see."""
    return tuple(plainest(wordings[0]) for sky in SKIES for wordings in phrases(sky).main.values())

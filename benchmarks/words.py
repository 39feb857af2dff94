"""How many words the sentence encoder needs: what is lost where pieces spell the others.

Each row keeps so many of the encoder's most frequent words, those of the phrases, and those of the
list `data/minivlm/words.txt`. Nothing is trained anew; the weights are the committed ones.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from sets import SETS
from zero_shot import WORDINGS, answers, images, paraphrases, pictures_of, scored, worded

from secondsight.dtypes import AnyFloats
from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.judge import wording
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.reading.read import read_question

RESULTS = Path(__file__).parent / "results"
FREQUENT = (0, 4_000, 6_000, 8_000, 12_000, 30_000)
BYTES = 204
"""Of a word in `text.onnx`: 384 numbers of four bits, and three scales."""


class Words:
    """The text encoder with some of its words."""

    def __init__(self, frequent: int) -> None:
        from secondsight.training.minivlm.starting_weights import load_committed
        from secondsight.training.minivlm.words import kept_words, make_tokenizer

        words = kept_words(frequent)
        self.count, self.tokenizer = len(words), make_tokenizer(words)
        self.head = load_committed().text
        self.known: dict[str, AnyFloats] = {}

    def sentences(self, texts: Sequence[str]) -> AnyFloats:
        """Return the sentence encoder's embeddings, shape (n, 384)."""
        from secondsight.training.minivlm.sentence_encoder import embed_by

        if new := [text for text in texts if text not in self.known]:
            self.known |= dict(zip(new, embed_by(self.tokenizer, new, 32), strict=True))
        return np.stack([self.known[text] for text in texts])

    def embed_texts(self, texts: Sequence[str]) -> AnyFloats:
        """Return embeddings beside those of pictures, shape (n, 256)."""
        import torch

        with torch.inference_mode():
            rows: AnyFloats = self.head(torch.from_numpy(self.sentences(texts))).numpy()
        return rows


def asked(name: str) -> list[str]:
    """Return the descriptions of every wording of a data set's prompt."""
    texts = [text for some in paraphrases(SETS[name]).values() for text in some]
    texts += [load_prompt(f"{SETS[name]}{end}").text for end in ("", "-names")]
    options = [option for text in texts for option in read_question(text).options]
    return list(dict.fromkeys(filter(None, map(wording, options))))


def accuracies(model: MiniVLM, name: str, seen: Any, true: Sequence[str]) -> str:
    """Return the accuracy with the prompt, its bare names, and other people's wordings."""
    prompts = [read_question(load_prompt(f"{SETS[name]}{end}").text) for end in ("", "-names")]
    plain, bare = (scored(answers(model, seen, one), true)["accuracy"] for one in prompts)
    words = [text for about in WORDINGS[:2] for text in paraphrases(SETS[name])[about]]
    read = [right for right in worded(model, seen, true, prompts[0], words) if right is not None]
    return f"{plain:.3f}, {bare:.3f}, {np.mean(read):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SETS))
    names = parser.parse_args().names
    model = MiniVLM.load()
    drawn = {name: pictures_of(name) for name in names}
    seen = {name: images(model, pictures) for name, (pictures, _) in drawn.items()}
    texts = list(dict.fromkeys(text for name in names for text in asked(name)))
    every = Words(FREQUENT[-1]).sentences(texts)
    heads = " | ".join(f"{name}: prompt, bare names, mean of other wordings" for name in names)
    lines = [f"| most frequent | kept | MB of words | cosine, mean | lowest | {heads} |"]
    lines.append("|---:" * (5 + len(names)) + "|")
    for frequent in FREQUENT:
        words = Words(frequent)
        cosine = (words.sentences(texts) * every).sum(axis=1)
        some = MiniVLM(SimpleNamespace(embed_texts=words.embed_texts), model.usual)  # type: ignore[arg-type]
        cells = [accuracies(some, name, seen[name], drawn[name][1]) for name in names]
        size = words.count * BYTES / 1e6
        lines.append(
            f"| {frequent:,} | {words.count:,} | {size:.2f} | {cosine.mean():.4f} "
            f"| {cosine.min():.3f} | {' | '.join(cells)} |"
        )
    page = "\n".join(lines) + "\n"
    (RESULTS / "words.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

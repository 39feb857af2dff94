import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.phrases import phrases, word
from secondsight.minivlm.reading.read import read_question

FOLDER = Path(__file__).parent / "paraphrases"
UNREAD = {"lsbg": 0, "morphology": 1, "radio": 0, "dwarf": 0}
"""How many of other people's wordings are not read; of our own all are."""
STEMS = ["lsbg", "morphology", "radio", "dwarf"]


def wordings(stem: str, *, ours: bool) -> list[str]:
    entries = tomllib.loads((FOLDER / f"{stem}.toml").read_text())["paraphrase"]
    return [one["text"] for one in entries if ("source" in one) is ours]


def sentences(text: str) -> set[str]:
    parts = re.split(r"(?<=[.!?:;|])\s+|\n", text)
    return {part.strip().lower() for part in parts if len(part.split()) > 3}


def unread(stem: str, texts: list[str]) -> int:
    codes = set(load_prompt(f"{stem}-1").categories.codes)
    count = 0
    for text in texts:
        options = read_question(text).options
        described = all(option.description or option.name for option in options)
        count += {option.code for option in options} != codes or not described
    return count


@pytest.mark.parametrize("stem", STEMS)
def test_wordings_are_read_with_every_category_described(stem: str) -> None:
    others, ours = wordings(stem, ours=False), wordings(stem, ours=True)
    assert (len(others), len(ours)) == (40, 15)
    assert unread(stem, others) <= UNREAD[stem]
    assert unread(stem, ours) == 0


@pytest.mark.parametrize("stem", STEMS)
def test_no_wording_shares_a_sentence_with_the_prompt_or_a_caption(stem: str) -> None:
    said = {
        sentence
        for ours in (True, False)
        for text in wordings(stem, ours=ours)
        for sentence in sentences(text)
    }
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

import re
import tomllib
from pathlib import Path

import pytest

from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.reading import read_question

FOLDER = Path(__file__).parent / "paraphrases"
UNREAD = {("lsbg", 3), ("lsbg", 4), ("dwarf", 0)}
"""Wordings whose categories are not found yet."""
STEMS = ["lsbg", "morphology", "radio", "dwarf"]


def wordings(stem: str) -> list[str]:
    return [
        one["text"] for one in tomllib.loads((FOLDER / f"{stem}.toml").read_text())["paraphrase"]
    ]


def sentences(text: str) -> set[str]:
    parts = re.split(r"(?<=[.!?:;|])\s+|\n", text)
    return {part.strip().lower() for part in parts if len(part.split()) > 3}


@pytest.mark.parametrize("stem", STEMS)
def test_wordings_are_read_with_every_category_described(stem: str) -> None:
    codes = set(load_prompt(f"{stem}-1").categories.codes)
    unread = set()
    for place, text in enumerate(wordings(stem)):
        options = read_question(text).options
        described = all(option.description or option.name for option in options)
        if {option.code for option in options} != codes or not described:
            unread.add((stem, place))
    assert unread == {known for known in UNREAD if known[0] == stem}


@pytest.mark.parametrize("stem", STEMS)
def test_no_two_wordings_share_a_sentence(stem: str) -> None:
    texts = [load_prompt(f"{stem}-1").text, *wordings(stem)]
    said = [sentence for text in texts for sentence in sentences(text)]
    assert len(said) == len(set(said))

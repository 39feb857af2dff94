"""What the small model of our own answers about real radio galaxies, asked in words alone."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from secondsight.datasets.mirabest import BATCHES, read_batch, read_members
from secondsight.dtypes import Pixels
from secondsight.inference.prompt import load_prompt
from secondsight.metrics.agreement import mcnemar
from secondsight.metrics.intervals import LEVEL, Estimate, share_true
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.reading.read import read_question

PROMPT = "radio-1"
AT_A_TIME = 64


def mirabest_answers(file: Path) -> pd.DataFrame:
    """Return the committed model's most probable category for each image of MiraBest's archive.

    Columns are `image`, its place in the archive; `split`, "train" or "test"; `label` and `answer`,
    0 for FR I and 1 for FR II; `black`, 1 for an image that is entirely black.

    Raises a DataError if the archive, or a file of the model, is damaged.
    """
    members = read_members(file)
    rows = [
        (split, int(label), pixels)
        for name, split in BATCHES.items()
        for _, label, pixels in read_batch(members[name], name)
    ]
    answers = most_probable(MiniVLM.load(), [pixels for _, _, pixels in rows], [PROMPT])
    return pd.DataFrame(
        {
            "image": range(len(rows)),
            "split": [split for split, _, _ in rows],
            "label": [label for _, label, _ in rows],
            "black": [int(not pixels.any()) for _, _, pixels in rows],
            "answer": answers[PROMPT],
        }
    )


def most_probable(
    model: MiniVLM, pictures: Sequence[Pixels], prompts: Sequence[str]
) -> dict[str, list[int]]:
    """Return the code of each picture's most probable category, for each prompt by its name."""
    questions = {prompt: read_question(load_prompt(prompt).text) for prompt in prompts}
    answers: dict[str, list[int]] = {prompt: [] for prompt in prompts}
    for start in range(0, len(pictures), AT_A_TIME):
        for image in model.encoders.embed_images(pictures[start : start + AT_A_TIME]):
            for prompt, question in questions.items():
                best = int(model.judge(image, question).argmax())
                answers[prompt].append(int(question.options[best].code))
    return answers


def seen(table: pd.DataFrame) -> pd.DataFrame:
    """Return the answers about images that are not entirely black."""
    return table[table["black"] == 0]


def answer_numbers(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate | float]:
    """Return how many are right, in all and by part, and beside an answer that is always FR II.

    `table` is as `mirabest_answers` gives it.
    """
    shown, black = seen(table), table[table["black"] == 1]
    right, fr_2 = shown["label"] == shown["answer"], shown["label"] == 1
    ahead = mcnemar(right, fr_2, level)
    parts = {part: right[shown["split"] == part] for part in ("train", "test")}
    return {
        "archive": len(table),
        "seen": len(shown),
        "black": len(black),
        "black_as_fr2": int((black["answer"] == 1).sum()),
        "black_fr2": int((black["label"] == 1).sum()),
        "real_accuracy": share_true(right, level),
        "real_always": share_true(fr_2, level),
        "real_lead": ahead.difference,
        "real_lead_p": ahead.p_value,
        **{f"real_{part}": share_true(own, level) for part, own in parts.items()},
    }

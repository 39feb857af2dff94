"""What the small model of our own answers about real radio galaxies, asked in words alone."""

from pathlib import Path

import pandas as pd

from secondsight.datasets.mirabest import BATCHES, read_batch, read_members
from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.reading.read import read_question

PROMPT = "radio-1"
AT_A_TIME = 64


def mirabest_answers(file: Path) -> pd.DataFrame:
    """Return the committed model's most probable category for each image of MiraBest's archive.

    Parameters
    ----------
    file : Path
        The archive.

    Returns
    -------
    DataFrame
        `image`, its place in the archive; `split`, "train" or "test"; `label` and `answer`, 0 for
        FR I and 1 for FR II; `black`, 1 for an image that is entirely black.

    Raises
    ------
    DataError
        If the archive, or a file of the model, is damaged.
    """
    members = read_members(file)
    rows = [
        (split, int(label), pixels)
        for name, split in BATCHES.items()
        for _, label, pixels in read_batch(members[name], name)
    ]
    model, question = MiniVLM.load(), read_question(load_prompt(PROMPT).text)
    answers: list[int] = []
    for start in range(0, len(rows), AT_A_TIME):
        pictures = [pixels for _, _, pixels in rows[start : start + AT_A_TIME]]
        for seen in model.encoders.embed_images(pictures):
            best = int(model.judge(seen, question).argmax())
            answers.append(int(question.options[best].code))
    return pd.DataFrame(
        {
            "image": range(len(rows)),
            "split": [split for split, _, _ in rows],
            "label": [label for _, label, _ in rows],
            "black": [int(not pixels.any()) for _, _, pixels in rows],
            "answer": answers,
        }
    )

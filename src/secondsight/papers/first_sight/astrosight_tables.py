"""Counts of AstroSight's released answers."""

from pathlib import Path

import pandas as pd

from secondsight.datasets.derived import count_rows
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.errors import DataError
from secondsight.inference.imported import ASTROSIGHT, parse_imported, read_astrosight


def joint_answers(*files: Path) -> pd.DataFrame:
    """Return how many images have each true category and each pair of answers, by our parser.

    An answer that names no category is its outcome in words ("refused").
    """
    models = list(ASTROSIGHT)
    parsed = [parse_imported(read_astrosight(file), GALAXY_ZOO_2) for file in files]
    columns = {
        model: answers["answer"].fillna(answers["outcome"]).to_numpy()
        for model, answers in zip(models, parsed, strict=True)
    }
    if any((parsed[0]["image_id"] != other["image_id"]).any() for other in parsed[1:]):
        raise DataError("the AstroSight files do not list the same images in the same order")
    table = pd.DataFrame({"true": parsed[0]["label"].to_numpy(), **columns})
    return count_rows(table)


def parser_differences(*files: Path) -> pd.DataFrame:
    """Return how often each model's answer was released as one category and parsed as another."""
    table = both_readings(*files)
    return count_rows(table[["model", "true", "released", "ours"]])


def both_readings(*files: Path) -> pd.DataFrame:
    """Return each model's answers: `model`, `true`, `released`, `ours` and `text`."""
    parts = []
    for model, file in zip(ASTROSIGHT, files, strict=True):
        answers = parse_imported(read_astrosight(file), GALAXY_ZOO_2).assign(model=model)
        ours = answers["answer"].fillna(answers["outcome"])
        parts.append(answers.assign(ours=ours))
    return pd.concat(parts, ignore_index=True).rename(
        columns={"label": "true", "parsed": "released"}
    )

"""How much the judge decides: texts that one of this book's makers read without its codes."""

import numpy as np
import pandas as pd

from secondsight.datasets.aion_search import QUESTIONS

SEED = 64
"""With it the texts that were read were drawn."""
WHICH = ["configuration", "repeat", "galaxy"]


def branches(votes: pd.DataFrame) -> "pd.Series[str]":
    """Return for each galaxy which way its volunteers went down the tree."""
    answers = votes.pivot(index="galaxy", columns="question", values="answer").fillna("")
    kinds = {
        "smooth": answers["smooth-or-featured"] == "smooth",
        "edge-on": answers["disk-edge-on"] == "yes",
        "spiral arms": answers["has-spiral-arms"] == "yes",
    }
    kind = np.select(list(kinds.values()), list(kinds), default="disk without arms, or artifact")
    return pd.Series(kind, index=answers.index, name="branch")


def draw_sample(answers: pd.DataFrame, votes: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Return which texts are read: one of each configuration and branch, in a random order."""
    rows = answers[WHICH].sort_values(WHICH).assign(branch=answers["galaxy"].map(branches(votes)))
    rng = np.random.default_rng(seed)
    drawn = [own.iloc[[rng.integers(len(own))]] for _, own in rows.groupby(["configuration", "branch"])]
    sample = pd.concat(drawn).drop(columns="branch")
    return sample.iloc[rng.permutation(len(sample))].reset_index(drop=True)

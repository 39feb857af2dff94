"""How far many models' descriptions agree with what Galaxy Zoo's volunteers said."""

import numpy as np
import pandas as pd

from secondsight.datasets.aion_search import NOT_ASKED, NOT_MENTIONED, QUESTIONS
from secondsight.figures.cost import Priced
from secondsight.metrics.clusters import mean_over_clusters, over_clusters, ratio_over_clusters
from secondsight.metrics.intervals import LEVEL, POINTS, Counts, Estimate

TITLES = {
    "gpt-4o": "GPT-4o",
    "gpt-4.1": "GPT-4.1",
    "gpt-4.1-mini": "GPT-4.1 mini",
    "gpt-4.1-nano": "GPT-4.1 nano",
    "gpt-4.5": "GPT-4.5",
    "o3-reasoning-high": "o3 (high effort)",
    "o3-reasoning-low": "o3 (low effort)",
    "o4-mini-reasoning-high": "o4-mini (high effort)",
    "o4-mini-reasoning-low": "o4-mini (low effort)",
    "gemini-1.5-flash": "Gemini 1.5 Flash",
    "gemini-2.0-flash": "Gemini 2.0 Flash",
    "gemini-2.0-flash-lite": "Gemini 2.0 Flash Lite",
    "gemini-2.5-flash-preview-05-20-max-thinking": "Gemini 2.5 Flash (most thinking)",
    "gemini-2.5-flash-preview-05-20-no-thinking": "Gemini 2.5 Flash (no thinking)",
    "gemini-2.5-pro-preview-05-06-thinking": "Gemini 2.5 Pro (May)",
    "gemini-2.5-pro-preview-06-05-thinking": "Gemini 2.5 Pro (June)",
}
QUESTION_TITLES = dict(
    zip(
        QUESTIONS.values(),
        (
            "smooth, or with features?",
            "how round?",
            "disk seen edge-on?",
            "its bulge, seen edge-on",
            "spiral arms?",
            "how tightly wound?",
            "how many arms?",
            "a bar?",
            "how large a bulge?",
            "merging?",
        ),
        strict=True,
    )
)
FIRST = "smooth-or-featured"
TREE = tuple(QUESTIONS.values())
KINDS = ("the same", "another answer", "not mentioned", "question not reached")
EFFORTS = {
    "o3": ("o3-reasoning-high", "o3-reasoning-low"),
    "o4-mini": ("o4-mini-reasoning-high", "o4-mini-reasoning-low"),
    "Gemini 2.5 Flash": (
        "gemini-2.5-flash-preview-05-20-max-thinking",
        "gemini-2.5-flash-preview-05-20-no-thinking",
    ),
}
"""Models that were asked with much and with little reasoning."""
CLEAR, DOUBTFUL = 0.9, 0.8
"""Shares of the votes: at least so many are clear, fewer are not."""


def compare(answers: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
    """Return each question that a galaxy's volunteers reached beside each answer's code.

    The columns are `configuration`, `repeat`, `galaxy`, `question`; `code`, the judge's; `answer`
    and `agreement`, the volunteers' majority and its share of the votes; and `same`.
    """
    which = ["configuration", "repeat", "galaxy"]
    codes = answers.melt(which, list(TREE), var_name="question", value_name="code")
    asked = codes.merge(votes.drop(columns=["name", "votes"]), on=["galaxy", "question"])
    return asked.assign(same=asked["code"] == asked["answer"])


def scores(asked: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement on each galaxy (rows) of each configuration (columns), 0 to 1.

    A description scores the share of the volunteers' questions that it answers as they did; what it
    leaves out counts as missed. Repeats are averaged.
    """
    each = asked.groupby(["configuration", "galaxy", "repeat"])["same"].mean()
    return each.reset_index().pivot_table("same", "galaxy", "configuration")


def agreement_of(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return the mean score of each configuration, the best first."""
    table = scores(asked)
    best_first = table.mean().sort_values(ascending=False).index
    return {name: mean_over_clusters(table[name].to_numpy(), level, seed) for name in best_first}


def share_same(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the share of rows with the volunteers' answer."""
    own = asked.groupby("galaxy")["same"].agg(["sum", "size"])
    return ratio_over_clusters(own["sum"].to_numpy(), own["size"].to_numpy(), level, seed)


def question_table(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> pd.DataFrame:
    """Return the share of answers like the volunteers' to each question, in the tree's order."""
    groups = asked.groupby("question")
    shares = [share_same(groups.get_group(name), level, seed) for name in TREE]
    rows = [(QUESTION_TITLES[name], own.n, own) for name, own in zip(TREE, shares, strict=True)]
    return pd.DataFrame(rows, columns=["question", "galaxies", "the volunteers' answer"])


def right_at_first(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return how often the first answer is the volunteers', by theirs: ``right_smooth``, ..."""
    groups = asked[asked["question"] == FIRST].groupby("answer")
    return {
        f"right_{str(answer).split('-')[0]}": share_same(rows, level, seed)
        for answer, rows in groups
    }


def kinds_by_question(asked: pd.DataFrame) -> pd.DataFrame:
    """Return what became of each question (rows): shares of `KINDS` that add up to 1."""
    cases = [asked["same"], asked["code"] == NOT_MENTIONED, asked["code"] == NOT_ASKED]
    kind = np.select(cases, [KINDS[0], *KINDS[2:]], default=KINDS[1])
    shares = pd.crosstab(asked["question"], kind, normalize="index")
    return shares.reindex(index=list(TREE), columns=list(KINDS), fill_value=0.0)


def lost_at_first(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how much of the loss of score comes from the first question's answer.

    That is the first question itself where it is missed, and then all that is not reached.
    """
    text = ["configuration", "repeat", "galaxy"]
    is_first = asked["question"] == FIRST
    right_first = (
        (asked["same"] & is_first).groupby([asked[name] for name in text]).transform("any")
    )
    loss = ~asked["same"] / asked.groupby(text)["same"].transform("size")
    by_first = loss.where(is_first | ((asked["code"] == NOT_ASKED) & ~right_first), 0)
    part, whole = (value.groupby(asked["galaxy"]).sum().to_numpy() for value in (by_first, loss))
    return ratio_over_clusters(part, whole, level, seed)


def single_vote(votes: pd.DataFrame) -> float:
    """Return how often one volunteer's vote is the majority's."""
    return float(votes["votes"].sum() / (votes["votes"] / votes["agreement"]).sum())


def answers_of(votes: pd.DataFrame) -> pd.DataFrame:
    """Return the volunteers' answers, a row a galaxy, a column a question; NaN if not reached."""
    return votes.pivot_table("answer", "galaxy", "question", aggfunc="first")


def best_constant(votes: pd.DataFrame) -> "pd.Series[float]":
    """Return the score on each galaxy of the one set of answers that suits all galaxies best.

    It is picked among the galaxies' own answers, with all of them in view; the series has the name
    of the galaxy that they are of.
    """
    answers = answers_of(votes)
    questions = answers.notna().sum(axis=1)
    each = {name: (answers == own).sum(axis=1) / questions for name, own in answers.iterrows()}
    best = max(each, key=lambda name: each[name].mean())
    return each[best].rename(str(best))


def leads(asked: pd.DataFrame, constant: "pd.Series[float]", level: float = LEVEL) -> list[str]:
    """Return the configurations whose lead over `constant` has an interval above 0."""
    table = scores(asked).sub(constant, axis=0)
    gains = {name: mean_over_clusters(table[name].to_numpy(), level) for name in table}
    return [str(name) for name, lead in gains.items() if lead.low > 0]


def by_price(answers: pd.DataFrame, own: dict[str, Estimate]) -> list[Priced]:
    """Return USD for a thousand answers and the score of each configuration, the cheapest first."""
    usd = 1000 * answers.groupby("configuration")["cost"].mean().sort_values()
    score = pd.Series({name: own[name].value for name in usd.index})
    is_front = score > score.cummax().shift(fill_value=-1.0)
    return [Priced(TITLES[name], usd[name], own[name], bool(is_front[name])) for name in usd.index]


def gain(asked: pd.DataFrame, more: str, less: str, level: float = LEVEL) -> Estimate:
    """Return the score of `more` less that of `less`, galaxy by galaxy."""
    table = scores(asked)
    return mean_over_clusters((table[more] - table[less]).to_numpy(), level).in_unit(POINTS)


def times_as_much(answers: pd.DataFrame, more: str, less: str) -> "pd.Series[float]":
    """Return how many times the cost, the output tokens and the seconds `more` takes."""
    means = answers.groupby("configuration")[["cost", "output_tokens", "seconds"]].mean()
    by_name = means.T
    return by_name[more] / by_name[less]


def effort_table(answers: pd.DataFrame, asked: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return what much reasoning brings and takes, against little, of each model of `EFFORTS`."""
    rows = []
    for model, (more, less) in EFFORTS.items():
        times = times_as_much(answers, more, less)[["cost", "seconds"]].map("{:.1f}".format)
        rows.append((model, gain(asked, more, less, level), *times))
    return pd.DataFrame(
        rows, columns=["model", "gain in agreement", "times the price", "times as long"]
    )


def lead_of_clear(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the agreement where the votes are clear less that where they are not.

    From each row its question's mean is taken first, for the harder questions are also those with
    the less clear votes.
    """
    over_mean = asked["same"] - asked.groupby("question")["same"].transform("mean")
    parts = []
    for inside in (asked["agreement"] >= CLEAR, asked["agreement"] < DOUBTFUL):
        parts += [over_mean.where(inside, 0).groupby(asked["galaxy"]).sum()]
        parts += [inside.groupby(asked["galaxy"]).sum()]
    sums = np.stack(parts)

    def lead(drawn: Counts) -> float:
        clear, n_clear, doubtful, n_doubtful = sums @ drawn
        return float(clear / n_clear - doubtful / n_doubtful)

    return over_clusters(lead, sums.shape[1], level, seed).in_unit(POINTS)

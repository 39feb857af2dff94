"""Two or more recordings on the same galaxies: which is right more often, and who changed side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import pandas as pd

from secondsight.datasets.tasks import Task
from secondsight.errors import DataError
from secondsight.inference.parse import ANSWERED, REFUSED
from secondsight.metrics.agreement import agreement, cohen_kappa
from secondsight.metrics.intervals import LEVEL, Estimate, PValue
from secondsight.metrics.paired_shares import holm, paired_difference, share_right

NOT_ANSWERED = "not answered"
"""The outcome of a request that was refused for good: the model has said nothing."""


@dataclass(frozen=True)
class Recorded:
    """One recording's answers.

    The table has one row a call: `image_id`, `repeat`, `answer` (a category's code, or missing),
    `outcome`, `label` (the true code, or missing), `picture` (the image's SHA-256, or empty),
    `sampling` (how the answer was to be drawn, in words, or empty).
    """

    name: str
    dataset: str
    answers: pd.DataFrame
    truth: str = "labels that came with the answers"
    """Where the labels come from, in words."""
    task: Task | None = None
    """What the answers are read by; None where those who released them read them."""


@dataclass(frozen=True)
class Each:
    """What one recording holds on the galaxies that all answered."""

    name: str
    right: Estimate  # NaN without truth
    calls: int
    refused: int
    unparseable: int
    not_answered: int  # galaxies that another recording answered and this one did not
    drawn: str = ""  # how the calls that count were drawn, where it holds others too


@dataclass(frozen=True)
class Pair:
    """Two recordings on the galaxies that all answered."""

    places: tuple[int, int]  # of the two among the recordings
    difference: Estimate  # right answers of the first less the second; NaN without truth
    p_value: PValue  # raised by Holm's rule where there are several pairs
    method: str
    alike: Estimate  # galaxies with one and the same answer
    kappa: Estimate


@dataclass(frozen=True)
class Comparison:
    """How recordings compare.

    `changed` has a row for each galaxy on which they differ: in being right where its truth is
    known, else in the answer. Columns `image_id`, `label`, and one of each recording with its most
    frequent answer.
    """

    galaxies: int
    labelled: int  # those whose truth is known
    left_out: int  # those that not all answered
    contradicted: int  # those to which the recordings give different labels; no truth is known
    truth: tuple[str, ...]  # where the labels come from, in words
    other_pictures: int  # those of which not all were shown the same image
    each: tuple[Each, ...]
    pairs: tuple[Pair, ...]
    changed: pd.DataFrame


def compared(recordings: Sequence[Recorded], level: float = LEVEL, seed: int = 0) -> Comparison:
    """Compare recordings on the galaxies that all of them answered.

    An answer that names no category counts as wrong. A galaxy that was asked about several times
    counts once, with the share of its calls that was right, and with its most frequent answer. Of
    a recording whose calls were drawn in several ways one way counts, as `_drawn` chooses.
    Of a galaxy whose labels contradict each other the truth is not known. The order of the
    recordings changes no number.

    Raises DataError if there are fewer than two, their categories differ, or no galaxy is in all of
    them.
    """
    _check(recordings)
    answered = [own.answers[own.answers["outcome"] != NOT_ANSWERED] for own in recordings]
    drawn = _drawn(answered)
    several_ways = [own["sampling"].ne(way).any() for own, way in zip(answered, drawn, strict=True)]
    answered = [own[own["sampling"] == way] for own, way in zip(answered, drawn, strict=True)]
    ids = [pd.Index(own["image_id"].unique()) for own in answered]
    shared, every = ids[0], ids[0]
    for other in ids[1:]:
        shared, every = shared[shared.isin(other)], every.union(other)
    if shared.empty:
        names = " and ".join(own.name for own in recordings)
        raise DataError(f"no galaxy was answered in each of {names}: there is nothing to compare")
    shared = shared.sort_values()  # draws of galaxies go by their places
    calls = [own[own["image_id"].isin(shared)] for own in answered]
    labels = _labels(calls)
    several = labels.index.duplicated(keep=False)
    truth = labels[~several].reindex(shared)
    rights = [_right(own, truth) for own in calls]
    modes = [_most_frequent(own, shared) for own in calls]
    return Comparison(
        galaxies=len(shared),
        labelled=int(truth.notna().sum()),
        left_out=len(every) - len(shared),
        contradicted=labels.index[several].nunique(),
        truth=_sources(recordings, calls),
        other_pictures=_other_pictures(calls),
        each=tuple(
            replace(
                _each(own.name, mine, right, len(every) - len(of), level, seed),
                drawn=way if several else "",
            )
            for own, mine, right, of, way, several in zip(
                recordings, calls, rights, ids, drawn, several_ways, strict=True
            )
        ),
        pairs=_pairs(rights, modes, level, seed),
        changed=_changed(truth, modes),
    )


def _check(recordings: Sequence[Recorded]) -> None:
    """Refuse what can't be compared: ids are names of the same galaxies within one data set."""
    if len(recordings) < 2:
        raise DataError("name two recordings or more: a single one has nothing beside it")
    for first, other in combinations(recordings, 2):
        pictures = [set(own.answers["picture"]) - {""} for own in (first, other)]
        if first.dataset != other.dataset and not pictures[0] & pictures[1]:
            raise DataError(
                f"{first.name} is about {first.dataset} and {other.name} about {other.dataset}, "
                "and no image is in both: compare answers about the same images"
            )
        if first.task and other.task and set(first.task.codes) != set(other.task.codes):
            raise DataError(
                f"{first.name} chooses among {', '.join(first.task.codes)} and {other.name} among "
                f"{', '.join(other.task.codes)}: compare answers to the same categories"
            )


def _drawn(calls: Sequence[pd.DataFrame]) -> list[str]:
    """Return for each recording the one way of drawing whose calls count.

    It is the way that most of the recordings have, of equals the one with the most calls in all.
    """
    counts = pd.DataFrame([own["sampling"].value_counts() for own in calls])
    ways = sorted(map(str, counts), key=lambda way: (-counts[way].count(), -counts[way].sum(), way))
    return [next((way for way in ways if way in set(own["sampling"])), "") for own in calls]


def _labels(calls: Sequence[pd.DataFrame]) -> "pd.Series[str]":
    """Return every label that a galaxy has in any recording, each once."""
    known = pd.concat([own[["image_id", "label"]] for own in calls]).dropna()
    return known.drop_duplicates().set_index("image_id")["label"]


def _sources(recordings: Sequence[Recorded], calls: Sequence[pd.DataFrame]) -> tuple[str, ...]:
    pairs = zip(recordings, calls, strict=True)
    return tuple(sorted({own.truth for own, mine in pairs if mine["label"].notna().any()}))


def _right(calls: pd.DataFrame, truth: "pd.Series[str]") -> "pd.Series[float]":
    """Return for each galaxy with a truth the share of calls that was right."""
    labelled = truth.dropna()
    right = calls["answer"].fillna("") == calls["image_id"].map(labelled)
    return right.astype(float).groupby(calls["image_id"]).mean().reindex(labelled.index)


def _most_frequent(calls: pd.DataFrame, shared: pd.Index) -> "pd.Series[str]":
    """Return each galaxy's most frequent answer, of equals the one that came first."""
    given = calls.sort_values("repeat")[["image_id", "answer"]].fillna({"answer": ""})
    counts = given.groupby(["image_id", "answer"], sort=False).size()
    best = counts.groupby("image_id", sort=False).idxmax()
    answers = pd.Series(dict(best.tolist()), dtype="str").reindex(shared)
    return answers.mask(answers == "")


def _other_pictures(calls: Sequence[pd.DataFrame]) -> int:
    pictures = pd.concat([own[["image_id", "picture"]] for own in calls]).drop_duplicates()
    several = pictures.loc[pictures["picture"] != "", "image_id"]
    return int(several[several.duplicated()].nunique())


def _each(
    name: str, calls: pd.DataFrame, right: "pd.Series[float]", lacking: int, level: float, seed: int
) -> Each:
    refused = int((calls["outcome"] == REFUSED).sum())
    answered = int((calls["outcome"] == ANSWERED).sum())
    unparseable = len(calls) - answered - refused
    return Each(name, share_right(right, level, seed), len(calls), refused, unparseable, lacking)


def _pairs(
    rights: Sequence["pd.Series[float]"], modes: Sequence["pd.Series[str]"], level: float, seed: int
) -> tuple[Pair, ...]:
    places = list(combinations(range(len(rights)), 2))
    tests = [paired_difference(rights[a], rights[b], level, seed) for a, b in places]
    p_values = holm([p_value for _, p_value, _ in tests])
    return tuple(
        Pair(
            (a, b),
            difference,
            p_value,
            method,
            agreement(modes[a], modes[b], level),
            cohen_kappa(modes[a], modes[b], level),
        )
        for (a, b), (difference, _, method), p_value in zip(places, tests, p_values, strict=True)
    )


def _changed(truth: "pd.Series[str]", modes: Sequence["pd.Series[str]"]) -> pd.DataFrame:
    given = pd.concat([mode.rename(place) for place, mode in enumerate(modes)], axis=1)
    sides = _differ(given.eq(truth, axis=0))
    moved = sides.where(truth.notna(), _differ(given.fillna("missing")))
    table = given.assign(label=truth)[moved].rename_axis("image_id").reset_index()
    return table[["image_id", "label", *given.columns]].sort_values("image_id", ignore_index=True)


def _differ(table: pd.DataFrame) -> "pd.Series[bool]":
    return table.ne(table[0], axis=0).any(axis=1)

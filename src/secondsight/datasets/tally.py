"""Volunteers' votes as a table of counts, one row an image: the `votes.csv` of a folder."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from secondsight.datasets.folder import is_image_id
from secondsight.datasets.image_names import id_of
from secondsight.datasets.votes import NO_ANSWER, NOT_ASKED, Votes
from secondsight.errors import DataError, ParameterError


@dataclass(frozen=True)
class Tally:
    """Counted votes.

    The table has a row an image: `image_id`, then counts (int64), of which the last is
    `total_votes`, how many volunteers' votes there are in all.
    """

    table: pd.DataFrame
    # how many classifications, by why
    left_out: dict[str, int]
    # what else happened to subjects, a sentence each
    notes: tuple[str, ...] = ()


def yes_or_no(votes: Votes, yes: Sequence[str], no: Sequence[str] = ()) -> Tally:
    """Return how many said yes: `image_id`, `dwarf_votes`, `total_votes`.

    A classification with several answers says yes if one of them is among `yes`. If `no` is empty,
    every other answer counts as no, but not the lack of an answer.

    Raises DataError if nobody gave one of these answers (the text lists those that were given),
    ParameterError if an answer counts as both.
    """
    table, known = votes.table, list(votes.table["answer"].cat.categories)
    _refuse(votes, yes, no)
    against = no or [answer for answer in known if answer not in (*yes, NO_ANSWER, NOT_ASKED)]
    said = pd.DataFrame(
        {"dwarf_votes": table["answer"].isin(yes), "against": table["answer"].isin(against)}
    )
    each = said.groupby([table["subject_id"], table["classification_id"]]).any()
    counts = each.any(axis=1)
    lost = each.index[~counts].get_level_values("classification_id")
    why = table.loc[table["classification_id"].isin(lost), ["classification_id", "answer"]]
    first = why.drop_duplicates("classification_id")["answer"].value_counts()
    left_out = {_why(str(answer)): int(n) for answer, n in first.items() if n}
    counted = each[counts].assign(total_votes=1).groupby(level="subject_id").sum()
    without = table["subject_id"].nunique() - len(counted)
    notes = (f"subjects that have no vote left: {without:,}",) if without else ()
    agreed = table["classification_id"].isin(table["classification_id"][said["dwarf_votes"]])
    if not no and (others := table["answer"][said["against"] & ~agreed]).size:
        notes = (f"counted as no: {_listed(others)}", *notes)
    counted = _with_ids(counted[["dwarf_votes", "total_votes"]])
    return Tally(counted, {**votes.left_out, **left_out}, notes)


def _refuse(votes: Votes, yes: Sequence[str], no: Sequence[str]) -> None:
    table, known = votes.table, set(votes.table["answer"].cat.categories)
    for answer in [*yes, *no]:
        if answer not in known:
            given = _listed(table["answer"]) or "none"
            raise DataError(f"nobody answered {answer!r}; answers given: {given}")
    if both := set(yes) & set(no):
        raise ParameterError(f"{min(both)!r} counts as yes and as no: choose one")


def _listed(answers: "pd.Series[str]") -> str:
    """Return the different answers, the most frequent first, and how often each was given."""
    return ", ".join(f"{name!r} ({n:,})" for name, n in answers.value_counts().items() if n)


def _why(answer: str) -> str:
    known = {NO_ANSWER: "without an answer", NOT_ASKED: "not asked this task"}
    return known.get(answer, f"neither yes nor no ({answer!r})")


def by_answer(votes: Votes) -> Tally:
    """Return how often each answer was given: `image_id`, a column an answer, `total_votes`.

    A classification with several answers counts in each of their columns, and once in the total.
    """
    asked = votes.table[votes.table["answer"] != NOT_ASKED]
    answers = asked["answer"].cat.remove_unused_categories()
    counted = pd.crosstab(asked["subject_id"], answers)
    counted.columns = counted.columns.astype(object)
    total = asked.groupby("subject_id")["classification_id"].nunique()
    lost = int((votes.table["answer"] == NOT_ASKED).sum())
    left_out = {**votes.left_out, **({_why(NOT_ASKED): lost} if lost else {})}
    return Tally(_with_ids(counted.assign(total_votes=total)), left_out)


def _with_ids(counted: pd.DataFrame) -> pd.DataFrame:
    counted.columns.name = None
    counted.insert(0, "image_id", counted.index.astype(str))
    return counted.reset_index(drop=True)


def named(tally: Tally, names: dict[int, str]) -> Tally:
    """Return the tally with images' ids for subjects' numbers, made of the subjects' file names.

    Votes on several subjects that show one image are added up, and a note says so.

    Raises DataError if a name can't be an image's id.
    """
    ids = [id_of(names[int(subject)]) for subject in tally.table["image_id"]]
    for image_id in ids:
        if not is_image_id(image_id):
            raise DataError(f"{image_id!r} can't be an image's id: choose another field")
    table = tally.table.assign(image_id=ids)
    twice = table["image_id"][table["image_id"].duplicated()]
    notes = tally.notes
    if len(twice):
        notes += (
            f"votes of subjects that show one image were added up: {len(twice):,} times, "
            f"such as {twice.iloc[0]!r}",
        )
    return Tally(table.groupby("image_id", as_index=False).sum(), tally.left_out, notes)

import csv
import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.datasets.image_names import id_of
from secondsight.datasets.tally import Tally, by_answer, named, yes_or_no
from secondsight.datasets.votes import (
    NO_ANSWER,
    NOT_ASKED,
    Votes,
    Wanted,
    read_export,
    subject_names,
)
from secondsight.errors import DataError, ParameterError

Given = list[tuple[int, tuple[str, ...]]]
CLASSIFICATIONS: Given = [
    (7, ("Yes",)), (7, ("No",)), (7, ("Maybe", "Yes")), (7, (NO_ANSWER,)),
    (5, ("No",)), (5, (NOT_ASKED,)), (9, (NO_ANSWER,)),
]  # fmt: skip


def votes_of(given: Given) -> Votes:
    """Return votes as `read_export` gives them, of each classification's subject and answers."""
    rows = [
        (number, subject, answer)
        for number, (subject, answers) in enumerate(given)
        for answer in answers
    ]
    table = pd.DataFrame(rows, columns=["classification_id", "subject_id", "answer"])
    names = sorted({answer for _, answers in given for answer in answers})
    return Votes(table.assign(answer=pd.Categorical(table["answer"], categories=names)))


def lines(tally: Tally) -> list[tuple[object, ...]]:
    return [tuple(row) for row in tally.table.itertuples(index=False)]


def test_yes_and_every_other_answer_are_counted_and_the_rest_is_said() -> None:
    tally = yes_or_no(votes_of(CLASSIFICATIONS), ["Yes"])
    assert list(tally.table.columns) == ["image_id", "dwarf_votes", "total_votes"]
    assert lines(tally) == [("5", 0, 1), ("7", 2, 3)]
    assert tally.left_out == {"without an answer": 2, "not asked this task": 1}
    assert tally.notes == (
        "counted as no: 'No' (2)",
        "subjects that have no vote left: 1",
    )


def test_the_answers_that_mean_no_may_be_chosen() -> None:
    tally = yes_or_no(votes_of(CLASSIFICATIONS), ["Yes"], [NO_ANSWER])
    assert lines(tally) == [("7", 2, 3), ("9", 0, 1)]
    assert tally.left_out == {"neither yes nor no ('No')": 2, "not asked this task": 1}


def test_every_answer_may_have_a_column() -> None:
    tally = by_answer(votes_of(CLASSIFICATIONS))
    columns = ["image_id", NO_ANSWER, "Maybe", "No", "Yes", "total_votes"]
    assert list(tally.table.columns) == columns
    assert lines(tally) == [("5", 0, 0, 1, 0, 1), ("7", 1, 1, 1, 2, 4), ("9", 1, 0, 0, 0, 1)]
    assert tally.left_out == {"not asked this task": 1}


def test_an_answer_that_nobody_gave_lists_those_given() -> None:
    with pytest.raises(DataError, match=r"nobody answered 'yes'; answers given: .*'Yes' \(2\), "):
        yes_or_no(votes_of(CLASSIFICATIONS), ["yes"])
    with pytest.raises(DataError, match="nobody answered 'Nope'"):
        yes_or_no(votes_of(CLASSIFICATIONS), ["Yes"], ["Nope"])
    with pytest.raises(ParameterError, match="'Yes' counts as yes and as no"):
        yes_or_no(votes_of(CLASSIFICATIONS), ["Yes"], ["Yes", "No"])


def test_images_are_named_by_their_files_and_those_of_one_image_added_up() -> None:
    tally = named(
        yes_or_no(votes_of(CLASSIFICATIONS), ["Yes"], ["No", NO_ANSWER]),
        {5: "a.jpg", 7: "A/b.fits", 9: "a.png"},
    )
    assert lines(tally) == [("a", 0, 2), ("b", 2, 4)]
    assert tally.notes == (
        "votes of subjects that show one image were added up: 1 times, such as 'a'",
    )
    with pytest.raises(DataError, match=r"'\.\.' can't be an image's id"):
        named(tally.__class__(pd.DataFrame({"image_id": ["1"]}), {}), {1: ".."})


@pytest.mark.parametrize(
    ("name", "image_id"),
    [
        ("/far/away/10.jpg", "10"), ("C:\\pictures\\7.PNG", "7"), ("m31.fits.gz", "m31"),
        ("J0932+21.5", "J0932+21.5"), ("a.b.tiff", "a.b"), ("007", "007"),
    ],
)  # fmt: skip
def test_only_an_images_ending_goes(name: str, image_id: str) -> None:
    assert id_of(name) == image_id


answers = st.lists(st.sampled_from(["Yes", "No", "Star", NO_ANSWER]), min_size=1, max_size=3)
given_votes = st.lists(st.tuples(st.integers(1, 4), answers.map(lambda a: tuple(dict.fromkeys(a)))))


@given(given_votes)
def test_counts_are_those_of_a_plain_loop(given: Given) -> None:
    votes = votes_of([(1, ("Yes",)), *given])
    total, yes, left = Counter({1: 1}), Counter({1: 1}), 0
    for subject, said in given:
        if set(said) & {"Yes", "No", "Star"}:
            total[subject] += 1
            yes[subject] += "Yes" in said
        else:
            left += 1
    tally = yes_or_no(votes, ["Yes"])
    assert lines(tally) == [(str(n), yes[n], total[n]) for n in sorted(total)]
    assert sum(tally.left_out.values()) == left
    assert by_answer(votes).table["total_votes"].sum() == len(given) + 1


# With a real export


def real(mirror: Path) -> Path:
    path = mirror / "zooniverse" / "andromeda-test-classifications.csv"
    if not path.is_file():
        pytest.skip("the mirror holds no classification export")
    return path


@pytest.mark.mirror
def test_all_votes_of_a_real_export_are_those_counted_by_hand(mirror: Path) -> None:
    total, yes = Counter[str](), Counter[str]()
    with real(mirror).open(newline="") as file:
        for row in csv.DictReader(file):
            total[row["subject_ids"]] += 1
            marks = [
                mark["tool_label"]
                for annotation in json.loads(row["annotations"])
                if annotation["task"] == "T0"
                for mark in annotation["value"]
            ]
            yes[row["subject_ids"]] += "Cluster" in marks
    votes = read_export(real(mirror), Wanted(repeats="all"))
    others = [a for a in votes.table["answer"].cat.categories if a != "Cluster"]
    tally = yes_or_no(votes, ["Cluster"], others)
    assert tally.left_out == {}
    assert lines(tally) == [(n, yes[n], total[n]) for n in sorted(total)]
    assert (sum(total.values()), len(total)) == (63, 16)


@pytest.mark.mirror
def test_the_first_votes_of_a_real_export_leave_the_others_out(mirror: Path) -> None:
    first, again = set(), 0
    with real(mirror).open(newline="") as file:
        for row in csv.DictReader(file):
            again += (row["user_name"], row["subject_ids"]) in first
            first.add((row["user_name"], row["subject_ids"]))
    tally = by_answer(read_export(real(mirror)))
    assert tally.table["total_votes"].sum() == len(first)
    assert tally.left_out == {"repeated": again}


@pytest.mark.mirror
def test_the_subjects_of_a_real_export_have_names(mirror: Path) -> None:
    assert subject_names(real(mirror), "SUBIMG")[5026478] == "B15-F16_23"
    with pytest.raises(DataError, match="holds nothing in 'image'; known fields: 'NX', 'NY'"):
        subject_names(real(mirror), "image")

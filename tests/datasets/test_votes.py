import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from exports import FIRST_SUBJECT, user_columns, write_export
from hypothesis import given, settings
from hypothesis import strategies as st

from secondsight.datasets import votes
from secondsight.datasets.campaign import count_campaign
from secondsight.datasets.votes import (
    COLUMNS,
    NO_ANSWER,
    NOT_ASKED,
    Votes,
    Wanted,
    answers_of,
    count_votes,
    read_export,
)
from secondsight.errors import DataError


def row(number: int, **changed: Any) -> dict[str, Any]:
    """Return a row of an export: volunteer 1 says yes to subject 7, unless changed."""
    answer = changed.pop("answer", "Yes")
    subject = changed.pop("subject", 7)
    retired = changed.pop("retired", None)
    annotations = [{"task": "T0", "task_label": 'Is it "one"?', "value": answer}]
    return {
        "classification_id": number,
        "user_name": "volunteer-1",
        "user_id": 1,
        "user_ip": "ab12",
        "workflow_id": 3,
        "workflow_name": "Find, them",
        "workflow_version": "12.34",
        "created_at": "2025-06-07 12:00:00 UTC",
        "gold_standard": "",
        "expert": "",
        "metadata": json.dumps({"started_at": "2025-06-07T11:59:00.000Z"}),
        "annotations": json.dumps(annotations),
        "subject_data": json.dumps({str(subject): {"retired": retired, "name": "a\nb"}}),
        "subject_ids": subject,
        **changed,
    }


def export(path: Path, rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> Path:
    """Write rows as an export."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def counted(found: Votes) -> dict[int, dict[str, int]]:
    """Return counts per subject, without zeros and the total."""
    counts = count_votes(found).drop(columns="votes")
    return {
        int(subject): {name: int(count) for name, count in line.items() if count}
        for subject, line in counts.iterrows()
    }


# -------------------------------------------------------------------------------- reading


def test_votes_are_read_and_counted(path: Path) -> None:
    rows = [
        row(1),
        row(2, user_name="volunteer-2", answer="No"),
        row(3, user_name="volunteer-3"),
        row(4, subject=5),
    ]
    found = read_export(export(path, rows))
    assert found.left_out == {}
    assert counted(found) == {5: {"Yes": 1}, 7: {"No": 1, "Yes": 2}}
    assert found.table["classification_id"].tolist() == [1, 2, 3, 4]


def test_a_packed_export_is_read_as_well(path: Path) -> None:
    plain = export(path, [row(1), row(2, subject=5)])
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert counted(read_export(packed)) == counted(read_export(plain))


def test_a_byte_order_mark_and_any_order_of_columns_are_fine(path: Path) -> None:
    export(path, [row(1)], COLUMNS[::-1])
    path.write_bytes("\ufeff".encode() + path.read_bytes())
    assert counted(read_export(path)) == {7: {"Yes": 1}}


def test_of_repeated_votes_the_first_counts_wherever_it_stands(path: Path) -> None:
    rows = [row(9, answer="No"), row(4), row(5, answer="No"), row(6, subject=8)]
    found = read_export(export(path, rows))
    assert counted(found) == {7: {"Yes": 1}, 8: {"Yes": 1}}
    assert found.left_out == {"repeated": 2}
    everything = read_export(path, Wanted(repeats="all"))
    assert counted(everything)[7] == {"No": 2, "Yes": 1}


def test_volunteers_who_are_not_logged_in_are_told_apart(path: Path) -> None:
    rows = [
        row(1),
        row(2, user_name="not-logged-in-a", user_id=""),
        row(3, user_name="not-logged-in-a", user_id="", answer="No"),
        row(4, user_name="not-logged-in-b", user_id="", answer="No"),
    ]
    found = read_export(export(path, rows))
    assert counted(found) == {7: {"Yes": 2, "No": 1}}
    assert found.left_out == {"repeated": 1}
    known = read_export(path, Wanted(logged_in_only=True))
    assert counted(known) == {7: {"Yes": 1}}
    assert known.left_out == {"not logged in": 3}


def test_without_a_name_the_address_counts_and_without_one_each_row(path: Path) -> None:
    rows = [row(n, user_name="", user_ip=ip) for n, ip in ((1, "a"), (2, "a"), (3, ""), (4, ""))]
    found = read_export(export(path, rows))
    assert counted(found) == {7: {"Yes": 3}}


def test_several_workflows_need_a_choice(path: Path) -> None:
    rows = [row(1), row(2, workflow_id=4, subject=8)]
    with pytest.raises(DataError, match="such as 3 and 4: choose one, as in --workflow 3"):
        read_export(export(path, rows))
    found = read_export(path, Wanted(workflow=4))
    assert counted(found) == {8: {"Yes": 1}}
    assert found.left_out == {"of another workflow": 1}


@pytest.mark.parametrize(
    ("version", "subjects"), [(None, [1, 2, 3]), ("12", [1, 2]), ("12.34", [1])]
)
def test_versions_are_chosen(path: Path, version: str | None, subjects: list[int]) -> None:
    versions = {1: "12.34", 2: "12.9", 3: "13.1"}
    rows = [row(n, subject=n, workflow_version=text) for n, text in versions.items()]
    found = read_export(export(path, rows), Wanted(version=version))
    assert list(counted(found)) == subjects


def test_a_workflow_or_version_that_is_not_there_lists_those_that_are(path: Path) -> None:
    export(path, [row(1), row(2, workflow_id=4)])
    with pytest.raises(DataError, match=r"has no workflow 9; known: 3, 4$"):
        read_export(path, Wanted(workflow=9))
    with pytest.raises(DataError, match=r"has no version 1; known: 12\.34$"):
        read_export(path, Wanted(workflow=3, version="1"))


def test_what_came_after_retirement_can_be_left_out(path: Path) -> None:
    retired = {
        "retired_at": "2025-06-07T12:00:30.000Z",
        "retirement_reason": "classification_count",
    }
    rows = [
        row(1, retired=retired),
        row(2, user_name="b", retired=retired, created_at="2025-06-07 12:00:31 UTC"),
        row(3, subject=8),
    ]
    assert counted(read_export(export(path, rows)))[7] == {"Yes": 2}
    found = read_export(path, Wanted(until_retirement=True))
    assert counted(found) == {7: {"Yes": 1}, 8: {"Yes": 1}}
    assert found.left_out == {"after retirement": 1}


@pytest.mark.parametrize(
    ("annotations", "answers"),
    [
        ([{"task": "T0", "value": None}], (NO_ANSWER,)),
        ([{"task": "T0", "value": []}], (NO_ANSWER,)),
        ([{"task": "T0", "value": ""}], (NO_ANSWER,)),
        ([], (NOT_ASKED,)),
        ([{"task": "T1", "value": "Yes"}], (NOT_ASKED,)),
        ([{"task": "T0", "value": 1}], ("1",)),
        ([{"task": "T0", "value": True}], ("true",)),
        ([{"task": "T0", "value": ["a", "b", "a"]}], ("a", "b")),
        ([{"task": "T0", "value": [{"tool": 0, "tool_label": "Cluster", "x": 1.5}]}], ("Cluster",)),
        ([{"task": "T0", "value": [{"choice": "LION", "answers": {}}]}], ("LION",)),
        ([{"task": "T0", "value": [{"x": 1}]}], ('{"x":1}',)),
        ([{"task": "T9", "value": [{"task": "T0", "value": "Yes"}]}], ("Yes",)),
    ],
)
def test_every_form_of_answer_is_understood(
    path: Path, annotations: list[Any], answers: tuple[str, ...]
) -> None:
    assert answers_of(annotations, "T0") == answers
    rows = [row(1, annotations=json.dumps(annotations)), row(2, subject=8)]
    found = read_export(export(path, rows))
    assert counted(found) == {7: dict.fromkeys(answers, 1), 8: {"Yes": 1}}


def test_a_task_that_no_classification_holds_lists_those_that_they_hold(path: Path) -> None:
    inner = [{"task": "T5", "value": [{"task": "T2", "value": "Yes"}]}]
    export(path, [row(1), row(2, annotations=json.dumps(inner)), row(3, annotations="[]")])
    with pytest.raises(DataError, match=r"has no task 'T9'; known: T0, T2, T5$"):
        read_export(path, Wanted(task="T9"))


def test_several_answers_of_one_volunteer_are_one_row_each(path: Path) -> None:
    rows = [row(1, answer=["a", "b"]), row(2, user_name="b", answer=["b"]), row(3, subject=8)]
    found = read_export(export(path, rows))
    assert counted(found) == {7: {"a": 1, "b": 2}, 8: {"Yes": 1}}
    assert found.table["classification_id"].tolist() == [1, 1, 2, 3]


# --------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"annotations": '[{"task": "T0", "val'}, "row 2: annotations holds broken JSON"),
        ({"annotations": ""}, "row 2: annotations holds broken JSON"),
        ({"annotations": "3"}, "row 2: annotations holds no list of annotations"),
        ({"annotations": '[{"value": "Yes"}]'}, "row 2: annotations holds no list of annotations"),
        ({"subject_ids": "7;8"}, "row 2: subject_ids holds several numbers: '7;8'"),
        ({"subject_ids": ""}, "row 2: subject_ids holds no number: ''"),
        ({"classification_id": "x"}, "row 2: classification_id holds no number: 'x'"),
        ({"subject_ids": "9" * 30}, f"row 2: subject_ids holds no number: '{'9' * 30}'"),
        ({"subject_ids": "x" * 5_000}, f"row 2: subject_ids holds no number: '{'x' * 60}'"),
        ({"workflow_id": ""}, "row 2: workflow_id holds no number: ''"),
    ],
)
def test_a_broken_row_is_named(path: Path, changed: dict[str, Any], said: str) -> None:
    rows = [row(1), {**row(2), **changed}, row(3)]
    with pytest.raises(DataError, match=said) as caught:
        read_export(export(path, rows))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subject_data": '{"7": '}, "row 2: subject_data holds broken JSON"),
        ({"subject_data": '{"7": {}}'}, "row 2: subject_data tells nothing of the subject's"),
        ({"created_at": "yesterday"}, "row 2: created_at holds no time: 'yesterday'"),
    ],
)
def test_a_row_that_tells_nothing_of_retirement_is_named(
    path: Path, changed: dict[str, Any], said: str
) -> None:
    export(path, [row(1), {**row(2), **changed}])
    read_export(path)
    with pytest.raises(DataError, match=said):
        read_export(path, Wanted(until_retirement=True))


def test_the_row_is_counted_through_blocks_and_what_was_left_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(votes, "BLOCK", 4_000)
    rows = [row(n, subject=n, workflow_id=3 + n % 2) for n in range(1, 101)]
    rows[79]["annotations"] = "["
    with pytest.raises(DataError, match="row 80: annotations"):
        read_export(export(path, rows), Wanted(workflow=3))


@pytest.mark.parametrize("column", votes.NEEDED)
def test_a_missing_column_is_named(path: Path, column: str) -> None:
    columns = tuple(name for name in COLUMNS if name != column)
    with pytest.raises(DataError, match=f"lacks the column '{column}'"):
        read_export(export(path, [row(1)], columns))


def test_a_missing_or_empty_file_is_named(path: Path) -> None:
    with pytest.raises(DataError, match=r"export\.csv is missing"):
        read_export(path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"export\.csv lacks the column 'classification_id'"):
        read_export(path)


def test_a_picture_is_no_export(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\n" * 9)
    with pytest.raises(DataError, match=r"export\.csv is no text: a classif"):
        read_export(path)


def test_no_rows_are_no_votes(path: Path) -> None:
    found = read_export(export(path, []))
    assert len(found.table) == 0
    assert counted(found) == {}


@pytest.mark.parametrize("cut", [20, 250])
def test_an_export_that_is_cut_off_is_refused(path: Path, cut: int) -> None:
    content = export(path, [row(n, subject=n) for n in range(1, 50)]).read_bytes()
    path.write_bytes(content[:-cut])
    with pytest.raises(DataError, match=r"export\.csv, row 49"):
        read_export(path)


def test_a_row_of_too_few_fields_is_named(path: Path) -> None:
    lines = export(path, [row(n, subject=n) for n in range(1, 50)]).read_text().splitlines()
    lines[30] = "30,volunteer-1"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"export\.csv, row 30 has 2 fields and not 14"):
        read_export(path)


def test_a_packed_export_that_is_cut_off_is_refused(path: Path) -> None:
    content = gzip.compress(export(path, [row(n) for n in range(500)]).read_bytes())
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="is no whole classification export"):
        read_export(packed)


# ------------------------------------------------------------------------------ the campaign

ballots = st.lists(st.lists(st.booleans(), min_size=1, max_size=8), min_size=1, max_size=12)


def made_votes(ballot: list[list[bool]]) -> pd.DataFrame:
    """Return votes: one list a subject, its volunteers counted from the subject's number."""
    return pd.DataFrame(
        {
            "subject": np.repeat(np.arange(len(ballot), dtype=np.int32), [len(b) for b in ballot]),
            "volunteer": np.array(
                [s + n for s, b in enumerate(ballot) for n in range(len(b))], np.int16
            ),
            "vote": np.array([vote for b in ballot for vote in b], bool),
        }
    )


@given(ballots, st.sampled_from([".csv", ".csv.gz"]))
def test_a_campaign_comes_back_from_zooniverses_form(
    tmp_path_factory: pytest.TempPathFactory, ballot: list[list[bool]], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("export") / f"export{suffix}"
    given_votes = made_votes(ballot)
    write_export(given_votes, [f"image-{n}" for n in range(len(ballot))], path)
    found = read_export(path)
    assert found.left_out == {}
    table = found.table
    names = user_columns(40)
    volunteer = {text.split(",")[0]: number for number, text in enumerate(names)}
    back = pd.DataFrame(
        {
            "subject": (table["subject_id"] - FIRST_SUBJECT).astype(np.int32),
            "volunteer": table["user"].astype(str).map(volunteer).astype(np.int16),
            "vote": table["answer"] == "Yes",
        }
    ).sort_values("subject", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(back, given_votes)
    counts = count_campaign(given_votes)
    assert counts["yes"].tolist() == [sum(b) for b in ballot]
    if "Yes" in count_votes(found):
        assert count_votes(found)["Yes"].tolist() == counts["yes"].tolist()
    assert count_votes(found)["votes"].tolist() == counts["votes"].tolist()


def test_an_export_reads_as_one_with_the_standard_library(path: Path) -> None:
    write_export(made_votes([[True, False], [False]]), ["one", "two"], path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == 3
    assert [one["subject_ids"] for one in rows] == ["100000000", "100000001", "100000000"]
    for one in rows:
        for column in ("metadata", "annotations", "subject_data"):
            json.loads(one[column])
    assert json.loads(rows[1]["subject_data"])["100000001"]["image_id"] == "two"
    assert json.loads(rows[0]["annotations"])[0]["value"] == "Yes"
    assert rows[0]["created_at"] == "2025-06-07 12:00:00 UTC"


def test_some_volunteers_are_not_logged_in() -> None:
    columns = user_columns(20)
    assert columns[9].startswith("not-logged-in-")
    assert columns[9].split(",")[1] == ""
    assert len({line.split(",")[0] for line in columns}) == 20


# -------------------------------------------------------------------------------- counting

table_rows = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from("uvwxyz"),
        st.sampled_from(["Yes", "No", None, [], ["Yes", "No"]]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40)
@given(table_rows)
def test_counting_is_what_a_plain_groupby_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("export") / "export.csv"
    export(path, [row(n, subject=s, user_name=u, answer=a) for n, (s, u, a) in enumerate(rows)])
    plain = pd.DataFrame(rows, columns=["subject", "user", "answer"])
    plain = plain.drop_duplicates(["subject", "user"])
    plain["answer"] = [
        a if isinstance(a, list) and a else [a if isinstance(a, str) else NO_ANSWER]
        for a in plain["answer"]
    ]
    expected = plain.explode("answer").groupby(["subject", "answer"]).size()
    found = counted(read_export(path))
    assert found == {
        subject: counts.droplevel(0).to_dict() for subject, counts in expected.groupby("subject")
    }


@pytest.mark.mirror
def test_a_real_export_is_read(mirror: Path) -> None:
    path = mirror / "zooniverse" / "andromeda-test-classifications.csv"
    found = read_export(path)
    ids = pd.read_csv(path)
    once = ids.drop_duplicates(["user_name", "subject_ids"])
    assert found.left_out == {"repeated": len(ids) - len(once)}
    assert found.table["classification_id"].nunique() == len(once)
    assert found.table["user"].astype(str).str.startswith("not-logged-in").any()
    assert {"Cluster", "Background Galaxy", NO_ANSWER} <= set(found.table["answer"])
    newer = read_export(path, Wanted(version="57"))
    assert newer.left_out["of another version"] == int((ids["workflow_version"] < 57).sum())
    with pytest.raises(DataError, match="has no task 'T99'; known: T0, T1"):
        read_export(path, Wanted(task="T99"))
    read_export(path, Wanted(until_retirement=True))

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from files_of_runs import line, save
from secondsight import paths
from secondsight.datasets.aion_search import (
    ANSWERS,
    QUESTIONS,
    find_pictures,
    find_runs,
    read_runs,
    slug,
)
from secondsight.errors import DataError


@pytest.fixture
def nothing_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No outside file is on this machine."""
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "DOWNLOADS", tmp_path / "downloads")


def test_files_become_answers_and_votes(tmp_path: Path) -> None:
    one = save(tmp_path, "1", [line("m31"), line("m87", shape="smooth")])
    two = save(tmp_path, "2", [line("m87"), line("m31")])
    runs = read_runs(one, two)
    assert list(runs.answers.columns) == [*ANSWERS, *QUESTIONS.values(), "text"]
    assert runs.answers["configuration"].tolist() == ["sky-2-high"] * 4
    assert runs.answers["repeat"].tolist() == [0, 0, 1, 1]
    assert runs.answers["galaxy"].tolist() == ["m31", "m87", "m87", "m31"]
    assert runs.answers["smooth-or-featured"].tolist()[:2] == ["featured-or-disk", "smooth"]
    assert runs.answers["disk-edge-on"].tolist()[:2] == ["yes", ""]
    assert runs.answers["text"][0] == "A galaxy: m31 🔭"
    assert runs.votes["question"].tolist() == ["smooth-or-featured", "disk-edge-on"] * 2
    assert runs.votes["votes"].tolist() == [30, 20] * 2
    assert runs.empty == 0


def test_a_code_off_the_tree_is_left_out(tmp_path: Path) -> None:
    odd = line("m31")
    odd["judge_results"]["judge_decision_tree"] |= {
        "edge_on": "not-mentioned", "has_spiral_arms": "has-spiral-arms-yes", "bar": "no",
        "spiral_winding": "tight", "roundness": "round", "merging": "none",
    }  # fmt: skip
    [row] = read_runs(save(tmp_path, "1", [odd])).answers.to_dict("records")
    reached = {question: row[question] for question in QUESTIONS.values() if row[question]}
    assert reached == {
        "smooth-or-featured": "featured-or-disk", "disk-edge-on": "not-mentioned",
        "merging": "none",
    }  # fmt: skip


def test_an_empty_file_is_counted_and_is_no_repeat(tmp_path: Path) -> None:
    files = [save(tmp_path, "1", []), save(tmp_path, "2", [line("m31")])]
    runs = read_runs(*files)
    assert (runs.empty, runs.answers["repeat"].tolist()) == (1, [0])


def test_repeats_are_counted_in_each_configuration(tmp_path: Path) -> None:
    names = ["Sky", "Sea", "Sky"]
    files = [save(tmp_path, str(n), [line("m31", name=name)]) for n, name in enumerate(names)]
    table = read_runs(*files).answers
    assert list(zip(table["configuration"], table["repeat"], strict=True)) == [
        ("sky", 0), ("sea", 0), ("sky", 1),
    ]  # fmt: skip


def changed(**change: Any) -> Callable[[], Any]:
    return lambda: [line("m31"), {**line("m87"), **change}]


def without(name: str) -> Callable[[], Any]:
    return lambda: [{key: value for key, value in line("m31").items() if key != name}]


def step(**change: Any) -> list[dict[str, Any]]:
    return [{**line("m31")["decision_tree"][0], **change}]


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "no text": (without("result"), "line 1: result: field required"),
    "no judge": (without("judge_results"), "line 1: judge_results: field required"),
    "text of null": (changed(result=None), "line 2: result: "),
    "an empty id": (changed(object_id=""), "line 2: object_id: "),
    "a negative price": (changed(cost=-1), "line 2: cost: "),
    "a price of NaN": (changed(cost=float("nan")), "line 2: cost: "),
    "a vote of 3.5": (changed(decision_tree=step(votes=3.5)), "line 2: decision_tree.0.votes: "),
    "a share above 1": (changed(decision_tree=step(agreement=1.1)), "line 2: decision_tree.0.agre"),
    "another question": (changed(decision_tree=step(question="age")), "no question 'age'"),
    "another tree": (
        changed(judge_results={"judge_decision_tree": {"age": "old"}}),
        "the judge's questions are not those of the tree",
    ),
    "a galaxy twice": (lambda: [line("m31"), line("m31")], "holds m31 twice"),
    "two models": (
        lambda: [line("m31"), line("m87", name="Sea")], "holds more than one configuration",
    ),
    "a list": (lambda: [[1, 2]], "line 1: value: "),
    "no line": (list, "hold no answer"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_of_the_form_is_one_line(tmp_path: Path, kind: str) -> None:
    rows, said = BAD[kind]
    file = save(tmp_path, "1", rows())
    with pytest.raises(DataError) as caught:
        read_runs(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"<html>", b"{", b"\xff\xfe", b"null", b"\n"])
def test_no_json_is_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "1.jsonl"
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"1\.jsonl, line 1: "):
        read_runs(file)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no\.jsonl is missing$"):
        read_runs(tmp_path / "no.jsonl")


def test_votes_that_differ_between_files_are_one_line(tmp_path: Path) -> None:
    other = {**line("m31"), "decision_tree": step(votes=29)}
    files = [save(tmp_path, "1", [line("m31")]), save(tmp_path, "2", [other])]
    with pytest.raises(DataError, match=r"2\.jsonl gives m31 other votes than before$"):
        read_runs(*files)


def test_a_configuration_has_a_plain_name() -> None:
    assert slug("Gemini 2.5 Flash (05-20), No Thinking") == "gemini-2.5-flash-05-20-no-thinking"


@pytest.mark.usefixtures("nothing_here")
def test_without_the_files_there_are_no_texts_and_no_pictures() -> None:
    assert find_runs() is None
    assert find_pictures(["0453p005-1800"]) == []


@pytest.mark.mirror
def test_the_released_files_hold_2686_answers_and_64_pictures(mirror: Path) -> None:
    runs = find_runs()
    assert runs is not None
    assert (len(runs.answers), runs.answers["galaxy"].nunique(), len(runs.votes)) == (
        2_686,
        64,
        279,
    )
    pictures = find_pictures(runs.votes["galaxy"].unique())
    assert {picture.shape for picture in pictures} == {(160, 160, 3)}
    assert len(pictures) == 64


@pytest.mark.mirror
def test_the_released_empty_file_is_read_as_empty(mirror: Path) -> None:
    folder = mirror / "aion_search" / "runs"
    runs = read_runs(*sorted(folder.glob("*.jsonl")))
    assert (runs.empty, len(runs.answers)) == (1, 2_686)

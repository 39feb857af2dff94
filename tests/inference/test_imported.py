import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest

from secondsight.datasets.sources import source
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.errors import DataError
from secondsight.inference.imported import (
    ASTROSIGHT,
    FORM,
    From,
    check_form,
    import_aion_search,
    import_answers,
    import_astrosight,
    parse_imported,
    read_astrosight,
)
from secondsight.inference.recording import read_rows, read_sidecar, sidecar_path, verify
from secondsight.metrics.confusion import confusion_from_answers
from secondsight.metrics.scores import accuracy

WHOSE = From("A test", "galaxy-zoo-2", "sky-1", "made by hand", "CC0")

ROWS = [
    ("/far/away/10.jpg", "A", "A", "A:round elliptical"),
    ("/far/away/11.jpg", "E", "B", "Based on the image, the best choice is 'F: Unbarred spirals'."),
    ("/far/away/12.jpg", "H", "B", "I'm sorry, I can't tell"),
    ("/far/away/007.jpg", "G", "G", 'G:"Irregular" 🔭'),
]


def released(rows: list[tuple[Any, ...]] = ROWS) -> dict[str, Any]:
    """Return answers in the form of AstroSight's files."""
    names = ("image_path", "true_label", "predicted_label", "raw_response")
    return {
        "metrics": {},
        "detailed_results": [dict(zip(names, row, strict=True)) for row in rows],
    }


def save(folder: Path, content: Any) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps(content))
    return path


def test_the_files_become_the_form(tmp_path: Path) -> None:
    answers = read_astrosight(save(tmp_path, released()))
    assert tuple(answers.columns) == FORM
    assert answers["image_id"].tolist() == ["10", "11", "12", "007"]
    assert answers["text"].tolist() == [row[3] for row in ROWS]
    assert answers["label"].tolist() == ["A", "E", "H", "G"]
    assert answers["parsed"].tolist() == ["A", "B", "B", "G"]


def test_our_parse_stands_beside_theirs(tmp_path: Path) -> None:
    answers = parse_imported(read_astrosight(save(tmp_path, released())), GALAXY_ZOO_2)
    assert answers["answer"].fillna("-").tolist() == ["A", "F", "-", "G"]
    assert answers["outcome"].tolist() == ["answered", "answered", "refused", "answered"]
    assert answers["parsed"].tolist() == ["A", "B", "B", "G"]


def test_an_import_is_a_recording(tmp_path: Path) -> None:
    answers = read_astrosight(save(tmp_path, released()))
    path = tmp_path / "x.parquet"
    sidecar = import_answers(answers, WHOSE, path)
    assert verify(path) == []
    assert (sidecar.rows, sidecar.models) == (4, ["sky-1"])
    assert (sidecar.origin, sidecar.lookup) == ("recorded elsewhere", "image_id")
    assert read_sidecar(path).first_recorded is None
    kept = read_rows(path).to_pandas().set_index("image_id").loc[answers["image_id"]]
    assert kept["response"].tolist() == answers["text"].tolist()
    assert kept["label"].tolist() == answers["label"].tolist()
    assert kept["parsed_elsewhere"].tolist() == answers["parsed"].tolist()


def test_an_import_run_twice_is_the_same_to_the_byte(tmp_path: Path) -> None:
    answers = read_astrosight(save(tmp_path, released()))
    one, two = tmp_path / "1.parquet", tmp_path / "2.parquet"
    import_answers(answers, WHOSE, one)
    import_answers(answers.iloc[::-1], WHOSE, two)
    assert one.read_bytes() == two.read_bytes()
    assert sidecar_path(one).read_bytes() == sidecar_path(two).read_bytes()


def test_answers_without_labels_can_be_imported(tmp_path: Path) -> None:
    answers = check_form(pd.DataFrame({"image_id": ["1"], "text": [""]}), "mine")
    import_answers(answers, WHOSE, tmp_path / "x.parquet")
    (row,) = read_rows(tmp_path / "x.parquet").to_pylist()
    assert row["label"] is None
    assert row["response"] == ""


def without(name: str) -> Callable[[dict[str, Any]], Any]:
    def change(content: dict[str, Any]) -> dict[str, Any]:
        del content["detailed_results"][2][name]
        return content

    return change


def with_row(*row: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda content: released([*ROWS, row])


BAD: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no path": (without("image_path"), "not of AstroSight's form: 'image_path'"),
    "no text": (without("raw_response"), "not of AstroSight's form: 'raw_response'"),
    "no label": (without("true_label"), "not of AstroSight's form: 'true_label'"),
    "no parse": (without("predicted_label"), "not of AstroSight's form: 'predicted_label'"),
    "no results": (lambda content: {}, "not of AstroSight's form: 'detailed_results'"),
    "a list": (lambda content: [content], "not of AstroSight's form"),
    "null": (lambda content: None, "not of AstroSight's form"),
    "a path of null": (with_row(None, "A", "A", "A"), "not of AstroSight's form"),
    "an empty id": (with_row("", "A", "A", "A"), "'image_id' is empty in row 4"),
    "an id twice": (with_row("/near/10.png", "A", "A", "A"), "holds the image_id '10' twice"),
    "a text of null": (with_row("/9.jpg", "A", "A", None), "'text' is empty in row 4"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_of_the_form_is_one_line(tmp_path: Path, kind: str) -> None:
    change, said = BAD[kind]
    path = save(tmp_path, change(released()))
    with pytest.raises(DataError) as caught:
        read_astrosight(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_json_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    with pytest.raises(DataError, match="is missing"):
        read_astrosight(path)
    path.write_text("<html>")
    with pytest.raises(DataError, match="not of AstroSight's form"):
        read_astrosight(path)


@pytest.mark.parametrize("column", ["image_id", "text"])
def test_a_lacking_column_is_named(column: str) -> None:
    table = pd.DataFrame({"image_id": ["1"], "text": ["A"]}).drop(columns=column)
    with pytest.raises(DataError, match=f"mine has no column '{column}'"):
        check_form(table, "mine")


def test_an_unknown_model_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no model 'sky-1'; known: gpt-4o-mini, qwen-vl"):
        import_astrosight("sky-1", tmp_path)


def test_repeats_of_an_image_are_rows_of_their_own(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"image_id": ["1", "1"], "repeat": [0, 1], "text": ["a", "b"], "label": "x", "parsed": "y"}
    )
    import_answers(table, WHOSE, tmp_path / "x.parquet")
    rows = read_rows(tmp_path / "x.parquet").to_pandas().sort_values("repeat")
    assert rows["repeat"].tolist() == [0, 1]
    assert rows["response"].tolist() == ["a", "b"]
    assert rows["key"].nunique() == 2


# With the released files

RELEASED = {
    # model: right of 11,088 by their parse, answered by ours, where both agree, right by ours
    "gpt-4o-mini": (4011, 11054, 10322, 4117),
    "qwen-vl": (3690, 11088, 11088, 3690),
}


def released_file(mirror: Path, model: str) -> Path:
    return mirror / source(ASTROSIGHT[model]).path


@pytest.mark.mirror
@pytest.mark.parametrize("model", RELEASED)
def test_the_released_files_import_alike_twice(mirror: Path, model: str, tmp_path: Path) -> None:
    one, two = (import_astrosight(model, tmp_path / number) for number in "12")
    assert verify(one) == []
    assert one.read_bytes() == two.read_bytes()
    assert sidecar_path(one).read_bytes() == sidecar_path(two).read_bytes()
    assert read_sidecar(one).rows == 11_088
    assert read_sidecar(one).models == [model]


@pytest.mark.mirror
@pytest.mark.parametrize("model", RELEASED)
def test_nothing_of_the_released_texts_is_changed(mirror: Path, model: str, tmp_path: Path) -> None:
    results = orjson.loads(released_file(mirror, model).read_bytes())["detailed_results"]
    theirs = {Path(row["image_path"]).stem: row["raw_response"] for row in results}
    ours = read_rows(import_astrosight(model, tmp_path))
    assert (
        dict(zip(*(ours[c].to_pylist() for c in ("image_id", "response")), strict=True)) == theirs
    )


@pytest.mark.mirror
@pytest.mark.parametrize("model", RELEASED)
def test_our_parse_against_theirs(mirror: Path, model: str) -> None:
    answers = parse_imported(read_astrosight(released_file(mirror, model)), GALAXY_ZOO_2)
    _, answered, agree, right = RELEASED[model]
    assert (answers["outcome"] == "answered").sum() == answered
    assert (answers["answer"] == answers["parsed"]).sum() == agree
    assert (answers["answer"] == answers["label"]).sum() == right


@pytest.mark.mirror
@pytest.mark.parametrize("model", RELEASED)
def test_where_the_parses_differ_theirs_took_a_letter_of_another_word(
    mirror: Path, model: str
) -> None:
    answers = parse_imported(read_astrosight(released_file(mirror, model)), GALAXY_ZOO_2)
    differ = answers[answers["answer"].notna() & (answers["answer"] != answers["parsed"])]
    assert differ["text"].str.startswith("Based on").all()
    assert set(differ["parsed"]) <= {"B"}


@pytest.mark.mirror
@pytest.mark.parametrize(("model", "per_cent"), [("gpt-4o-mini", 36.17), ("qwen-vl", 33.28)])
def test_the_released_accuracies_come_out(
    mirror: Path, model: str, per_cent: float, tmp_path: Path
) -> None:
    content = json.loads(released_file(mirror, model).read_text())
    plain = pd.DataFrame(content["detailed_results"])
    right = plain["true_label"] == plain["predicted_label"]
    assert round(100 * right.mean(), 2) == per_cent == content["metrics"]["overall"]["accuracy"]
    assert right.sum() == RELEASED[model][0]

    ours = read_rows(import_astrosight(model, tmp_path)).to_pandas()
    counts = confusion_from_answers(ours["label"], ours["parsed_elsewhere"], GALAXY_ZOO_2.codes)
    assert accuracy(counts).value == right.mean()


@pytest.mark.mirror
def test_all_descriptions_of_the_16_configurations_come_in_verbatim(
    mirror: Path, tmp_path: Path
) -> None:
    paths = import_aion_search(tmp_path)
    rows = [row for path in paths for row in read_rows(path).to_pylist()]
    files = sorted((mirror / "aion_search" / "runs").glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert (len(paths), len(rows)) == (16, 2_686)
    assert sorted(row["response"] for row in rows) == sorted(line["result"] for line in lines)
    assert {row["image_id"] for row in rows} == {line["object_id"] for line in lines}
    assert all(verify(path) == [] for path in paths)
    [label] = {row["label"] for row in rows if row["image_id"] == "0453p005-1800"}
    assert label == "smooth-or-featured: smooth; how-rounded: in-between; merging: none"


def many(n: int = 400) -> pd.DataFrame:
    """Answers of a model that is right for every second image."""
    label = pd.Series(list("AABC") * (n // 4))
    answer = label.where(label.index % 2 == 0, "D")
    ids = pd.Series(range(n)).astype(str)
    return pd.DataFrame({"image_id": ids, "text": answer, "label": label, "parsed": answer})


def test_answers_that_belong_to_other_images_are_said_to(tmp_path: Path) -> None:
    shuffled = many().assign(parsed=many()["parsed"].sample(frac=1, random_state=0).to_numpy())
    about = [
        import_answers(check_form(table, "mine"), WHOSE, tmp_path / "x.parquet").about
        for table in (many(), shuffled, shuffled.assign(label=None))
    ]
    assert ["In doubt" in text for text in about] == [False, True, False]
    assert about[1].endswith(
        "In doubt: the answers are unrelated to the labels, as answers to other images would be."
    )

import csv
import io
import json
import math
import struct
import zipfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.errors import DataError, ParameterError
from secondsight.inference.answer_files import MAPPED, at, read_answers, read_map
from secondsight.inference.imported import check_form
from secondsight.inference.inspect_logs import read_eval, read_log

FIELDS = {"image_id": "file", "text": "reply.content", "label": "true", "parsed": "reply.code"}
ROWS = [
    {"file": "/far/10.jpg", "true": 1.0, "reply": {"content": "It's 1.", "code": 1}},
    {"file": "J0932+21.5", "true": None, "reply": {"content": "", "code": math.nan}},
    {"file": "007", "true": "C", "reply": {"content": [{"type": "text", "text": "no"}]}},
]
READ = [("10", "It's 1.", "1", "1"), ("J0932+21.5", "", None, None), ("007", "no", "C", None)]


def lines(table: pd.DataFrame) -> list[tuple[str | None, ...]]:
    return [
        tuple(None if pd.isna(each) else str(each) for each in row)
        for row in table.itertuples(index=False)
    ]


def save(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


# -------------------------------------------------------------------------------- the map

names = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n'), min_size=1, max_size=9)
places = names.filter(lambda name: name == name.strip() and not name.startswith("="))


@given(st.dictionaries(st.sampled_from(MAPPED), places, min_size=1))
def test_a_map_is_read_as_it_was_written(fields: dict[str, str]) -> None:
    quoted = [f'"{column}={place}"' for column, place in fields.items()]
    assert read_map([",".join(quoted)]) == fields
    assert read_map(quoted) == fields


@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_map_is_read_or_refused(texts: list[str]) -> None:
    with suppress(ParameterError):
        assert read_map(texts).keys() <= set(MAPPED)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("image_id", "takes COLUMN=PLACE, not 'image_id'"),
        ("image_id=", "takes COLUMN=PLACE"),
        ("id=x", "knows no 'id'; known: image_id, text, label, parsed, repeat"),
        ("text=a,text=b", "gives text twice"),
    ],
)
def test_a_bad_map_says_why(text: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        read_map([text])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values, st.text("ab.0", max_size=8))
def test_any_place_of_anything_can_be_looked_up(value: Any, place: str) -> None:
    at(value, place)


def test_a_dot_leads_inside_and_a_number_counts() -> None:
    value = {"a": {"b": [{"c": 1}, {"c": 2}]}, "x.y": 3}
    assert [at(value, place) for place in ("a.b.1.c", "x.y", "a.b.7.c", "a.c", "z")] == [
        2, 3, None, None, None,
    ]  # fmt: skip


# -------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(ROWS)),
        ("a.json", json.dumps({"metrics": {"n": [1]}, "detailed": ROWS})),
        ("a.jsonl", "\n".join(map(json.dumps, ROWS)) + "\n\n"),
        ("a.json", "\ufeff" + json.dumps(ROWS)),
    ],
)
def test_json_in_its_forms_is_read(tmp_path: Path, name: str, text: str) -> None:
    assert lines(read_answers(save(tmp_path, name, text), FIELDS)) == READ


def test_one_of_several_lists_is_named(tmp_path: Path) -> None:
    path = save(tmp_path, "a.json", json.dumps({"runs": {"first": ROWS}, "a": ROWS, "b": ROWS}))
    assert lines(read_answers(path, FIELDS, "runs.first")) == READ
    with pytest.raises(DataError, match="several lists of answers: say with --under where"):
        read_answers(path, FIELDS)
    with pytest.raises(DataError, match=r"holds no list of answers at 'runs\.second'"):
        read_answers(path, FIELDS, "runs.second")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_table_is_read_whatever_separates_its_columns(tmp_path: Path, separator: str) -> None:
    file = io.StringIO()
    rows = [["id", "raw, text", "true"], ["01", 'A; "no", B|C\nor\tD', ""], ["2.png", "", "A"]]
    csv.writer(file, delimiter=separator).writerows(rows)
    path = save(tmp_path, "a.csv", file.getvalue(), "utf-8-sig")
    table = read_answers(path, {"image_id": "id", "text": "raw, text", "label": "true"})
    assert lines(table) == [("01", 'A; "no", B|C\nor\tD', None), ("2", "", "A")]


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=12)
ids = st.integers(0, 10**9).map(str)


@given(st.lists(st.tuples(ids, cells), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str
) -> None:
    folder = tmp_path_factory.mktemp("written")
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([("image_id", "text"), *rows])
    fields = {"image_id": "image_id", "text": "text"}
    table = read_answers(save(folder, "a.csv", file.getvalue()), fields)
    objects = [{"image_id": image_id, "text": text} for image_id, text in rows]
    same = read_answers(save(folder, "a.json", json.dumps(objects)), fields)
    assert lines(table) == lines(same) == rows


ANY = {"image_id": "image_id", "text": "text"}


@given(st.binary(max_size=60), st.sampled_from(["a.json", "a.jsonl", "a.csv", "a.eval"]))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    read = read_eval if name == "a.eval" else partial(read_answers, fields=ANY)
    with pytest.raises(DataError):
        read(path)


BAD = {
    "nothing": ("a.json", "", "is no JSON"),
    "an empty list": ("a.json", "[]", "holds no answers"),
    "cut off": ("a.json", '[{"file": "1"', "is no JSON"),
    "no list": ("a.json", '{"a": 1}', "no list of answers: say with --under where; known: a"),
    "a number": ("a.json", "7", "holds no list of answers"),
    "a text in the list": ("a.json", '[{"file": "1", "reply": {}}, "x"]', "row 1 is no object"),
    "no place": ("a.json", '[{"file": "1", "x": {"y": 1}}]', r"in 'reply.content' \(text\)"),
    "a bad line": ("a.jsonl", '{"file": 1}\n{', "line 2, is no JSON"),
    "an empty table": ("a.csv", "", "holds no answers"),
    "a header alone": ("a.csv", "file,reply.content\n", "holds no answers"),
    "a short row": ("a.csv", "file,reply.content\n1,a\n2\n", "row 2 has not as many fields"),
    "a long row": ("a.csv", "file,reply.content\n1,a,b\n", "row 1 has not as many fields"),
    "an open quote": ("a.csv", 'file,reply.content\n1,"a\n', "is no table"),
    "other columns": ("a.csv", "x,y\n1,a\n", "nothing in 'file'"),
    "nested deeply": ("a.json", "[" * 100_000, "is no JSON"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_file_of_answers_is_one_line(tmp_path: Path, kind: str) -> None:
    name, text, said = BAD[kind]
    with pytest.raises(DataError, match=said) as caught:
        read_answers(save(tmp_path, name, text), {"image_id": "file", "text": "reply.content"})
    assert "\n" not in str(caught.value)


def test_other_files_are_one_line(tmp_path: Path) -> None:
    fields = {"image_id": "a", "text": "b"}
    with pytest.raises(DataError, match="is missing"):
        read_answers(tmp_path / "a.json", fields)
    with pytest.raises(DataError, match="is no text in UTF-8"):
        read_answers(save(tmp_path, "a.csv", "a,b\n1,é\n", "latin-1"), fields)
    with pytest.raises(ParameterError, match=r"say where the answers stand in .*: --map text=…"):
        read_answers(tmp_path / "a.json", {"image_id": "a"})


def test_the_form_takes_repeats_and_refuses_what_stands_twice() -> None:
    table = pd.DataFrame({"image_id": ["1", "1"], "text": ["a", "b"], "repeat": ["0", "1"]})
    assert check_form(table, "mine")["repeat"].tolist() == [0, 1]
    with pytest.raises(DataError, match=r"holds the image_id '1' twice; .* repeat=…"):
        check_form(table.drop(columns="repeat"), "mine")
    with pytest.raises(DataError, match=r"holds the image_id '1' twice$"):
        check_form(table.assign(repeat="0"), "mine")
    with pytest.raises(DataError, match="'repeat' is no whole number in row 1"):
        check_form(table.assign(repeat=["0", "x"]), "mine")


# -------------------------------------------------------------------------------- inspect's logs


def sample(number: int, epoch: int, content: Any, **more: Any) -> dict[str, Any]:
    choices = [] if content is None else [{"message": {"role": "assistant", "content": content}}]
    about = {"input": "What is it?", "target": "A", "output": {"choices": choices}}
    return {"id": f"g{number}.png", "epoch": epoch, **about, **more}


LOG = {
    "version": 2,
    "status": "success",
    "eval": {"model": "org/sky", "dataset": {"name": "mine", "sample_ids": ["g0.png", "g1.png"]}},
    "samples": [
        sample(1, 2, "attachment://ab12", attachments={"ab12": "a long B"}),
        sample(1, 1, [{"type": "text", "text": "B"}], scores={"choice": {"answer": "B"}}),
        sample(0, 1, "A", target=["A"], scores={"choice": {"value": "C", "answer": "A"}}),
        sample(0, 2, None, error={"message": "it broke"}),
    ],
}  # fmt: skip
ANSWERS = [
    ("g0", "A", "A", "A", "0"),
    ("g1", "B", "A", "B", "0"),
    ("g1", "a long B", "A", None, "1"),
]


def zipped(path: Path, log: dict[str, Any], kind: int) -> Path:
    """Pack a log as inspect does, by deflate or Zstandard, which zipfile does not write."""
    files = {"header.json": {k: v for k, v in log.items() if k != "samples"}} | {
        f"samples/{n}.json": each for n, each in enumerate(log["samples"])
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            text = json.dumps(content).encode()
            if kind == zipfile.ZIP_DEFLATED:
                packed.writestr(name, text)
                continue
            packed.writestr(zipfile.ZipInfo(name), pa.Codec("zstd").compress(text, asbytes=True))
    if kind != zipfile.ZIP_DEFLATED:  # mark each file as packed so, as nobody else can
        content = bytearray(path.read_bytes())
        for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            start = -1
            while (start := content.find(mark, start + 1)) >= 0:
                struct.pack_into("<H", content, start + place, kind)
        path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, 93])
def test_a_log_is_read_however_it_is_packed(tmp_path: Path, kind: int) -> None:
    content = read_eval(zipped(tmp_path / "a.eval", LOG, kind))
    log = read_log(content, {}, "a.eval")
    assert lines(log.table) == ANSWERS
    assert (log.model, log.dataset, log.unanswered) == ("org/sky", "mine", 1)
    assert lines(read_log(LOG, {}, "a.json").table) == ANSWERS


def test_a_log_says_what_it_lacks(tmp_path: Path) -> None:
    for content in (None, [], {}, {"eval": {}}, {"version": 2, "eval": {}}):
        with pytest.raises(DataError, match="is no log of inspect that holds samples"):
            read_log(content, {}, "a.json")
    empty = {**LOG, "samples": [sample(0, 1, None)]}
    with pytest.raises(DataError, match="is a log of inspect without an answer"):
        read_log(empty, {}, "a.json")
    path = zipped(tmp_path / "a.eval", LOG, 93)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="is no whole log of inspect"):
        read_eval(path)
    with pytest.raises(DataError, match="is missing"):
        read_eval(tmp_path / "none.eval")


def test_a_table_that_lacks_a_column_names_those_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,raw\n1,yes\n")
    with pytest.raises(DataError, match=r"nothing in 'text' \(text\); columns: id, raw$"):
        read_answers(path, {"image_id": "id", "text": "text"})

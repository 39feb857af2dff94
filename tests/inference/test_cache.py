import os
from pathlib import Path

import orjson
import pytest
from made import SIDECAR, image, request, rows

from secondsight.errors import MissingResponses, RecordingError
from secondsight.inference.cache import Cache, explain_miss
from secondsight.inference.cost import Quote
from secondsight.inference.journal import Journal, line_of
from secondsight.inference.recording import write_recording
from secondsight.inference.request import Request, Sampling, Template

ASKED = request(sampling=Sampling(temperature=0.0))


def keys(count: int, asked: Request = ASKED) -> list[bytes]:
    template = Template(asked)
    return [template.key(image(number), 0) for number in range(count)]


def publish(folder: Path, name: str, **said: object) -> None:
    write_recording(folder / name, rows(**said), SIDECAR)  # type: ignore[arg-type]


def record(folder: Path, name: str, answer: str, numbers: range, mtime: int = 0) -> None:
    path = folder / name
    with Journal(path) as journal:
        for row in rows(count=numbers.stop, answer=answer).to_pylist()[numbers.start :]:
            said = ("key", "image_id", "repeat", "request", "response")
            journal.append(line_of(**{name: row[name] for name in said}))
    if mtime:
        os.utime(path, (mtime, mtime))


def texts(folder: Path, count: int) -> list[str | None]:
    return [
        body and orjson.loads(body)["choices"][0]["message"]["content"]
        for body in Cache(folder).find(keys(count))["response"].to_pylist()
    ]


def test_an_empty_folder_holds_nothing(recordings: Path) -> None:
    found = Cache(recordings).find(keys(3))
    assert found["response"].null_count == found["recorded_at"].null_count == 3


def test_an_absent_folder_holds_nothing(tmp_path: Path) -> None:
    assert Cache(tmp_path / "absent").find(keys(2))["response"].null_count == 2


def test_no_keys_find_no_rows(recordings: Path) -> None:
    publish(recordings, "a.parquet")
    assert Cache(recordings).find([]).num_rows == 0


def test_responses_come_in_the_order_of_the_keys(recordings: Path) -> None:
    publish(recordings, "a.parquet", count=2, answer="1")
    publish(recordings, "b.parquet", count=2, start=2, answer="0")
    assert texts(recordings, 5) == ["1", "1", "0", "0", None]
    turned = Cache(recordings).find(keys(5)[::-1])["response"].to_pylist()
    assert turned == Cache(recordings).find(keys(5))["response"].to_pylist()[::-1]


def test_a_key_may_be_wanted_twice(recordings: Path) -> None:
    publish(recordings, "a.parquet", count=1)
    found = Cache(recordings).find(keys(1) * 3)["response"]
    assert (found.null_count, len(found)) == (0, 3)


def test_a_journal_counts_before_what_is_published(recordings: Path) -> None:
    publish(recordings, "a.parquet", count=3, answer="0")
    record(recordings, "a.jsonl", "1", range(1, 2))
    assert texts(recordings, 3) == ["0", "1", "0"]


def test_the_newest_journal_counts(recordings: Path) -> None:
    record(recordings, "a.jsonl", "new", range(2), mtime=2_000)
    record(recordings, "b.jsonl", "old", range(3), mtime=1_000)
    assert texts(recordings, 3) == ["new", "new", "old"]


def test_the_last_line_of_a_journal_counts(recordings: Path) -> None:
    record(recordings, "a.jsonl", "first", range(2))
    record(recordings, "a.jsonl", "last", range(1))
    assert texts(recordings, 2) == ["last", "first"]


def test_a_damaged_recording_is_an_error(recordings: Path) -> None:
    publish(recordings, "a.parquet")
    (recordings / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(RecordingError, match="damaged"):
        Cache(recordings).find(keys(1))


def miss(folder: Path, asked: Request) -> str:
    error = explain_miss(Cache(folder), Quote(asked.about(image(0)), 3, 9), 7, "do this")
    assert isinstance(error, MissingResponses)
    assert "\n" not in str(error)
    return str(error)


def test_a_miss_says_how_many_and_what_to_do(recordings: Path) -> None:
    said = miss(recordings, ASKED)
    assert said.startswith(f"3 of 7 responses are not recorded in {recordings}; ")
    assert "nothing at all is recorded there" in said
    assert "to record them: do this (3 requests, about " in said


OTHERS = {
    "sampling.temperature": ASKED.model_copy(update={"sampling": Sampling(temperature=0.5)}),
    "model": ASKED.model_copy(update={"model": "sky-2"}),
    "messages[0].content[0].text": request("Else?", sampling=Sampling(temperature=0.0)),
    "sampling.seed": ASKED.model_copy(update={"sampling": Sampling(temperature=0.0, seed=1)}),
    "response_format": ASKED.model_copy(update={"response_format": {"type": "json_object"}}),
}


@pytest.mark.parametrize("field", OTHERS)
def test_a_miss_names_the_field_that_differs(recordings: Path, field: str) -> None:
    publish(recordings, "a.parquet")
    said = miss(recordings, OTHERS[field])
    assert "the nearest recorded request stands in a.parquet and differs in " in said
    assert field in said.partition("differs in ")[2]
    assert "temperature" not in said or field == "sampling.temperature"


def test_the_nearest_of_several_recordings_is_named(recordings: Path) -> None:
    publish(recordings, "far.parquet", asked=request("Else?", "sky-9"))
    publish(recordings, "near.parquet", asked=OTHERS["sampling.temperature"])
    canonical = ASKED.about(image(1)).canonical()
    nearest = Cache(recordings).nearest(canonical)
    assert nearest == ("near.parquet", ["sampling.temperature"])


def test_a_journal_may_be_the_nearest(recordings: Path) -> None:
    record(recordings, "a.jsonl", "1", range(1))
    nearest = Cache(recordings).nearest(OTHERS["model"].about(image(0)).canonical())
    assert nearest == ("a.jsonl", ["model"])


def test_another_image_of_the_same_request_is_told_as_that(recordings: Path) -> None:
    publish(recordings, "a.parquet", count=1)
    error = explain_miss(Cache(recordings), Quote(ASKED.about(image(9)), 1, 9), 1, "do this")
    assert "a.parquet and differs in nothing but the image or the repeat;" in str(error)


def test_an_imported_recording_is_nobodys_neighbour(recordings: Path) -> None:
    imported = SIDECAR.model_copy(update={"lookup": "image_id"})
    write_recording(recordings / "a.parquet", rows(), imported)
    assert Cache(recordings).nearest(ASKED.canonical()) is None

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from secondsight.datasets import sources
from secondsight.datasets.astrosight import Printed, gives_printed, printed_counts, zoobot_list
from secondsight.errors import DataError, SourceError

NAMES = list(printed_counts())
GPT5 = printed_counts()["gpt-5"]


def test_ten_models_and_one_apart_are_printed() -> None:
    assert len(NAMES) == 11
    assert all(
        one.url.startswith("https://") and " " not in one.url for one in printed_counts().values()
    )


@pytest.mark.parametrize("name", NAMES)
def test_counts_are_in_the_order_of_the_letters(name: str) -> None:
    printed = printed_counts()[name]
    sizes = printed.confusion.counts.sum(axis=1)
    assert abs(sizes - [1600, 1600, 1483, 1600, 1600, 1600, 1185, 420]).max() <= 10
    assert np.trace(printed.confusion.counts) == np.trace(np.array(printed.counts))


@pytest.mark.parametrize("model", ["gpt-4o-mini", "qwen-vl"])
def test_the_printed_counts_are_those_of_the_released_answers(mirror: Path, model: str) -> None:
    file = {"gpt-4o-mini": "gpt4o_mini", "qwen-vl": "qwen_vl"}[model]
    path = mirror / "astrosight" / f"{file}_galaxy_classification_results.json"
    assert gives_printed(path, model)
    assert not gives_printed(path, "gpt-5")


def changed(**fields: Any) -> dict[str, Any]:
    return {
        "zoobot_list": zoobot_list().model_dump(),
        "model": {"x": {**GPT5.model_dump(), **fields}},
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"accuracy": 49.7204}, "do not give its printed accuracy"),
        ({"counts": GPT5.counts[:7]}, "are not eight by eight"),
        ({"order": "ABCDEFGG"}, "are not eight by eight"),
        ({"learnt": "much"}, "learnt"),
    ],
)
def test_counts_that_do_not_add_up_are_refused(
    tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    path = tmp_path / "counts.toml"
    path.write_text(tomli_w.dumps(changed(**fields)))
    with pytest.raises(DataError, match=said):
        printed_counts(path)


def json_lines(printed: Printed) -> str:
    """Answers in the form of GPT-5's file, in which a brace is missing."""
    rows = [
        f'"image_path": "{true}{answer}.jpg",\n "true_label": "{printed.order[true]}",\n '
        f'"true_category": "x",\n "predicted_label": "{printed.order[answer]}"\n}}'
        for true, row in enumerate(printed.counts)
        for answer, count in enumerate(row)
        for _ in range(count)
    ]
    return '{"detailed_results": [\n' + ", {".join(rows) + "]}"


def csv_lines(printed: Printed) -> str:
    """Probabilities in the form of Zoobot's files."""
    best = np.array(printed.counts).sum(axis=0)
    rows = [
        ",".join(map(str, [*row, 0]))
        for place in range(8)
        for row in [np.eye(8)[place]] * best[place]
    ]
    return "\n".join([",".join(f"class_{place}_pred" for place in range(8)) + ",id_str", *rows])


@pytest.mark.parametrize(("name", "form"), [("gpt-5", json_lines), ("zoobot-small", csv_lines)])
def test_a_file_is_held_against_the_printed_counts(tmp_path: Path, name: str, form: Any) -> None:
    text = form(printed_counts()[name])
    suffix = ".json" if form is json_lines else ".csv"
    whole, cut, foreign = (tmp_path / f"{kind}{suffix}" for kind in ("whole", "cut", "foreign"))
    whole.write_text(text)
    cut.write_text(text[: len(text) // 2])
    foreign.write_bytes(b"\xff\x00<html>\n1,2,x")
    assert gives_printed(whole, name)
    assert not gives_printed(cut, name)
    assert not gives_printed(foreign, name)


def test_a_source_without_a_hash_is_checked_by_its_counts_and_called_not_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECONDSIGHT_MIRROR", str(tmp_path))
    wanted = sources.source("astrosight-gpt-5")
    place = tmp_path / wanted.path
    place.parent.mkdir()
    place.write_text(json_lines(GPT5))
    assert sources.require(wanted.name) == place
    assert wanted.hash_kind == "printed counts"
    assert wanted.doubt.startswith("not verified: no hash of it is known")
    place.write_text("{}")
    with pytest.raises(SourceError, match="is not the file 'astrosight-gpt-5'"):
        sources.find(wanted.name)


def test_every_source_without_a_hash_names_printed_counts() -> None:
    named = [one.counts for one in sources.catalogue().values() if one.counts]
    assert len(named) == 5
    assert set(named) <= set(NAMES)


def test_an_unknown_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no printed counts of 'nope'; known: gpt-5, "):
        gives_printed(tmp_path / "x.json", "nope")

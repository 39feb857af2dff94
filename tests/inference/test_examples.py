import json
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import make_folder, tiny_png
from endpoint import EndpointServer, answer
from secondsight import paths
from secondsight.datasets.dataset import Dataset, sha256
from secondsight.datasets.folder import load_folder
from secondsight.errors import DataError, ParameterError
from secondsight.inference.ask import ask, make_plan
from secondsight.inference.client import Endpoint
from secondsight.inference.examples import choose
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import read_rows
from secondsight.inference.request import IMAGE, Image, Message, Request, Template, Text

TWO = Options(examples=2)


@pytest.fixture
def twelve(tmp_path: Path) -> Dataset:
    """Twelve images, labelled 0 and 1 in turn."""
    return load_folder(make_folder(tmp_path / "twelve", 12))


def chosen(dataset: Dataset, prompt: Prompt, each: int, seed: int = 0) -> set[str]:
    return set(choose(dataset, prompt, each, seed).shown.table["image_id"])


def test_each_category_has_as_many_and_none_is_asked_about(twelve: Dataset, prompt: Prompt) -> None:
    examples = choose(twelve, prompt, 2)
    assert examples.shown.table["label"].value_counts().to_dict() == {"0": 2, "1": 2}
    shown, asked = set(examples.shown.table["image_id"]), set(examples.asked.table["image_id"])
    assert shown | asked == set(twelve.table["image_id"])
    assert not shown & asked


def test_the_seed_chooses_and_more_hold_fewer(twelve: Dataset, prompt: Prompt) -> None:
    assert chosen(twelve, prompt, 1) < chosen(twelve, prompt, 3)
    assert len({frozenset(chosen(twelve, prompt, 2, seed)) for seed in range(8)}) > 1
    turned = replace(twelve, table=twelve.table.iloc[::-1])
    assert chosen(turned, prompt, 2) == chosen(twelve, prompt, 2)


def test_another_name_of_an_example_is_not_asked_about(tmp_path: Path, prompt: Prompt) -> None:
    folder = make_folder(tmp_path / "twice", 8)
    for number in range(8):
        (folder / f"again-{number}.png").write_bytes(tiny_png(number))
    with (folder / "labels.csv").open("a") as labels:
        labels.writelines(f"again-{number},{number % 2}\n" for number in range(8))
    examples = choose(load_folder(folder), prompt, 2)
    assert len(examples.shown) == 4
    assert len(examples.asked) == 16 - 2 * 4


def test_the_request_holds_what_was_shown(twelve: Dataset, prompt: Prompt) -> None:
    plan = make_plan(twelve, prompt, "sky-1", TWO)
    for place, key in enumerate(plan.keys):
        request = plan.ask(place).request
        assert request.key == key
        images = [
            part.sha256 for m in request.messages for part in m.content if part.type == "image"
        ]
        assert images == [*plan.examples.png, plan.images[place]]
    assert not set(plan.keys) & set(make_plan(twelve, prompt, "sky-1").keys)
    plans = [make_plan(twelve, prompt, "sky-1", replace(TWO, examples_seed=s)) for s in range(8)]
    assert len({plan.keys[0] for plan in plans}) > 1
    assert plan.name == "twelve.lsbg-test-examples-2-seed-0.sky-1"


def test_the_key_of_a_few_shot_request_stays_as_it_is() -> None:
    shown = Image(sha256=sha256(tiny_png(1)))
    turns = [("user", (Text(text="?"), shown)), ("assistant", (Text(text="1"),))]
    messages = [Message(role=role, content=content) for role, content in turns]
    question = Message(role="user", content=(Text(text="?"), Image(sha256=IMAGE)))
    request = Request(model="m", messages=(*messages, question))
    expected = (
        '{"messages":[{"content":[{"text":"?","type":"text"},'
        f'{{"sha256":"{shown.sha256}","type":"image"}}],"role":"user"}},'
        '{"content":[{"text":"1","type":"text"}],"role":"assistant"},'
        '{"content":[{"text":"?","type":"text"},'
        f'{{"sha256":"{"a" * 64}","type":"image"}}],"role":"user"}}],"model":"m","repeat":1}}'
    ).encode()
    assert Template(request).canonical("a" * 64, 1) == expected
    assert request.about("a" * 64, 1).canonical() == expected


def test_the_examples_are_sent_as_earlier_turns(
    twelve: Dataset,
    prompt: Prompt,
    endpoint_server: EndpointServer,
    endpoint: Endpoint,
    tmp_path: Path,
) -> None:
    endpoint_server.default = lambda asked: answer("1")
    answers = ask(twelve, prompt, "sky-1", TWO, Recorder("new_episodes", endpoint, tmp_path, False))
    assert len(answers) == len(endpoint_server.requests) == 8
    plan = make_plan(twelve, prompt, "sky-1", TWO)
    assert not set(answers["image_id"]) & set(plan.examples.shown.table["image_id"])
    for asked in endpoint_server.requests:
        *turns, last = asked.body["messages"]
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * 4
        replies = [turn["content"][0]["text"] for turn in turns[1::2]]
        assert replies == plan.examples.shown.table["label"].tolist()
        assert len({turn["content"][1]["image_url"]["url"] for turn in [*turns[::2], last]}) == 5
    truth = twelve.table.set_index("image_id")["label"]
    assert answers["label"].tolist() == truth[answers["image_id"]].tolist()
    assert len(ask(twelve, prompt, "sky-1", TWO, Recorder(folder=tmp_path))) == 8


def test_a_model_that_takes_a_schema_sees_answers_of_its_form(
    twelve: Dataset, prompt: Prompt
) -> None:
    request = make_plan(twelve, prompt, "gpt-5-mini", TWO).request
    (told,) = request.messages[1].content
    assert isinstance(told, Text)
    assert json.loads(told.text)["category"] in {"0", "1"}


def test_what_can_not_be_shown_is_one_line(twelve: Dataset, prompt: Prompt) -> None:
    with pytest.raises(DataError, match="has 6 labelled images of 'artifact'"):
        choose(twelve, prompt, 7)
    with pytest.raises(DataError, match="no image left"):
        choose(twelve, prompt, 6)
    with pytest.raises(ParameterError, match="asks for a confidence"):
        choose(twelve, prompt.model_copy(update={"confidence": True}), 1)
    with pytest.raises(ParameterError, match="examples must be 0 or more"):
        Options(examples=-1)


def test_an_example_that_changed_meanwhile_is_not_shown(
    twelve: Dataset, prompt: Prompt, image_folder: Path
) -> None:
    plan = make_plan(replace(twelve, png=lambda _: tiny_png(99)), prompt, "sky-1", TWO)
    with pytest.raises(DataError, match="load the data set anew"):
        plan.ask(0)


def test_the_keys_of_the_books_recordings_are_as_they_were() -> None:
    for name in ("lsbg.lsbg-1.minivlm-4", "radio.radio-1-names.minivlm-4"):
        rows = read_rows(paths.RECORDINGS / f"{name}.parquet", ["key", "request", "repeat"]).slice(
            0, 50
        )
        for row in rows.to_pylist():
            request = Request.model_validate_json(row["request"])
            (image,) = [part for part in request.messages[0].content if isinstance(part, Image)]
            blank = request.model_copy(update={"repeat": 0}).model_dump_json()
            template = Template(Request.model_validate_json(blank.replace(image.sha256, IMAGE)))
            assert template.key(image.sha256, row["repeat"]) == row["key"]

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from secondsight.datasets.registry import load
from secondsight.errors import DataError
from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.model import WEIGHTS, MiniVLM
from secondsight.minivlm.question import Option, Question
from secondsight.minivlm.reading.read import read_question
from secondsight.simulate.skies import find_sky

PROMPTS = {"lsbg": "lsbg-1", "morphology": "morphology-1", "radio": "radio-1"}


@pytest.fixture(scope="module")
def model() -> MiniVLM:
    return MiniVLM.load()


def asked(name: str) -> Question:
    return read_question(load_prompt(PROMPTS[name]).text)


def seen(name: str, count: int = 60) -> tuple[list[np.ndarray], list[str]]:
    table = load(name).table.head(count)
    return [find_sky(name).draw(one) for one in table["image_id"]], table["label"].tolist()


def test_the_weights_are_small() -> None:
    total = sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file())
    assert total < 20_000_000


@pytest.mark.parametrize("name", PROMPTS)
def test_it_does_better_than_an_answer_that_never_looks(model: MiniVLM, name: str) -> None:
    pictures, labels = seen(name)
    question = asked(name)
    codes = [option.code for option in question.options]
    said = [codes[model.probabilities([one], question).argmax()] for one in pictures]
    right = np.mean(np.array(said) == np.array(labels))
    most = max(labels.count(label) for label in set(labels)) / len(labels)
    assert right > most + 0.08


@pytest.mark.parametrize(("name", "pair"), [("lsbg", (0, 1)), ("morphology", (0, 3))])
def test_it_follows_the_descriptions_when_they_change_places(
    model: MiniVLM, name: str, pair: tuple[int, int]
) -> None:
    question, (one, other) = asked(name), pair
    options = list(question.options)
    options[one], options[other] = (
        replace(options[one], description=options[other].description),
        replace(options[other], description=options[one].description),
    )
    swapped = replace(question, options=tuple(options))
    for picture in seen(name, 10)[0]:
        plain, exchanged = (model.probabilities([picture], q) for q in (question, swapped))
        assert plain[one] == pytest.approx(exchanged[other], abs=1e-6)
        assert plain[other] == pytest.approx(exchanged[one], abs=1e-6)


def test_the_same_picture_gives_the_same_answer_alone_and_twice(model: MiniVLM) -> None:
    picture = seen("morphology", 1)[0][0]
    alone = model.probabilities([picture], asked("morphology"))
    twice = model.probabilities([picture, picture], asked("morphology"))
    assert alone.sum() == pytest.approx(1)
    assert np.allclose(alone, twice)


def test_a_quoted_text_is_judged_where_there_is_no_picture(model: MiniVLM) -> None:
    options = (Option("0", "cat", ""), Option("1", "galaxy", ""))
    question = Question(options, passage="a distant galaxy full of stars")
    assert model.probabilities([], question).argmax() == 1
    with pytest.raises(DataError, match="neither an image nor a quoted text"):
        model.probabilities([], replace(question, passage=""))


def test_it_describes_what_it_sees_in_words_of_its_own(model: MiniVLM) -> None:
    said = model.describe(seen("radio", 1)[0])
    assert said.endswith(".")
    assert "{" not in said


def test_a_question_without_categories_is_refused(model: MiniVLM) -> None:
    with pytest.raises(DataError, match="no categories"):
        model.probabilities([], Question(()))


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    (tmp_path / "image.onnx").write_bytes(b"no network")
    with pytest.raises(DataError, match=r"missing or damaged.*make train"):
        MiniVLM.load(tmp_path)

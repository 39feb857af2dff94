from pathlib import Path

import pytest
from pydantic import ValidationError

from secondsight.datasets.tasks import LSBG, TASKS
from secondsight.errors import DataError
from secondsight.inference.two_step import FOLDER, SecondStep, load_second_step

TEXT = "Of\n{categories}\nthis is which?\n{answer}\nSay its code."


def step(text: str = TEXT) -> SecondStep:
    return SecondStep(name="x-1", about="A test.", text=text)


def test_categories_and_answer_are_filled_in() -> None:
    assert step().about_answer("A faint patch.", LSBG) == (
        "Of\nCategory 0: artifact\nCategory 1: LSBG\nthis is which?\nA faint patch.\nSay its code."
    )


@pytest.mark.parametrize("text", [TEXT, "{answer}\n{categories}"])
@pytest.mark.parametrize("answer", ["{categories}", "{answer}", "{}", "{0}", "%s", "\\1", "🔭"])
def test_what_stands_in_an_answer_is_no_gap(text: str, answer: str) -> None:
    plain = step(text).about_answer("ANSWER", LSBG)
    assert step(text).about_answer(answer, LSBG) == plain.replace("ANSWER", answer)


@pytest.mark.parametrize("text", ["{answer}", "{categories}", "{answer} {answer} {categories}"])
def test_a_text_without_its_gaps_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="must hold"):
        step(text)
    (tmp_path / "x-1.md").write_text(f"---\nabout: A test.\n---\n{text}\n")
    with pytest.raises(DataError, match=r"x-1\.md: text: value error, must hold"):
        load_second_step("x-1", tmp_path)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.md")))
def test_every_second_step_of_the_project_serves_every_task(name: str) -> None:
    for task in TASKS.values():
        said = load_second_step(name).about_answer("Perhaps a star.", task)
        assert "Perhaps a star." in said
        assert all(f"Category {one.code}: {one.name}\n" in said for one in task.categories)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(DataError, match="no prompt named 'y'; known: second-step-1"):
        load_second_step("y")

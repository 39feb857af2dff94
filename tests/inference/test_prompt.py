import shutil
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from secondsight import paths
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import LSBG, Category, Task, plain_name
from secondsight.errors import DataError
from secondsight.inference.ask import make_plan
from secondsight.inference.parse import Parser
from secondsight.inference.prompt import Prompt, load_prompt, readable_prompts
from secondsight.papers import replayed

NAMES = sorted(path.stem for path in paths.PROMPTS.glob("*.md"))

GOOD = """---
task: lsbg
about: A test.
confidence: true
---

Is it one? 1 or 0.

"""


def test_a_prompt_is_read_with_its_front_matter(tmp_path: Path) -> None:
    (tmp_path / "x-1.md").write_text(GOOD)
    assert load_prompt("x-1", tmp_path) == Prompt(
        name="x-1", task="lsbg", about="A test.", confidence=True, text="Is it one? 1 or 0."
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_of_the_project_names_all_its_codes(name: str) -> None:
    prompt = load_prompt(name)
    assert all(code in prompt.text for code in prompt.categories.codes)


@pytest.mark.parametrize("confidence", [False, True])
def test_the_schema_asks_for_what_strict_mode_wants(prompt: Prompt, confidence: bool) -> None:
    asked = prompt.model_copy(update={"confidence": confidence}).schema_asked
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["strict"] is True
    schema = asked["json_schema"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])
    assert schema["properties"]["category"]["enum"] == LSBG.codes
    assert ("confidence" in schema["properties"]) is confidence


def test_an_unknown_name_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no prompt named 'y'; known: none"):
        load_prompt("y", tmp_path)
    (tmp_path / "x-1.md").write_text(GOOD)
    with pytest.raises(DataError, match="no prompt named 'y'; known: x-1"):
        load_prompt("y", tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Is it one?", "has no front matter: above the text stand a line of ---"),
        (b"---\nabout: x\n---\nhi", "either categories of its own, or a task: lsbg, morphology"),
        (b"---\nabout: x\ncategory:\n  - code: a\n---\nhi", "category: extra inputs"),
        (b"---\ntask: lsbg\n---\nhi", "about: field required"),
        (b"---\ntask: lsbg\nabout: x\n---\n", "text: string should have at least 1 character"),
        (b"---\ntask: lsbg\nabout: x\ncolour: red\n---\nhi", "colour: extra inputs"),
        (b"---\ntask: lsbg\nabout: x\nname: y\n---\nhi", "multiple values"),
        (b"---\ntask: lsbg\nabout: x\n1: 2\n---\nhi", "1: extra inputs"),
        (b"---\ntask: stars\nabout: x\n---\nhi", "no task 'stars'; known: lsbg"),
        (b"---\ntask: [\n---\nhi", "no YAML"),
        (b"---\ntask: " + b"[" * 2000 + b"\n---\nhi", "no YAML"),
        (b"---\ntask: lsbg\nabout: x\n---\n\xff", "no UTF-8"),
    ],
)
def test_a_bad_prompt_names_its_file(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "bad.md").write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_prompt("bad", tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "bad.md") in str(caught.value)


OWN = """---
about: Is it a spiral?
categories:
  - code: yes
    aliases: [spiral, spiral galaxy]
    description: arms wind out of
      the middle.
  - code: no
---
Is it a spiral?

{categories}

Answer with yes or no.
"""


@pytest.fixture
def own(tmp_path: Path) -> Prompt:
    """A yes/no question of one's own, asked for by its path."""
    path = tmp_path / "spiral-1.md"
    path.write_text(OWN)
    return load_prompt(str(path))


def test_a_prompt_may_bring_its_categories(own: Prompt) -> None:
    assert own.categories == Task(
        "spiral-1",
        (
            Category("yes", "yes", ("spiral", "spiral galaxy"), "arms wind out of the middle."),
            Category("no", "no"),
        ),
    )
    assert own.schema_asked["json_schema"]["schema"]["properties"]["category"]["enum"] == [
        "yes", "no"
    ]  # fmt: skip


def test_its_categories_stand_in_its_text_where_they_are_wanted(own: Prompt) -> None:
    assert own.text == (
        "Is it a spiral?\n\nCategory yes: arms wind out of the middle.\n\nCategory no\n\n"
        "Answer with yes or no."
    )


def test_a_task_of_the_papers_is_listed_by_its_names() -> None:
    prompt = Prompt(name="x", task="lsbg", about="A test.", text="Which?\n\n{categories}")
    assert prompt.text == "Which?\n\nCategory 0: artifact\n\nCategory 1: LSBG"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Yes", "yes"),
        ("no.", "no"),
        ("Yes, it is a spiral galaxy.", "yes"),
        ("No, there are no arms.", "no"),
        ("Answer: yes", "yes"),
        ('{"category": "no"}', "no"),
        ("There is no bar, and the disc is smooth.", None),
        ("It may be yes or no.", None),
        ("It is no spiral.", None),
    ],
)
def test_an_answer_of_yes_or_no_is_read(own: Prompt, text: str, label: str | None) -> None:
    assert Parser(own.categories).parse(text).label == label


def test_ask_takes_a_path_and_the_requests_hold_the_words(dataset: Dataset, own: Prompt) -> None:
    asked = make_plan(dataset, own, "sky-1").canonical(0).decode()
    assert "arms wind out of the middle" in asked
    assert "categories" not in asked


def in_front(*categories: object, **more: object) -> str:
    front = yaml.safe_dump({"about": "A test.", "categories": list(categories), **more})
    return f"---\n{front}---\nWhich?"


A, B = {"code": "a", "name": "round"}, {"code": "b", "name": "disc"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (in_front(A), "categories: a question has two categories or more"),
        (in_front(A, B, task="lsbg"), "categories: either categories of its own, or a task: lsbg"),
        (in_front(A, {"code": "A", "name": "disc"}), "two of them are called 'a'"),
        (in_front(A, {"code": "b", "name": "Round"}), "two of them are called 'round'"),
        (in_front(A, {**B, "aliases": ["round"]}), "two of them are called 'round'"),
        (in_front(A, {**B, "aliases": ["a"]}), "categories.1.aliases.0: string should have at"),
        (in_front(A, {"code": "", "name": "disc"}), "categories.1.code: string should have at"),
        (in_front(A, {"code": "?", "name": "disc"}), "code: must be a few letters or digits"),
        (in_front(A, {"code": "2"}), "categories.1.name: category 2 needs a name of letters"),
        (in_front(A, {"name": "disc"}), "categories.1.code: field required"),
        (in_front(A, {**B, "colour": "red"}), "categories.1.colour: extra inputs"),
        (in_front(A, "disc"), "categories.1: input should be a valid dictionary"),
    ],
)  # fmt: skip
def test_categories_that_can_not_be_told_apart_are_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "mine.md"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        load_prompt(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


LETTER, MIDDLE = st.sampled_from("abcdefghijéß"), st.sampled_from("abcdefghij \"':#-[]{}éß7")
NAME = st.tuples(LETTER, st.text(MIDDLE, max_size=10), LETTER).map("".join)


@given(
    st.lists(
        st.tuples(NAME, st.text(max_size=30)),
        min_size=2,
        max_size=6,
        unique_by=lambda x: x[0].lower(),
    )
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.md"
    rows = [
        {"code": str(place), "name": name, "description": words}
        for place, (name, words) in enumerate(given)
    ]
    path.write_text(in_front(*rows), encoding="utf-8")
    if len({plain_name(name) for name, _ in given}) < len(given):
        with pytest.raises(DataError, match="two of them are called"):
            load_prompt(path)
        return
    task = load_prompt(path).categories
    assert task.codes == [row["code"] for row in rows]
    assert task.names == [row["name"] for row in rows]
    answers = [Parser(task).parse(code).label for code in task.codes]
    assert answers == task.codes


@given(st.text() | st.text(st.sampled_from("-:[]{}#&*!|>'\"\n ab1")).map("---\n{}\n---\nx".format))
def test_whatever_stands_in_a_file_is_a_prompt_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.md"
    path.write_bytes(content.encode(errors="replace"))
    with suppress(DataError):
        assert load_prompt(path).text


def test_a_broken_or_foreign_prompt_spoils_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(paths.PROMPTS, tmp_path / "prompts")
    known = replayed.prompts_of(LSBG)
    folder = tmp_path / "prompts"
    (folder / "spiral-1.md").write_text(OWN)
    (folder / "foreign.md").write_text("---\ntask: mine\nabout: x\n---\nhi")
    (folder / "broken.md").write_bytes(b"\xff")
    monkeypatch.setattr(replayed, "readable_prompts", lambda: readable_prompts(folder))
    assert replayed.prompts_of(LSBG) == known
    assert "spiral-1" in [prompt.name for prompt in readable_prompts(folder)]
    with pytest.raises(DataError, match=r"foreign\.md: task: no task 'mine'"):
        load_prompt("foreign", folder)

from pathlib import Path

import pytest

from secondsight import paths
from secondsight.datasets.tasks import LSBG
from secondsight.errors import DataError
from secondsight.inference.prompt import Prompt, load_prompt

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
        (b"Is it one?", "task: field required"),
        (b"---\nabout: x\n---\nhi", "task: field required"),
        (b"---\ntask: lsbg\nabout: x\ncolour: red\n---\nhi", "colour: extra inputs"),
        (b"---\ntask: lsbg\nabout: x\nname: y\n---\nhi", "multiple values"),
        (b"---\ntask: lsbg\nabout: x\n1: 2\n---\nhi", "keywords must be strings"),
        (b"---\ntask: stars\nabout: x\n---\nhi", "no task 'stars'; known: lsbg"),
        (b"---\ntask: [\n---\nhi", "no YAML"),
        (b"---\ntask: lsbg\nabout: x\n---\n\xff", "no UTF-8"),
    ],
)
def test_a_bad_prompt_names_its_file(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "bad.md").write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_prompt("bad", tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "bad.md") in str(caught.value)

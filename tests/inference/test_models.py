from pathlib import Path

import pytest

from secondsight.errors import DataError
from secondsight.inference.models import Family, family_of, known, title


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5-mini", "gpt-5.1-2026-01-01", "o3", "o4-mini"])
def test_reasoning_models_take_no_temperature(model: str) -> None:
    family = family_of(model)
    assert not family.temperature
    assert family.structured
    assert family.max_tokens == "max_completion_tokens"


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4o-mini", "gpt-4.1"])
def test_gpt_4_takes_a_temperature_and_a_schema(model: str) -> None:
    assert family_of(model).temperature
    assert family_of(model).structured


@pytest.mark.parametrize("model", ["llava-hf/llava-v1.6-mistral-7b-hf", "olmo-2", "Ω"])
def test_an_unknown_model_is_plain(model: str) -> None:
    assert family_of(model) == Family(match=model)
    assert family_of(model).temperature
    assert not family_of(model).structured


def test_the_first_match_counts(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(
        '[[family]]\nmatch = "a*"\n[[family]]\nmatch = "*"\nstructured = true\n[title]\n'
    )
    assert [family.structured for family in known(path).family] == [False, True]


def test_an_unknown_line_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[[family]]\nmatch = "a*"\ntemprature = false\n')
    with pytest.raises(DataError, match="temprature"):
        known(path)


def test_a_title_is_as_its_makers_write_it(tmp_path: Path) -> None:
    listed = known().title
    assert listed
    assert {title(model) for model in listed} == set(listed.values())
    assert title("nobody-knows") == "nobody-knows"

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from secondsight.errors import DataError
from secondsight.toml import read_toml


class Galaxy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    redshift: float


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "galaxy.toml"


def test_a_good_file_becomes_a_model(path: Path) -> None:
    path.write_text('name = "M 31"\nredshift = -0.001\n')
    assert read_toml(path, Galaxy) == Galaxy(name="M 31", redshift=-0.001)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'name = "M 31"\n', "redshift: field required"),
        (b'name = "M 31"\nredshift = "far"\n', "redshift: input should be a valid number"),
        (b'name = "M 31"\nredshift = 1\ncolour = 2\n', "colour: extra inputs"),
        (b"name = \n", "is not valid TOML"),
        (b'name = "\xff"\n', "is not valid TOML"),
    ],
)
def test_a_bad_file_gives_one_line_that_names_it(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_toml(path, Galaxy)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_file_is_said_to_be_missing(path: Path) -> None:
    with pytest.raises(DataError, match="is missing"):
        read_toml(path, Galaxy)

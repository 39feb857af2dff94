import tracemalloc
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from secondsight.errors import DataError
from secondsight.toml import read_toml


class Galaxy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    redshift: float


class Price(BaseModel):
    match: str
    input_usd: float
    read: str


class Prices(BaseModel):
    price: tuple[Price, ...]


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
        (b"name = \n", "is not valid TOML: "),
        (b'name = "\xff"\n', "is not valid TOML"),
        (b"name = " + b"9" * 5_000, "is not valid TOML"),
        (b"name = " + b"[" * 20_000, "is not valid TOML: too deeply nested"),
        (b"name = " + b"{a=" * 20_000, "is not valid TOML: too deeply nested"),
        (b"a." * 20_000 + b"a = 1", "has a key of more than 16 dotted parts"),
        (b"'a' . " * 20_000 + b"a = 1", "has a key of more than 16 dotted parts"),
        (b'["\\"".' + b'"\\n".' * 20_000 + b"a]", "has a key of more than 16 dotted parts"),
        (b"x = { " + b"a." * 20_000 + b"a = 1}", "has a key of more than 16 dotted parts"),
        (b"# much\n" * 80_000, "has more than 200,000 bytes"),
        (b'name = "a"\nredshift = 1\n"two\\nlines" = 1\n', "two lines: extra inputs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
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


def test_a_folder_in_its_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be read: Is a directory"):
        read_toml(tmp_path, Galaxy)


def test_dots_in_a_text_are_no_depth(path: Path) -> None:
    name = "A " + "very.long.name " * 20 + "1.2.3 " * 40 + "." * 200
    path.write_text(f"name = '{name}'\nredshift = 1")
    assert read_toml(path, Galaxy).name == name


@pytest.mark.parametrize("part", ["a.", "'a' . ", '"\\"b".', "a\t."])
def test_the_depth_of_a_key_bounds_the_memory(path: Path, part: str) -> None:
    """40 kB of a dotted key took 1.7 GB."""
    path.write_text(part * (40_000 // len(part)) + "a = 1")
    tracemalloc.start()
    try:
        with pytest.raises(DataError):
            read_toml(path, Galaxy)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_of_a_list_the_part_that_lacks_a_field_is_named(path: Path) -> None:
    path.write_text('[[price]]\nmatch = "ft:gpt-5-mini:me"\ninput_usd = 1\n')
    with pytest.raises(DataError, match="field required, beside match = 'ft:gpt-5-mini:me'"):
        read_toml(path, Prices)

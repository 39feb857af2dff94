import re

import numpy as np
import pytest

from secondsight.datasets.dataset import sha256
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import RADIO_SHAPES
from secondsight.errors import DataError
from secondsight.minivlm.phrases import FORBIDDEN, SKIES, phrases, plainest, word
from secondsight.simulate.png import encode_png
from secondsight.simulate.skies import SKIES as REGISTERED
from secondsight.training.minivlm.examples import DRAW, draw_example


def test_every_sky_is_drawn() -> None:
    assert tuple(DRAW) == SKIES
    with pytest.raises(DataError, match="known: lsbg"):
        draw_example("sun", 0)


@pytest.mark.parametrize("sky", SKIES)
def test_the_same_number_gives_the_same_example_and_another_another(sky: str) -> None:
    one, again, other = draw_example(sky, 5), draw_example(sky, 5), draw_example(sky, 6)
    assert np.array_equal(one.pixels, again.pixels)
    assert (one.main, one.side) == (again.main, again.side)
    assert not np.array_equal(one.pixels, other.pixels)
    assert one.pixels.dtype == np.uint8


@pytest.mark.parametrize("sky", SKIES)
def test_no_wording_names_a_category(sky: str) -> None:
    bank = phrases(sky)
    chance = np.random.default_rng(0)
    for wordings in [*bank.main.values(), *bank.side.values()]:
        for wording in wordings:
            said = [plainest(wording), *(word(wording, chance) for _ in range(30)), wording]
            assert [text for text in said if FORBIDDEN.search(text)] == []


def test_no_wording_of_the_radio_sky_names_one_of_the_four_classes() -> None:
    bank = phrases("radio")
    said = [text for part in (bank.main, bank.side) for some in part.values() for text in some]
    names = [name for kind in RADIO_SHAPES.categories for name in (kind.name, *kind.aliases)]
    named = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
    assert [text for text in said if named.search(text)] == []


def test_of_two_sides_nothing_is_said_of_a_point() -> None:
    examples = [draw_example("radio", number) for number in range(60)]
    points = [example for example in examples if example.main == ("compact",)]
    assert points
    assert {key for example in points for key in example.side} <= {"small", "no_core"}
    bent = [example for example in examples if example.main == ("bent_tails",)]
    assert all("bent" in example.side for example in bent)
    assert not any("straight" in example.side for example in bent)


@pytest.mark.parametrize(
    "name", ["a low-surface-brightness galaxy", "an LSBG", "round", "edge-on", "a dwarf", "FR II"]
)
def test_the_names_of_categories_are_known(name: str) -> None:
    assert FORBIDDEN.search(name)


@pytest.mark.parametrize("sky", SKIES)
def test_every_fact_has_its_wordings_and_is_used(sky: str) -> None:
    bank = phrases(sky)
    examples = [draw_example(sky, number) for number in range(90)]
    main = {key for example in examples for key in example.main}
    side = {key for example in examples for key in example.side}
    assert main <= set(bank.main)
    assert side <= {*bank.side, *bank.main}  # of what is bent, where it is brightest
    assert set(bank.main) - main <= {
        "reflection",
        "globular",
        "edge",
        "cirrus",
        "big_galaxy",
        "trail",
        "glare",
    }  # rare
    assert set(bank.side) - side <= {
        "giants",
        "warped",
        "tight",
        "shallow",
        "dust",
        "faint_arms",
        "grand_arms",
        "bright_middle",
        "one_sided",
    }


def test_no_example_is_a_picture_of_a_data_set() -> None:
    known = {sha for name in REGISTERED for sha in load(name).table["image_sha256"]}
    drawn = [encode_png(draw_example(sky, number).pixels) for sky in SKIES for number in range(10)]
    assert not known & set(map(sha256, drawn))

import pytest

from secondsight.minivlm.judge import wording
from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.denied import affirmed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a fuzzy ball of light, no arms", "a fuzzy ball of light"),
        ("without arms, rings or dust, bright in the middle", "bright in the middle"),
        ("a pale glow; there is no core but wisps", "a pale glow; but wisps"),
        ("a plain globe. You can't spot lines in it.", "a plain globe"),
        ("unlike the other kind it is long and soft", "it is long and soft"),
        ("yes, a soft patch there", "a soft patch there"),
        ("No. You see glare.", "You see glare"),
        ("a flat plate, with or without a hump", "a flat plate, with or without a hump"),
        ("cases in which no clump stands out", "cases in which no clump stands out"),
        ("as long as no bar is there", "as long as no bar is there"),
        ("stars pile up in the north", "stars pile up in the north"),
    ],
)
def test_what_is_denied_is_left_out(text: str, kept: str) -> None:
    assert affirmed(text) == kept


def test_a_description_that_only_denies_stays_as_it_is() -> None:
    assert affirmed("no arms, no bar") == "no arms, no bar"


def test_a_category_is_known_by_what_its_description_affirms() -> None:
    assert wording(Option("1", "ball", "a bright ball, no arms")) == "a bright ball"
    assert wording(Option("1", "not a ball", "")) == "not a ball"
    assert wording(Option("1", "long and flat, no hump", "type X")) == "long and flat, type X"

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from secondsight.book import portrait as module
from secondsight.book.portrait import most_divided, portrait, write_card


def test_the_picture_is_of_a_detectable_dwarf_with_even_votes() -> None:
    subjects = pd.DataFrame(
        [
            ("none", "0", 0.9, 12, 25),
            ("unseen", "1", 0.2, 12, 25),
            ("clear", "1", 0.99, 24, 25),
            ("divided", "1", 0.9, 14, 25),
        ],
        columns=["image_id", "label", "detectability", "yes", "votes"],
    )
    subject = most_divided(subjects)
    assert subject is not None
    assert subject["image_id"] == "divided"
    assert most_divided(subjects.head(2)) is None


def test_the_picture_says_that_all_of_it_is_simulated() -> None:
    html = portrait()
    assert "simulated volunteers" in html
    assert "The candidate is simulated" in html
    assert 'alt="Five panels' in html


@pytest.mark.parametrize("has_subject", [True, False])
def test_the_card_for_links_has_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_subject: bool
) -> None:
    if not has_subject:
        monkeypatch.setattr(module, "_subject", lambda: None)
    write_card(tmp_path / "social" / "card.png")
    with Image.open(tmp_path / "social" / "card.png") as card:
        assert card.size == (1200, 630)
        assert len(set(card.convert("L").get_flattened_data())) > (100 if has_subject else 2)

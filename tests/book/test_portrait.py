import pandas as pd

from secondsight.book.portrait import most_divided, portrait


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
    assert "this sky is simulated" in html
    assert 'alt="Five panels' in html

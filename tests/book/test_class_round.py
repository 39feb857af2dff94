from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from secondsight.book import class_round
from secondsight.book.class_round import GALAXIES, LOOK, NUMBER, SET, deal, key
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import MORPHOLOGY
from secondsight.errors import DataError
from secondsight.inference.recording_plan import read_plan
from secondsight.papers.read_answers import read_answers
from secondsight.paths import BOOK


@pytest.mark.book
def test_the_round_is_dealt_as_often_as_one_likes() -> None:
    dealt = deal()
    assert len({one.image_id for one in dealt}) == GALAXIES
    assert dealt == deal()


@pytest.mark.book
def test_truth_and_answer_are_those_of_the_survey_and_the_recording() -> None:
    truth = load(SET).table.set_index("image_id")["label"].map(MORPHOLOGY.name_of)
    read = read_answers(f"{SET}.morphology-1.{read_plan().model}").answers
    said = read.drop_duplicates("image_id").set_index("image_id")["answer"].map(MORPHOLOGY.name_of)
    for one in deal():
        assert one.truth == truth[one.image_id]
        assert one.said == said[one.image_id]


@pytest.mark.book
def test_the_key_names_each_galaxy_and_each_mistake() -> None:
    dealt = deal()
    soup = BeautifulSoup(key(), "html.parser")
    named = [item.span.get_text(" ") for item in soup.select("ol.ss-key > li") if item.span]
    assert [text.split(" ")[0] for text in named] == [one.truth for one in dealt]
    assert ["✗" in text for text in named] == [not one.is_right for one in dealt]
    assert f"{sum(one.is_right for one in dealt)} of the {GALAXIES} right" in key()


def test_the_teachers_pages_name_this_round() -> None:
    for page in ("teach", "lesson_45"):
        assert f"classify.html#{SET}-{NUMBER}" in (BOOK / f"{page}.md").read_text(encoding="utf-8")


def test_without_the_pages_data_the_way_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"morphology\.js: No such file.*; make book makes it"):
        deal(tmp_path)


@pytest.mark.book
def test_a_script_that_fails_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    broken = (LOOK / "data" / f"{SET}.js").read_text(encoding="utf-8")[:100]
    (tmp_path / "data" / f"{SET}.js").write_text(broken, encoding="utf-8")
    with pytest.raises(DataError, match=r"^the class's round can't be dealt: [^\n]+$"):
        deal(tmp_path)


@pytest.mark.parametrize(
    ("numbers", "said"), [([4], "4"), ([1, 2], "1 and 2"), ([1, 5, 9], "1, 5 and 9")]
)
def test_numbers_stand_in_a_sentence(numbers: list[int], said: str) -> None:
    assert class_round._listed(numbers) == said

"""Images of anybody's: what is asked of them, and what is made of the answers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits

from conftest import make_folder
from secondsight.datasets.image_file import STRETCH
from secondsight.errors import DataError, MissingResponses
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.papers import your_galaxies
from secondsight.papers.your_galaxies import AS_ASKED, BARE, TURNED, Galaxies, Manner

CENTRE = "150.00000, +2.00000"
SPIRAL = """---
about: A test.
categories:
  - {code: yes, aliases: [spiral], description: it has arms.}
  - {code: no, description: it has none.}
---
Which?

{categories}
"""


@pytest.fixture
def prompt_file(tmp_path: Path) -> str:
    path = tmp_path / "spiral.md"
    path.write_text(SPIRAL)
    return str(path)


@pytest.fixture
def galaxies(tmp_path: Path, prompt_file: str) -> Galaxies:
    """Five images, four with labels and three with votes."""
    folder = make_folder(tmp_path / "mine", 5)
    labels = "image_id,label\nimg-000,yes\nimg-001,spiral\nimg-002,no\nimg-003,no\n"
    (folder / "labels.csv").write_text(labels)
    votes = "image_id,yes,no\nimg-000,9,1\nimg-001,5,5\nimg-002,2,8\n"
    (folder / "votes.csv").write_text(votes)
    return your_galaxies.find(str(folder), prompt_file)


def table(*answers: str | None, repeat: int = 0) -> pd.DataFrame:
    labels = ["yes", "yes", "no", "no", None]
    return pd.DataFrame(
        {
            "image_id": [f"img-{place:03d}" for place in range(5)],
            "repeat": repeat,
            "label": labels,
            "answer": answers,
            "outcome": ["answered" if answer else "refused" for answer in answers],
            "text": answers,
        }
    )


SAID = table("yes", "no", "no", None, "yes")


def test_a_folder_is_found_with_its_labels_and_votes(galaxies: Galaxies) -> None:
    assert (len(galaxies.dataset), galaxies.labelled, len(galaxies.votes)) == (5, 4, 3)
    assert galaxies.dataset.table["label"].tolist()[:4] == ["yes", "yes", "no", "no"]
    facts = your_galaxies.facts(galaxies, Manner("sky-1", flips=True))
    assert [name for name, given in facts.items() if given] == ["labels", "votes", "flips"]


def test_only_the_first_images_are_taken_with_their_votes(tmp_path: Path, prompt_file: str) -> None:
    folder = make_folder(tmp_path / "mine", 5)
    (folder / "labels.csv").unlink()
    (folder / "votes.csv").write_text("image_id,yes,no\nimg-000,9,1\nimg-004,5,5\n")
    few = your_galaxies.find(str(folder), prompt_file, images=2)
    assert (len(few.dataset), few.labelled, few.votes.index.tolist()) == (2, 0, ["img-000"])


def test_what_is_bad_is_listed_or_left_out(tmp_path: Path, prompt_file: str) -> None:
    folder = make_folder(tmp_path / "mine", 3)
    (folder / "labels.csv").write_text("image_id,label\nimg-001,star\nimg-002,yes\n")
    (folder / "img-000.png").write_bytes(b"no")
    (folder / "votes.csv").write_text("image_id,yes,no\nm31,9,1\n")
    with pytest.raises(DataError, match=r"3 things can't be used:(?s:.*)-p skip_bad=true"):
        your_galaxies.find(str(folder), prompt_file)
    rest = your_galaxies.find(str(folder), prompt_file, skip_bad=True)
    assert rest.dataset.table["image_id"].tolist() == ["img-002", "img-001"]
    assert rest.dataset.table["label"].isna().tolist() == [False, True]
    assert len(rest.left_out) == 3
    assert "img-000.png is cut off" in your_galaxies.words(rest)["left_out_words"]


def test_a_question_is_put_in_other_words(prompt_file: str) -> None:
    put = your_galaxies.in_other_words(prompt_file)
    assert {name: prompt.text for name, prompt in put.items()} == {
        AS_ASKED: "Which?\n\nCategory yes: it has arms.\n\nCategory no: it has none.",
        BARE: "Which?\n\nCategory yes\n\nCategory no",
        TURNED: "Which?\n\nCategory no: it has none.\n\nCategory yes: it has arms.",
    }
    assert [prompt.name for prompt in put.values()] == ["spiral", "spiral-names", "spiral-reversed"]


def test_a_control_that_stands_beside_a_prompt_is_taken() -> None:
    assert your_galaxies.in_other_words("lsbg-1") == {
        AS_ASKED: load_prompt("lsbg-1"),
        BARE: load_prompt("lsbg-1-names"),
    }
    assert list(your_galaxies.in_other_words("survey-shapes-1")) == [AS_ASKED]
    assert list(your_galaxies.in_other_words("morphology-1-names")) == [AS_ASKED, TURNED]


def test_only_the_question_itself_is_asked_again_and_again(galaxies: Galaxies) -> None:
    plans = your_galaxies.plans(galaxies, Manner("sky-1", repeats=3, flips=True))
    assert [len(plan.keys) for plan in plans] == [15, 5, 5]
    assert b'"temperature":0' not in plans[0].canonical(0)
    assert b'"temperature":0' in plans[1].canonical(0)
    assert len(your_galaxies.plans(galaxies, Manner("sky-1"))) == 1


def test_examples_are_shown_before_and_left_out_of_what_is_asked(galaxies: Galaxies) -> None:
    (plan,) = your_galaxies.plans(galaxies, Manner("sky-1", examples=1))
    assert len(plan.examples.shown.table) == 2  # one of each category
    assert len(plan.image_ids) == 3
    assert not set(plan.image_ids) & set(plan.examples.shown.table["image_id"])
    assert your_galaxies.facts(galaxies, Manner("sky-1", examples=1))["examples"]


def test_what_is_not_recorded_is_an_error(galaxies: Galaxies, recordings: Path) -> None:
    with pytest.raises(MissingResponses, match="5 of 5 responses are not recorded"):
        your_galaxies.ask_all(galaxies, Manner("sky-1"), Recorder(folder=recordings))


def test_the_first_answers_are_counted_by_label(galaxies: Galaxies) -> None:
    again = pd.concat([SAID, table("no", "no", "no", "no", "no", repeat=1)])
    counts = your_galaxies.confusion(again, galaxies.task)
    assert counts.counts.tolist() == [[1, 1, 0], [0, 1, 1]]
    assert counts.others == ["refused"]
    right = [share.value for share in your_galaxies.rows_right(counts)]
    assert right == [0.5, 0.5, 0.5]


def test_every_outcome_is_counted() -> None:
    other = SAID.assign(outcome=["answered", "empty", "unparseable", "refused", "cut off"])
    assert your_galaxies.outcomes(other) == {
        "answered": 1, "refused": 1, "unparseable": 1, "empty": 1, "not_answered": 1
    }  # fmt: skip


def test_answers_stand_beside_votes(galaxies: Galaxies) -> None:
    share = your_galaxies.agreement_with_votes(galaxies, SAID)
    assert (share.value, share.n) == (1.0, 2)  # a tie is nobody's majority
    yes, no = your_galaxies.calibration(galaxies, SAID)
    assert (yes.title, yes.series[0].x) == ("yes", pytest.approx([0.2, 0.5, 0.9]))
    assert [each.value for each in yes.series[0].estimates] == [0, 0, 1]
    assert [each.value for each in no.series[0].estimates] == [0, 1, 1]


def test_what_flips_is_found(galaxies: Galaxies) -> None:
    answers = {AS_ASKED: SAID, BARE: table("yes", "yes", "no", "no", "yes")}
    assert your_galaxies.flips(answers)[BARE].value == 0.4
    flipped = your_galaxies.flipped(galaxies, answers)
    assert flipped.to_numpy().tolist() == [
        ["img-001", "no", "yes"],
        ["img-003", "refused", "no"],
    ]


def test_repeats_that_say_the_same_are_counted() -> None:
    again = pd.concat([SAID, table("yes", "yes", "no", None, "no", repeat=1)])
    assert your_galaxies.steadiness(again).value == 0.6
    assert np.isnan(your_galaxies.steadiness(SAID).value)


def test_images_stand_by_their_answers_in_the_categories_order(galaxies: Galaxies) -> None:
    rows = your_galaxies.by_answer(galaxies, SAID)
    assert [(name, len(images)) for name, images in rows] == [
        ("yes: 2", 2), ("no: 2", 2), ("refused: 1", 1)
    ]  # fmt: skip


def test_every_answer_goes_into_the_table_with_its_image(galaxies: Galaxies) -> None:
    rows = your_galaxies.everything(galaxies, {AS_ASKED: SAID, BARE: SAID})
    assert len(rows) == 10
    assert {"file", "width", "sent", "image_sha256", "answer_name", "question"} <= set(rows)
    assert rows["label"].tolist()[:4] == ["yes", "yes", "no", "no"]


def test_the_place_on_the_sky_is_shown_where_a_file_says_it(
    galaxies: Galaxies, prompt_file: str, tmp_path: Path
) -> None:
    assert your_galaxies.described(galaxies).columns.tolist() == [
        "image",
        "pixels",
        "what was sent",
    ]
    assert your_galaxies.words(galaxies)["scale"].startswith("no file here says")
    folder = make_folder(tmp_path / "sky", 1)
    (folder / "labels.csv").unlink()
    header = fits.Header(
        {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.0, "CRVAL2": 2.0,
         "CRPIX1": 5.5, "CRPIX2": 4.5, "CDELT1": -0.4 / 3600, "CDELT2": 0.4 / 3600}
    )  # fmt: skip
    fits.PrimaryHDU(np.arange(80.0).reshape(8, 10), header).writeto(folder / "m31.fits")
    sky = your_galaxies.find(str(folder), prompt_file)
    assert your_galaxies.described(sky).to_numpy().tolist() == [
        ["img-000", "4 x 4", "the file as it is", *["not said"] * 3],
        [
            "m31",
            "10 x 8",
            "a PNG of the FITS, stretched",
            '0.4"',
            '4" x 3.2"',
            "150.00000, +2.00000",
        ],
    ]
    assert your_galaxies.words(sky)["scale"].startswith("1 of 2 files say")
    assert your_galaxies.words(sky)["stretch"] == STRETCH


def test_the_books_own_images_need_no_folder() -> None:
    own = your_galaxies.find("lsbg", "lsbg-1", images=12)
    assert (len(own.dataset), own.labelled, len(own.votes)) == (12, 12, 0)
    answers = your_galaxies.ask_all(own, Manner("minivlm-4", flips=True), Recorder())
    assert set(answers) == {AS_ASKED, BARE}
    assert your_galaxies.facts(own, Manner("minivlm-4"))["default"]
    assert your_galaxies.described(own)["pixels"].iloc[0] == "64 x 64"
    assert [len(images) for _, images in your_galaxies.shown_to_small_model(own)] == [6, 6, 6]

"""Quizzes: how they are read, what is told of a wrong one, and that chapters have them."""

from io import StringIO
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from reading import Running, too_long
from secondsight import paths
from secondsight.book.quiz import Choice, read_choices

LEAST, LONGEST = 3, 30
"""Quizzes of a chapter, and words of an answer."""
CHAPTERS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
GOOD = """# A page

:::{quiz} Is *this* `one` right?
- [ ] No.
  It is
  the **other** one.
- [x] Yes.
  Indeed.
:::

:::{quiz} And this?
- [x] Yes.
  So it is.
- [x] Of course.
  That, too.
- [ ] No.
  It is.
:::
"""


def build(folder: Path, page: str) -> tuple[BeautifulSoup, str]:
    """Build a book of one page; return the page and what Sphinx complains of."""
    (folder / "source").mkdir()
    (folder / "source" / "index.md").write_text(page, encoding="utf-8")
    settings = {
        "extensions": ["myst_parser", "secondsight.book.quiz"],
        "myst_enable_extensions": ["colon_fence"],
        "html_theme": "basic",
    }
    told = StringIO()
    with docutils_namespace():
        app = Sphinx(
            folder / "source", None, folder, folder / "tree", "html", settings,
            status=None, warning=told,
        )  # fmt: skip
        app.build()
    html = (folder / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser"), told.getvalue()


def quizzes(chapter: Path) -> list[list[str]]:
    """Return the lines of each of a chapter's quizzes."""
    page = nbformat.read(chapter, as_version=4)
    cells = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
    begun = [rest for source in cells for rest in source.split(":::{quiz} ")[1:]]
    return [rest.split("\n:::")[0].splitlines() for rest in begun]


def test_a_choice_and_an_answer_open_their_quotations_with_an_opening_mark(tmp_path: Path) -> None:
    quoted = ':::{quiz} "Right"?\n- [ ] "No."\n  It is.\n- [x] "Yes."\n  "So" it is.\n:::\n'
    page, complaints = build(tmp_path, f"# A page\n\n{quoted}")
    assert complaints == ""
    quiz = page.select_one("fieldset")
    assert quiz.legend.get_text() == "“Right”?"
    assert [choice.get_text() for choice in quiz.select("summary")] == ["“No.”", "“Yes.”"]
    assert quiz.select("p")[1].get_text() == "Right. “So” it is."


def test_each_choice_opens_its_answer_and_closes_the_others(tmp_path: Path) -> None:
    page, complaints = build(tmp_path, GOOD)
    assert complaints == ""
    first, second = page.select("fieldset.ss-quiz")
    assert first.legend.decode_contents() == (
        'Is <em>this</em> <code class="docutils literal notranslate"><span class="pre">one</span>'
        "</code> right?"
    )
    for quiz, answers in [
        (first, ["Not so. It is the other one.", "Right. Indeed."]),
        (second, ["Right. So it is.", "Right. That, too.", "Not so. It is."]),
    ]:
        choices = quiz.select("details")
        assert {choice["name"] for choice in choices} == {quiz["id"]}
        assert [choice.summary.get_text() != "" for choice in choices] == [True] * len(answers)
        assert [each.get_text() for each in quiz.select("details > p")] == answers
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert page.select_one('link[href*="quiz.css"]')


@pytest.mark.parametrize(
    ("quiz", "wrong"),
    [
        (":::{quiz}\n- [x] A.\n  B.\n- [ ] C.\n  D.\n:::", "it has no question on its first line"),
        (":::{quiz} Q?\n:::", "it needs at least two choices"),
        (":::{quiz} Q?\n- [x] A.\n  B.\n:::", "it needs at least two choices"),
        (":::{quiz} Q?\n- [x] A.\n- [ ] C.\n  D.\n:::", "the choice 'A.' has no answer"),
        (":::{quiz} Q?\n- [ ] A.\n  B.\n- [ ] C.\n  D.\n:::", "no choice is marked right"),
        (":::{quiz} Q?\n- [x] A.\n  B.\n- [X] C.\n  D.\n:::", "'- [X] C.' is no choice"),
        (":::{quiz} Q?\nA.\n- [x] A.\n  B.\n:::", "'A.' is no choice"),
    ],
)
def test_a_wrong_quiz_is_told_by_its_page_in_one_line(
    tmp_path: Path, quiz: str, wrong: str
) -> None:
    _, complaints = build(tmp_path, f"# A page\n\n{quiz}\n")
    [line] = complaints.splitlines()
    name = "Q?" if "Q?" in quiz else ""
    assert f"ERROR: index: quiz {name!r}: {wrong}" in line


def test_choices_are_read_with_their_answers() -> None:
    lines = ["", "- [ ] A, -  b.", "  Told", "  at length.", "", "- [x]  C.", "D."]
    assert read_choices(lines) == [
        Choice("A, -  b.", is_right=False, answer="Told at length."),
        Choice("C.", is_right=True, answer="D."),
    ]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_quizzes_with_short_answers_to_each_choice(chapter: Path) -> None:
    read = [read_choices(lines[1:]) for lines in quizzes(chapter)]
    assert len(read) >= LEAST
    for choices in read:
        assert any(choice.is_right for choice in choices)
        assert not all(choice.is_right for choice in choices)
        assert not too_long([choice.answer for choice in choices], LONGEST)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_where_more_than_one_choice_is_right_the_question_asks_for_one_of_them(
    chapter: Path,
) -> None:
    for question, *lines in quizzes(chapter):
        several = sum(choice.is_right for choice in read_choices(lines)) > 1
        assert several is question.endswith("take either.)")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_its_questions_are_all_different_and_short(chapter: Path) -> None:
    questions = [lines[0] for lines in quizzes(chapter)]
    assert len(set(questions)) == len(questions)
    sentences = Running(
        "".join(f"<article><p>{each}</p></article>" for each in questions)
    ).sentences
    assert not too_long(sentences, LONGEST)

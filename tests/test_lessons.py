"""The teacher's pages: timings add up, links lead somewhere, the slides that are named exist."""

import re
from pathlib import Path

import pytest
import yaml

from secondsight.paths import BOOK, NOTEBOOKS, ROOT

LESSONS = {int(path.stem.partition("_")[2]): path for path in sorted(BOOK.glob("lesson_*.md"))}
VARIANTS = ("At school", "First year at university", "A course on machine learning")
PAGES = sorted(
    [*LESSONS.values(), *BOOK.glob("worksheet_*.md")]
    + [BOOK / f"{name}.md" for name in ("teach", "slides", "galaxy_image", "ethics")]
)
_ROW = re.compile(r"^\| (\d+)–(\d+) \|", re.M)  # noqa: RUF001
_LINK = re.compile(r"\]\(([^)#]+\.(?:md|ipynb))\)")
_FIGURE = re.compile(r"_static/figures/(\w+)/([\w-]+?)(?:-light\.svg|-\d+\.webp)")
_SLIDES = re.compile(r"[Ss]lides? (\d+)(?: (?:to|and) (\d+))?")


def section(page: Path, title: str) -> str:
    return page.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("minutes", LESSONS)
def test_the_timings_of_a_lesson_add_up_to_its_length(minutes: int, variant: str) -> None:
    rows = _ROW.findall(section(LESSONS[minutes], variant))
    starts, ends = ([int(row[at]) for row in rows] for at in (0, 1))
    assert starts == [0, *ends[:-1]]
    assert ends == sorted(set(ends))
    assert ends[-1] == minutes


def test_there_are_lessons_of_three_lengths() -> None:
    assert sorted(LESSONS) == [45, 90, 180]


@pytest.mark.parametrize("page", LESSONS.values(), ids=lambda path: path.stem)
def test_a_lesson_says_all_that_a_teacher_needs(page: Path) -> None:
    for title in ("What you need", "What goes wrong", "How to grade"):
        assert section(page, title).strip(), title
    assert section(page, "Questions to ask, and good answers").count("?**") >= 5
    for variant in VARIANTS:
        assert "**Aims.**" in section(page, variant)
        assert "**Exit question.**" in section(page, variant)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_teachers_page_is_in_the_contents_and_its_links_lead_somewhere(page: Path) -> None:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    part = next(part for part in contents["parts"] if part["caption"] == "Teach with it")
    assert {"file": f"book/{page.stem}"} in part["chapters"]
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / link).resolve().is_file(), link


def test_the_preparation_takes_as_long_as_is_said() -> None:
    steps = section(BOOK / "teach.md", "Prepare the 45 minutes")
    assert sum(map(int, re.findall(r"\((\d+) minutes?\)", steps))) == 20
    assert "20 minutes" in steps


def test_the_slides_show_figures_that_chapters_draw() -> None:
    shown = _FIGURE.findall((BOOK / "slides.md").read_text(encoding="utf-8"))
    assert len(shown) >= 8
    drawn = "".join(path.read_text() for path in (ROOT / "src/secondsight/book").glob("*gala*.py"))
    for chapter, name in shown:
        notebook = NOTEBOOKS / f"{chapter}.ipynb"
        source = notebook.read_text(encoding="utf-8") if notebook.is_file() else drawn
        assert f'"{name}' in source.replace('\\"', '"') or f"{name}-{{" in source, (chapter, name)


def test_the_slides_that_lessons_name_exist() -> None:
    slides = (BOOK / "slides.md").read_text(encoding="utf-8").count("\n## ")
    for page in LESSONS.values():
        named = _SLIDES.findall(page.read_text(encoding="utf-8"))
        assert named
        assert all(1 <= int(number) <= slides for pair in named for number in pair if number)

"""The whole book for a model without log-probabilities and for a folder without truth.

A small endpoint answers, not always as it was asked to.
"""

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from endpoint import Asked, EndpointServer, Reply, answer
from project_copy import LSBG, MORPHOLOGY, Project
from secondsight.book.beside import asking_chapters
from secondsight.datasets.registry import load

pytestmark = pytest.mark.book

MODEL, BESIDE, IMAGES = "gpt-5-mini", "minivlm-4", 24
CAMPAIGN, CONFIDENCE, REPEATED = "03_dwarf_calibration", "04_confidence", "05_repeated_inference"
FOLDERS_OWN = (CAMPAIGN, CONFIDENCE)
MADE = ("made_", "blind_", "closure_")
"""How the names of numbers begin that are of made answerers, whatever the images."""
ELSEWHERE = "recorded elsewhere"
CHANGED = ("--rerun-triggers", "mtime", "params", "code")
"""What is built again; that the outside files are not here is no reason."""


def reply(asked: Asked) -> Reply:
    """Answer by the request's own bytes: mostly as asked, sometimes in prose, or not at all."""
    drawn = hashlib.sha256(asked.png + asked.text.encode()).digest()
    kind, code, word = drawn[0] % 12, drawn[1] % 2, ("Low", "Medium", "High")[drawn[2] % 3]
    if kind == 0:
        return answer(None, refusal="I can't help with that.")
    if kind == 1:
        return answer("", finish_reason="length")
    if kind == 2:
        return answer("There may be something here, or it may be nothing at all")
    if kind == 3:
        return answer(f"The answer is category {code}.")
    return answer(json.dumps({"category": str(code), "confidence": word}))


def make_campaign(folder: Path) -> Path:
    """Make a folder of images with exactly the columns that are documented."""
    folder.mkdir()
    sheets = load("dwarfs").head(IMAGES)
    rows = ["image_id,dwarf_votes,total_votes"]
    for place, image_id in enumerate(sheets.table["image_id"]):
        (folder / f"{image_id}.png").write_bytes(sheets.png(image_id))
        rows.append(f"{image_id},{place},25")
    (folder / "votes.csv").write_text("\n".join(rows) + "\n")
    return folder


def plan_few_images(plan: Path) -> None:
    """Plan few images in each recording; for chapters that ask no other model that is no change."""
    few = re.sub(r"(\[\[recording\]\]\n)", rf"\1images = {IMAGES}\n", plan.read_text())
    status = plan.stat()
    plan.write_text(few)
    os.utime(plan, ns=(status.st_atime_ns, status.st_mtime_ns))


def leave_out_beside(project: Project) -> None:
    """Let the second model's chapters be done, but for two: each takes as long as the first's."""
    folder = project.root / "_build" / "models" / BESIDE
    folder.mkdir(parents=True)
    for name in {*asking_chapters()} - {LSBG, CAMPAIGN}:
        (folder / f"{name}.json").write_text("{}\n")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with few images planned, answers recorded, and its book built."""
    project = Project(tmp_path_factory.mktemp("other"))
    plan_few_images(project.root / "data" / "record.toml")
    folder = make_campaign(project.root / "campaign")
    with EndpointServer() as server:
        server.default = reply
        about = ["--model", MODEL, "--dataset", str(folder), "--base-url", server.base_url, "--yes"]
        done = project.run("secondsight", "record", *about)
    assert done.returncode == 0, done.stderr
    assert not [asked for asked in server.requests if "logprobs" in asked.body]
    project.begin_with_the_book(
        "_build/source", "_build/results", "_build/times", ".snakemake/metadata"
    )
    leave_out_beside(project)
    project.snakemake(*CHANGED, "--config", f"model={MODEL},{BESIDE}", f"dataset={folder}")
    return project


def page(project: Project, name: str) -> str:
    """Return the words of a page of the book."""
    html = (project.root / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
    body = html[html.index("<article") : html.index("</article>")]
    hidden = re.compile(r"<(details|script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
    words = hidden.sub(" ", body).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.sub(r"\s+", " ", words)


def results(project: Project, chapter: str) -> dict[str, dict[str, object]]:
    path = project.root / "_build" / "results" / f"{chapter}.json"
    found: dict[str, dict[str, object]] = json.loads(path.read_text())
    return found


def test_the_book_ends_in_pages_without_a_warning(other: Project) -> None:
    log = (other.root / "_build" / "logs" / "html.log").read_text()
    assert "build succeeded" in log
    assert "WARNING" not in log


def test_without_outside_files_a_chapter_says_what_was_not_made_anew(other: Project) -> None:
    html = (other.root / "_build" / "html" / "notebooks" / f"{MORPHOLOGY}.html").read_text()
    assert ".csv, committed; made from" in html


@pytest.mark.parametrize("chapter", FOLDERS_OWN)
def test_a_folders_numbers_are_those_of_the_real_sky(other: Project, chapter: str) -> None:
    given = results(other, chapter)
    theirs = {name for name in given if "gpt5" in name or given[name]["origin"] == ELSEWHERE}
    ours = {name: one for name, one in given.items() if name not in theirs}
    made = {name for name in ours if name.startswith(MADE)}
    origins = {name: one["origin"] for name, one in ours.items()}
    assert {origins[name] for name in made} == {"recorded here, simulated sky"}
    assert {origins[name] for name in {*ours} - made} == {"recorded here, real sky"}
    assert {one["model"] for one in ours.values()} == {MODEL}
    assert results(other, "03_dwarf_calibration")["subjects"]["value"] == IMAGES


def cells_of(html: str) -> list[list[str]]:
    """Return the words of each row of the tables on a page."""
    rows = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
    ]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in rows if row]


def test_the_second_model_stands_beside_the_first(other: Project) -> None:
    html = (other.root / "_build" / "html" / "book" / "compare.html").read_text(encoding="utf-8")
    rows = {words[0]: words[1:] for words in cells_of(html)}
    # The folder's sheets are the campaign's own, so the second model's answers are found by them.
    for what in ("LSBG or artifact: right", "Dwarf or not: candidates called a dwarf"):
        _, ours, theirs = rows[what]
        assert ours != theirs
        assert "not recorded" not in {ours, theirs}
    assert results(other, "01_zero_shot_lsbg")["here_accuracy"]["model"] == MODEL


def test_what_the_folder_does_not_know_is_not_shown(other: Project) -> None:
    words = page(other, f"notebooks/{CAMPAIGN}")
    assert "Who is right can be asked only where" in words
    assert "That takes dwarfs whose brightness and distance are known" in words
    for absent in (
        "drawn by this project", "no volunteer knows", "true dwarfs that", "Right about the truth",
        "selection function", "volunteers are simulated", "dwarfs are rare", " nan ",
        "same numbers of subjects",
    ):  # fmt: skip
        assert absent not in words, absent
    assert "not known" in words


def test_what_the_model_does_not_give_is_not_shown(other: Project) -> None:
    words = page(other, f"notebooks/{CONFIDENCE}")
    assert words.count("without token probabilities") == 1
    assert "nothing is held against the truth" in words
    for absent in ("surest fifth", "Brier", "By the truth:", "Nothing here is evidence about GPT"):
        assert absent not in words, absent
    value = results(other, CONFIDENCE)["surest_true"]["value"]
    assert value is None


def test_the_repeats_keep_their_own_candidates(other: Project) -> None:
    words = page(other, f"notebooks/{REPEATED}")
    assert "so it can't be shown how much of that a single answer carried" in words
    assert "by construction" not in words
    assert results(other, REPEATED)["candidates"]["value"] == IMAGES


def test_answers_that_could_not_be_read_are_counted_and_shown(other: Project) -> None:
    for chapter in FOLDERS_OWN:
        words = page(other, f"notebooks/{chapter}")
        assert "refused" in words or "unparseable" in words or "empty" in words
    unread = results(other, CAMPAIGN)["unread"]["value"]
    assert isinstance(unread, float)
    assert 0 < unread < 1


def test_no_page_says_of_this_model_what_was_written_of_the_books_own(other: Project) -> None:
    assert "Another model, on our own sky" in page(other, "notebooks/08_local_model")
    for name in ("01_zero_shot_lsbg", "02_zero_shot_morphology", "08_local_model"):
        words = page(other, f"notebooks/{name}")
        assert "GPT-5-mini" in words or MODEL in words
        assert "never taught" not in words
        assert "it can be wrong, so a changed prompt" not in words
        assert "evidence about the real sky, or about the papers' models" not in words


def test_the_findings_and_the_ledger_name_who_answered(other: Project) -> None:
    front, ledger = page(other, "book/index"), page(other, "book/claims")
    found = page(other, "book/results")
    assert "answers of GPT-5-mini and other images than the book's own" in found
    assert "A free description often differs from what volunteers saw" in found
    assert "our small model" not in front + found
    assert "small local model" not in front + found + ledger
    assert "GPT-5-mini: recall there" in ledger


def test_every_figure_that_is_linked_to_is_there(other: Project) -> None:
    html = other.root / "_build" / "html"
    for name in ("index", "claims"):
        text = (html / "book" / f"{name}.html").read_text(encoding="utf-8")
        for chapter, anchor in re.findall(r'href="\.\./notebooks/(\w+)\.html#([\w-]+)"', text):
            there = (html / "notebooks" / f"{chapter}.html").read_text(encoding="utf-8")
            assert f'id="{anchor}"' in there, (chapter, anchor)


def test_nothing_lacks_and_nothing_runs_again(other: Project) -> None:
    folder = str(other.root / "campaign")
    done = other.run("secondsight", "lacking", "--model", MODEL, "--dataset", folder)
    assert done.returncode == 0, done.stderr
    asked = other.snakemake(
        *CHANGED, "--dry-run", "--config", f"model={MODEL},{BESIDE}", f"dataset={folder}"
    )
    assert "Nothing to be done" in asked

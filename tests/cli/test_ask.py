"""From a folder of images to a confusion matrix, with the real local model and with others."""

import re
import shlex
from io import StringIO
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from PIL import Image

from cli.conftest import Run
from conftest import make_folder
from endpoint import EndpointServer, answer
from secondsight import paths
from secondsight.cli import ask
from secondsight.cli.shell import program
from secondsight.datasets.registry import load
from secondsight.inference.recording_plan import read_plan

SHAPE = """---
about: Round or spiral.
categories:
  - {code: R, name: round, description: smooth and nearly circular.}
  - {code: S, name: spiral, description: a disc with spiral arms.}
---
This image shows one galaxy. Decide which of two categories it shows.

{categories}

Answer with the letter of the category and nothing else.
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of six galaxies in three formats, with labels and votes, and a prompt beside it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mine"
    folder.mkdir()
    sky = load("morphology")
    rows, votes = ["image_id;label"], ["image_id,round,spiral"]
    wanted = sky.table[sky.table["label"].isin(["0", "3"])].head(6)
    for place, (image_id, label) in enumerate(
        zip(wanted["image_id"], wanted["label"], strict=True)
    ):
        pixels = sky.pixels(image_id)
        if place == 0:
            fits.PrimaryHDU(pixels[::-1].sum(axis=2).astype(float)).writeto(folder / "g0.fits")
        else:
            Image.fromarray(pixels).save(folder / f"g{place}.{'tif' if place == 1 else 'jpg'}")
        rows.append(f"g{place};{'round' if label == '0' else 'S'}")
        votes.append(f"g{place},{9 if label == '0' else 1},{1 if label == '0' else 9}")
    (folder / "labels.csv").write_text("\n".join(rows))
    (folder / "votes.csv").write_text("\n".join(votes))
    (tmp_path / "shape.md").write_text(SHAPE)
    return folder


def test_a_folder_becomes_a_matrix_a_table_and_a_page(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("ask", "mine", "--prompt", "shape.md", "--no-page")
    assert (said.code, said.err) == (0, "")
    assert "mine: 6 images, 6 with a label, 6 with votes" in said.out
    assert "asking 18 times: 6 images, in 3 wordings" in said.out
    assert "│ all 6" in said.out
    assert "says what most volunteers say of" in said.out
    assert "categories in reverse order: another answer for" in said.out
    output = mine.with_name("mine-answers") / f"shape.{read_plan().model}"
    answers = pd.read_csv(output / "answers.csv")
    assert len(answers) == 18
    assert answers["answer"].isin(["R", "S"]).all()
    assert answers.groupby("file")["stretch"].first().notna().sum() == 1
    page = nbformat.read(output / "12_your_galaxies.ipynb", as_version=4)
    assert not any(o.output_type == "error" for c in page.cells for o in c.get("outputs", []))
    # The same again asks nothing and starts no server.
    monkeypatch.setattr(ask, "local_server", None)
    monkeypatch.setattr(ask, "run_chapter", lambda *_: None)
    again = run("ask", "mine", "--prompt", "shape.md", "--no-page")
    assert "all answers are recorded: nothing is asked" in again.out
    assert (
        again.out.partition("true")[2].partition("wrote")[0]
        == (said.out.partition("true")[2].partition("wrote")[0])
    )


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the notebook out, which takes seconds."""
    monkeypatch.setattr(ask, "run_chapter", lambda *_: None)


@pytest.mark.usefixtures("no_page")
def test_another_model_is_asked_where_it_answers(
    run: Run, mine: Path, endpoint_server: EndpointServer
) -> None:
    endpoint_server.default = lambda asked: answer("S")
    (mine / "labels.csv").unlink()
    said = run(
        "ask", "mine", "--prompt", "shape.md", "--model", "sky-1", "--no-page", "--limit", "3",
        "--base-url", endpoint_server.base_url, "--repeats", "2", "--output", "out",
        "--max-tokens", "50",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "3 images, 0 with a label" in said.out
    assert "true" not in said.out  # no matrix
    assert len(endpoint_server.requests) == 6  # and in no other words
    assert {asked.body["max_tokens"] for asked in endpoint_server.requests} == {50}
    assert len(pd.read_csv("out/shape.sky-1/answers.csv")) == 6


@pytest.mark.usefixtures("no_page")
def test_nothing_is_asked_of_strangers_without_a_word(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    said = run("ask", "mine", "--prompt", "shape.md", "--model", "gpt-5-mini", "--yes")
    assert said.err.startswith("error: no key: set OPENAI_API_KEY")
    assert "with --base-url, in Python base_url, for a notebook OPENAI_BASE_URL" in said.err
    assert "`secondsight serve` starts one" in said.err
    assert "USD at list price" in said.out  # the quote comes first
    typo = run("ask", "mine", "--prompt", "shape.md", "--model", "minivlm3")
    assert typo.err.startswith("error: no key")
    *_, quoted, hint = typo.out.splitlines()
    assert "no price is known for minivlm3" in quoted
    assert "minivlm3 is no model on this machine" in hint
    assert hint.endswith("did you mean minivlm-4?")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setattr("sys.stdin", StringIO())
    said = run("ask", "mine", "--prompt", "shape.md", "--model", "gpt-5-mini")
    assert said.code == 1
    assert "6 requests" in said.out
    assert "did you mean" not in said.out
    assert "USD at list price" in said.out
    assert "say it with --yes" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone"], "there is no folder"),
        (["mine"], "in labels.csv: 'S' is none of the categories"),
        (["mine"], "ask another one: 0 = round = smooth and round = smooth round, 1 = cigar"),
        (["mine"], "votes.csv has no column of counts for cigar, edge-on"),
        (["mine", "--prompt", "gone.md"], "error: there is no file gone.md\n"),
        (["mine", "--prompt", "shape.md", "--concurrency", "0"], "concurrency must be 1 or more"),
        (["mine", "--prompt", "shape.md", "--model", "a b"], "no model can be named 'a b'"),
        (["mine", "--prompt", "shape.md", "--limit", "-1"], "the limit must be 1 image or more"),
    ],
)
def test_a_mistake_is_one_error(run: Run, mine: Path, words: list[str], said: str) -> None:
    ended = run("ask", *words)
    assert ended.code == 1
    assert ended.err.startswith("error: ")
    assert said in ended.err
    assert not mine.with_name("mine-answers").exists()


@pytest.mark.usefixtures("no_page")
def test_what_is_bad_is_left_out_if_that_is_wanted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint_server: EndpointServer
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = make_folder(tmp_path / "some", 3)
    (folder / "img-001.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("x")
    asked = ["ask", "some", "--prompt", "lsbg-1", "--model", "m", "--base-url"]
    (folder / "labels.csv").write_text("image_id,label\nimg-002,comet\n")
    refused = run(*asked, endpoint_server.base_url)
    head, remedied, damaged, skipping = refused.err.splitlines()
    assert head == "error: in some 2 things can't be used:"
    assert "'comet' is none of the categories; write a category of this question" in remedied
    assert damaged.startswith("  img-001.png is cut off")
    way_out = "--skip-bad, with `secondsight run` -p skip_bad=true, leaves out what can't be used"
    assert skipping == way_out
    (folder / "labels.csv").unlink()
    refused = run(*asked, endpoint_server.base_url)
    assert "in some img-001.png is cut off, damaged or no picture" in refused.err
    assert endpoint_server.requests == []
    said = run(*asked, endpoint_server.base_url, "--skip-bad", "--no-page", "--flips")
    assert "left out: img-001.png is cut off" in said.out
    assert "no image: notes.txt" in said.out
    assert len(endpoint_server.requests) == 4


@pytest.fixture
def here(endpoint_server: EndpointServer) -> list[str]:
    """The options that ask a model without a price, on this machine."""
    endpoint_server.default = lambda asked: answer("S")
    return ["--model", "sky-1", "--base-url", endpoint_server.base_url, "--no-page"]


@pytest.mark.usefixtures("no_page")
def test_a_second_question_leaves_the_first_ones_results(
    run: Run, mine: Path, here: list[str], endpoint_server: EndpointServer
) -> None:
    mine.with_name("other.md").write_text(SHAPE.replace("one galaxy", "a galaxy"))
    for name in ("shape", "other"):
        said = run("ask", "mine", "--prompt", f"{name}.md", "--limit", "2", *here)
        assert "asking 2 times: 2 images" in said.out.splitlines()
    tables = sorted(Path("mine-answers").glob("*/answers.csv"))
    assert [table.parent.name for table in tables] == ["other.sky-1", "shape.sky-1"]
    said = run("ask", "mine", "--prompt", "shape.md", "--limit", "2", *here)
    assert "all answers are recorded" in said.out
    assert len(endpoint_server.requests) == 4


@pytest.mark.usefixtures("no_page")
def test_another_model_or_examples_leave_the_first_ones_results(
    run: Run, mine: Path, here: list[str]
) -> None:
    asked = ["ask", "mine", "--prompt", "shape.md", *here]
    for more in ([], ["--examples", "1"], ["--model", "org/sky-2"]):
        assert run(*asked, *more).code == 0
    tables = sorted(Path("mine-answers").glob("*/answers.csv"))
    assert [table.parent.name for table in tables] == [
        "shape-examples-1-seed-0.sky-1",
        "shape.org--sky-2",
        "shape.sky-1",
    ]
    assert [len(pd.read_csv(table)) for table in tables] == [4, 6, 6]


@pytest.mark.usefixtures("mine")
def test_a_ceiling_without_a_price_is_refused(
    run: Run, here: list[str], endpoint_server: EndpointServer
) -> None:
    said = run("ask", "mine", "--prompt", "shape.md", *here, "--max-usd", "1")
    assert said.err.startswith("error: no ceiling can be kept: no price is known for sky-1; look")
    assert endpoint_server.requests == []


def test_the_local_model_needs_no_ceiling(run: Run, mine: Path) -> None:
    model = read_plan().model
    for command in (["ask", mine, "--prompt", "shape.md"], ["record"]):
        said = run(*command, "--max-usd", "1")
        assert said.err == (
            f"error: {model} is on your machine and costs nothing: leave --max-usd out\n"
        )


@pytest.mark.usefixtures("no_page")
def test_the_labels_that_the_page_shows_fit_the_question_that_is_asked_unless_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (paths.BOOK / "your_galaxies.md").read_text()
    rows = re.search(r"```text\n(image_id;label\n.*?)```", text, re.DOTALL)
    assert rows
    folder = make_folder(tmp_path / "sky", 2)
    (folder / "img-000.png").rename(folder / "m31.png")
    fits.PrimaryHDU(np.eye(9)).writeto(folder / "m87.fits")
    (folder / "img-001.png").unlink()
    (folder / "labels.csv").write_text(rows[1])
    said = run("ask", "sky", *here)
    assert (said.code, said.err) == (0, "")
    assert "2 images, 2 with a label" in said.out
    (folder / "labels.csv").write_text("image_id,label\nm31,SPIRAL\nm87,lenticular\n")
    said = run("ask", "sky", *here, "--skip-bad")
    left_out = "left out: the label of m87 in labels.csv: 'lenticular' is none of the categories\n"
    assert left_out in said.out
    assert len(pd.read_csv("sky-answers/morphology-1.sky-1/answers.csv")) == 2


@pytest.mark.usefixtures("no_page")
def test_two_answers_about_a_folder_are_compared_as_the_last_line_says(
    run: Run, mine: Path, here: list[str]
) -> None:
    first = run("ask", "mine", "--prompt", "shape.md", *here)
    assert first.out.endswith("recorded as mine.shape.sky-1 in mine-answers/recordings\n")
    second = run(
        "ask", "../" + mine.parent.name + "/mine", "--prompt", "shape.md", *here, "--model", "sky-2"
    )
    mine.with_name("shape.md").unlink()
    last = second.out.splitlines()[-1]
    assert last == (
        "side by side: secondsight compare mine.shape.sky-2 mine.shape.sky-1 "
        "--folder mine-answers/recordings --images mine"
    )
    told = run(*shlex.split(last)[4:])
    assert told.code == 0, told.err
    assert "6 galaxies that all of them answered" in told.out
    labels = (mine / "labels.csv").read_text()
    assert f"A  {100 * labels.count('S') / 6:.1f}%" in told.out


@pytest.mark.usefixtures("no_page")
def test_a_data_set_is_asked_its_own_question_if_none_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("ask", "radio", "--limit", "2", *here)
    assert said.code == 0, said.err
    assert "recorded as radio.radio-1.sky-1" in said.out
    said = run("ask", "galaxy10", "--limit", "2", *here)
    asked = "error: say with --prompt what the images of galaxy10 are asked: dwarf-1"
    assert said.err.startswith(asked)


@pytest.mark.usefixtures("no_page")
def test_a_recording_of_other_categories_is_not_proposed(
    run: Run, mine: Path, here: list[str]
) -> None:
    other = SHAPE.replace("code: S", "code: D")
    mine.with_name("other.md").write_text(other)
    (mine / "labels.csv").unlink()
    (mine / "votes.csv").unlink()
    assert run("ask", "mine", "--prompt", "other.md", *here).code == 0
    said = run("ask", "mine", "--prompt", "shape.md", *here)
    assert "side by side" not in said.out
    names = ["mine.shape.sky-1", "mine.other.sky-1"]
    told = run("compare", *names, "--folder", "mine-answers/recordings")
    assert told.err == (
        "error: mine.shape.sky-1 chooses among R, S and mine.other.sky-1 among R, D: compare "
        "answers to the same categories\n"
    )


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("secondsight", "secondsight"),
        ("{here}/.venv/bin/secondsight", ".venv/bin/secondsight"),
        (".venv/bin/secondsight", ".venv/bin/secondsight"),
        ("/somewhere/secondsight/__main__.py", "secondsight"),
    ],
)
def test_a_command_to_copy_begins_as_the_program_was_called(
    called: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [called.format(here=tmp_path)])
    assert program() == shown


@pytest.mark.usefixtures("no_page")
def test_a_changed_prompt_of_the_same_name_does_not_replace_the_one_that_was_asked(
    run: Run, mine: Path, here: list[str], endpoint_server: EndpointServer
) -> None:
    asked = ["ask", "mine", "--prompt", "shape.md", "--limit", "2", *here]
    assert run(*asked).code == 0
    kept = Path("mine-answers/recordings/prompts/shape.md").read_bytes()
    shape = mine.with_name("shape.md")
    shape.write_text(SHAPE.replace("one galaxy", "a galaxy"))
    said = run(*asked)
    assert said.err == (
        "error: shape is not what it was when it was asked, as "
        "mine-answers/recordings/prompts/shape.md tells: give the changed prompt another name, "
        "or say with --output where its answers go\n"
    )
    assert len(endpoint_server.requests) == 2
    assert Path("mine-answers/recordings/prompts/shape.md").read_bytes() == kept
    assert run(*asked, "--output", "other").code == 0
    shape.write_text(SHAPE.replace("Round or spiral", "The same, described otherwise"))
    assert "all answers are recorded" in run(*asked).out


@pytest.mark.usefixtures("no_page")
def test_answers_are_listed_with_their_model_and_day_and_paths_are_short(
    run: Run, mine: Path, here: list[str]
) -> None:
    output = f"{mine.parent}/gone/../out"
    said = run("ask", "mine", "--prompt", "shape.md", "--limit", "2", *here, "--output", output)
    assert (
        "wrote out/shape.sky-1/12_your_galaxies.ipynb and out/shape.sky-1/answers.csv" in said.out
    )
    (line,) = run("responses", "list", "--folder", "out/recordings").out.splitlines()
    name, state, models, rows, _, day = line.split("\t")
    assert (name, state, models) == ("mine.shape.sky-1.jsonl", "not published", "sky-1")
    assert rows == "2 responses"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)

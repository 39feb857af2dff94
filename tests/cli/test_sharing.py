import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest

from cli.conftest import Record, Run
from secondsight.datasets.astrosight import printed_counts
from secondsight.datasets.registry import load
from secondsight.inference.inspect_logs import read_log
from secondsight.inference.recording import read_rows, read_sidecar, sidecar_path, verify

CODES = "ABCDEFGH"
MAP = "image_id=path,text=raw,label=true"


def save(path: Path, truth: list[str], answers: list[str]) -> Path:
    """Write answers as somebody might release them."""
    rows = [
        {"path": f"/far/{n}.jpg", "true": label, "raw": f"The answer is {answer}."}
        for n, (label, answer) in enumerate(zip(truth, answers, strict=True))
    ]
    path.write_text(json.dumps({"results": rows}))
    return path


def good(n: int = 400) -> tuple[list[str], list[str]]:
    """True classes and answers of which every second is right."""
    truth = [CODES[number % 5] for number in range(n)]
    return truth, [label if n % 2 else "H" for n, label in enumerate(truth)]


@pytest.fixture
def bring(run: Run, tmp_path: Path) -> Callable[..., object]:
    return lambda file, *words: run(
        "responses", "import", file, "--model", "sky-2", "--dataset", "galaxy-zoo-2",
        "--map", MAP, "--folder", tmp_path / "elsewhere", *words,
    )  # fmt: skip


# -------------------------------------------------------------------------------- import


def test_anybodys_answers_become_a_recording(bring: Run, tmp_path: Path) -> None:
    file = save(tmp_path / "a.json", *good())
    said = bring(file, "--task", "galaxy-zoo-2", "--by", "A. Person", "--licence", "CC0")
    path = tmp_path / "elsewhere" / "galaxy-zoo-2.sky-2.parquet"
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"wrote {path}: 400 answers (400 answered; 200 of 400 right)\n"
        "they belong to their images, as far as the labels tell\n"
    )
    assert verify(path) == []
    about = read_sidecar(path)
    assert (about.recorded_by, about.licence, about.rows) == ("A. Person", "CC0", 400)
    assert (about.sampling, about.endpoint) == (None, None)
    assert "In doubt" not in about.about
    again = bring(file)
    assert (again.code, "is there already" in again.err) == (1, True)
    assert bring(file, "--name", "other").code == 0


def test_answers_to_other_images_are_doubted_loudly(bring: Run, tmp_path: Path) -> None:
    truth, answers = good()
    shuffled = list(np.random.default_rng(0).permutation(answers))
    said = bring(save(tmp_path / "a.json", truth, shuffled), "--task", "galaxy-zoo-2")
    assert said.code == 0
    assert said.err.startswith("error: IN DOUBT: the answers are unrelated to the labels")
    about = read_sidecar(tmp_path / "elsewhere" / "galaxy-zoo-2.sky-2.parquet").about
    assert "In doubt: the answers are unrelated to the labels" in about


def test_answers_with_the_printed_counts_of_the_third_model_are_doubted(
    bring: Run, tmp_path: Path
) -> None:
    counts = printed_counts()["gemini-2.5-flash"].confusion.counts
    cells = [(t, a) for t in range(8) for a in range(8) for _ in range(int(counts[t, a]))]
    order = np.random.default_rng(0).permutation(len(cells))
    truth, answers = ([CODES[cells[n][side]] for n in order] for side in (0, 1))
    said = bring(save(tmp_path / "a.json", truth, answers), "--task", "galaxy-zoo-2")
    assert "11,088 answers" in said.out
    assert "IN DOUBT: the answers are unrelated to the labels" in said.err


def test_what_can_not_be_checked_is_said(bring: Run, tmp_path: Path) -> None:
    for n, words, why in (
        (400, ["--name", "a"], "nobody read a category in them, and no task is named"),
        (40, ["--name", "b", "--task", "galaxy-zoo-2"], "fewer than 100 have a label"),
    ):
        said = bring(save(tmp_path / "a.json", *good(n)), *words)
        assert f"not checked whether they belong to their images: {why}" in said.out
        about = read_sidecar(tmp_path / "elsewhere" / f"{words[1]}.parquet").about
        assert f"Not checked whether they belong to their images: {why}" in about


def test_names_of_categories_become_codes(bring: Run, tmp_path: Path) -> None:
    file = save(tmp_path / "a.json", ["Merger", "edge-on"], ["H", "D"])
    assert bring(file, "--task", "galaxy-zoo-2").code == 0
    rows = read_rows(tmp_path / "elsewhere" / "galaxy-zoo-2.sky-2.parquet").to_pylist()
    assert {row["image_id"]: row["label"] for row in rows} == {"0": "H", "1": "D"}
    file = save(tmp_path / "a.json", ["quasar"], ["H"])
    said = bring(file, "--task", "galaxy-zoo-2", "--name", "other")
    assert "the label 'quasar' is no category of galaxy-zoo-2; known: A (round" in said.err


def test_labels_are_held_against_the_data_sets_own(run: Run, bring: Run, tmp_path: Path) -> None:
    own = load("lsbg").table.head(4)
    truth = [*own["label"][:3], str(1 - int(own["label"].iloc[3]))]
    rows = zip(own["image_id"], truth, strict=True)
    file = tmp_path / "a.csv"
    file.write_text("path,raw,true\n" + "".join(f"{name},1,{label}\n" for name, label in rows))
    said = bring(file, "--dataset", "lsbg")
    assert "note: of 4 images 1 has another label than lsbg gives it" in said.out
    said = bring(file, "--dataset", "nodata")
    assert said.code == 0
    assert "note: nodata is no data set of this book; known: lsbg, " in said.out


def test_what_is_wrong_with_an_import_is_one_line(run: Run, bring: Run, tmp_path: Path) -> None:
    file = save(tmp_path / "a.json", *good(4))
    for said, why in (
        (bring(file, "--task", "nope"), "no task 'nope'; known: lsbg, "),
        (bring(file, "--task", "lsbg", "--prompt", "lsbg-1"), "give one"),
        (bring(file, "--map", "id=x"), "--map knows no 'id'"),
        (bring(tmp_path / "none.json"), "is missing"),
        (run("responses", "import", file, "--map", MAP), "say with --model whose answers"),
        (run("responses", "import", file), "say where the answers stand in"),
    ):
        assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
        assert why in said.err
    assert not (tmp_path / "elsewhere").exists()


# -------------------------------------------------------------------------------- export


def test_an_export_explains_itself_and_comes_back(
    run: Run, record: Record, recordings: Path, tmp_path: Path
) -> None:
    record("one", "1", "0", "A | b")
    record("two", "1", model="a_b/c")
    folder = tmp_path / "out"
    said = run(
        "responses", "export", "one", "two", folder, "--inspect", "--by", "A. Person",
        "--licence", "CC BY 4.0", "--folder", recordings,
    )  # fmt: skip
    assert (said.code, said.err) == (0, "")
    names = {path.name for path in folder.iterdir()}
    logs = sorted(name for name in names if name.startswith("2026-01-02T"))
    fixed = {"README.md", "LICENCE.txt", ".zenodo.json", "SHA256SUMS"}
    pairs = {f"{name}.{kind}" for name in ("one", "two") for kind in ("parquet", "toml")}
    assert names == fixed | pairs | set(logs)
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert sums.keys() == names - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert run("responses", "verify", "--folder", folder).out.startswith("2 recordings are what")
    about = read_sidecar(folder / "one.parquet")
    assert (about.recorded_by, about.licence) == ("A. Person", "CC BY 4.0")
    assert about.sampling == "temperature left to the endpoint"
    readme = (folder / "README.md").read_text()
    assert "| sampling | temperature left to the endpoint |" in readme
    assert "| models | a_b/c |" in readme
    assert "creativecommons.org/licenses/by/4.0" in (folder / "LICENCE.txt").read_text()
    zenodo = json.loads((folder / ".zenodo.json").read_text())
    assert (zenodo["license"], zenodo["creators"]) == ("cc-by-4.0", [{"name": "A. Person"}])

    log = json.loads((folder / logs[0]).read_text())
    table = read_log(log, {}, "log").table
    assert table["text"].tolist() == ["1", "0", "A | b"]
    assert log["samples"][0]["messages"][0]["content"].startswith(
        "What is it?\n\n[image, SHA-256 0"
    )
    back = run(
        "responses", "import", folder / logs[0], "--dataset", "tiny", "--folder", tmp_path / "back"
    )
    assert back.code == 0
    rows = read_rows(tmp_path / "back" / "tiny.sky-1.parquet").to_pylist()
    assert {row["image_id"]: row["response"] for row in rows} == {
        "img-000": "1", "img-001": "0", "img-002": "A | b",
    }  # fmt: skip
    assert verify(tmp_path / "back" / "tiny.sky-1.parquet") == []


def test_inspect_itself_reads_the_logs(
    run: Run, record: Record, recordings: Path, tmp_path: Path
) -> None:
    inspect = pytest.importorskip("inspect_ai.log", reason="inspect_ai is not installed")
    record("one", "1", "0")
    run("responses", "export", "one", tmp_path / "out", "--inspect", "--folder", recordings)
    (found,) = inspect.list_eval_logs(str(tmp_path / "out"))
    log = inspect.read_eval_log(found)
    assert [sample.output.completion for sample in log.samples] == ["1", "0"]
    assert (log.status, log.eval.model) == ("success", "sky-1")


SECRETS = {
    "a key": ("sk-" + "proj-" + "a1B2" * 8, "key"),
    "a token": ("h" + "f_" + "a1B2" * 8, "key"),
    "a header": ("Authorization: Bearer" + " " + "abcd.efgh" * 3, "key"),
    "Amazon's": ("AK" + "IA" + "ABCD" * 4, "key"),
    "an address": ("write to a.person" + "@" + "example.org", "e-mail"),
    "a folder": ("see /" + "home/somebody/x.png", "path"),
    "a folder of Windows": ("C:\\Us" + "ers\\somebody", "path"),
}


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("where", ["answer", "about"])
def test_a_secret_does_not_go_out(
    run: Run, record: Record, recordings: Path, tmp_path: Path, kind: str, where: str
) -> None:
    text, name = SECRETS[kind]
    if where == "answer":
        record("one", "1", text)
    else:
        record("one", "1", about=text)
    words = ["responses", "export", "one", tmp_path / "out", "--folder", recordings]
    said = run(*words)
    assert (said.code, said.out) == (1, "")
    place = "the response of 'img-001' #0" if where == "answer" else "about in the sidecar"
    assert f"one holds what looks secret: {place} ({name}: " in said.err
    assert not (tmp_path / "out").exists()
    allowed = run(*words, "--allow", "e-mail", "--allow", "path")
    assert allowed.code == (1 if name == "key" else 0)
    if name == "key":
        assert text not in said.err
        assert "revoke the key" in said.err


@pytest.mark.parametrize(
    "text",
    ["disk-based and risk-averse-or-not-so-much", "org/sky@main", "and/or/home", "a@b"],
)
def test_what_only_resembles_a_secret_goes_out(
    run: Run, record: Record, recordings: Path, tmp_path: Path, text: str
) -> None:
    record("one", text)
    assert run("responses", "export", "one", tmp_path / "o", "--folder", recordings).code == 0


def test_an_export_is_refused_where_it_would_be_wrong(
    run: Run, record: Record, recordings: Path, tmp_path: Path, bring: Run
) -> None:
    path = record("one", "1")
    bring(save(tmp_path / "a.json", *good(4)))
    elsewhere = ["--folder", tmp_path / "elsewhere"]
    said = run("responses", "export", "galaxy-zoo-2.sky-2", tmp_path / "out", *elsewhere)
    assert "galaxy-zoo-2.sky-2 has no licence (none stated)" in said.err
    here = ["--folder", recordings]
    assert "is there already" in run("responses", "export", "one", tmp_path, *here).err
    assert "are called one" in run("responses", "export", "one", path, tmp_path / "o", *here).err
    path.write_bytes(path.read_bytes()[:-1])
    assert "is damaged" in run("responses", "export", "one", tmp_path / "out", *here).err
    assert not (tmp_path / "out").exists()


# -------------------------------------------------------------------------------- merge


def test_recordings_are_put_together(run: Run, record: Record, recordings: Path) -> None:
    record("one", "1", "0")
    record("two", "1", "0", "1", about="Made up too.")
    said = run("responses", "merge", "one", "two", "-o", "both", "--folder", recordings)
    both = recordings / "both.parquet"
    assert (said.code, said.out) == (0, f"wrote {both}: 3 answers\n")
    assert verify(both) == []
    assert read_sidecar(both).about == "Made up.; Made up too."
    again = run("responses", "merge", "one", "two", "-o", "both", "--folder", recordings)
    assert "is there already" in again.err


@pytest.mark.parametrize(("keep", "kept"), [("first", "0"), ("last", "x")])
def test_conflicts_are_reported_and_nothing_written_over(
    run: Run, record: Record, recordings: Path, keep: str, kept: str
) -> None:
    one, two = record("one", "1", "0"), record("two", "1", "x", "1")
    before = one.read_bytes(), two.read_bytes()
    words = ["responses", "merge", "one", "two", "-o", "both", "--folder", recordings]
    said = run(*words)
    assert said.code == 1
    assert said.out == "  img-001 #0: '0' and 'x'\n"
    assert "1 requests have different answers; nothing is written: say with --keep" in said.err
    assert not (recordings / "both.parquet").exists()
    assert not sidecar_path(recordings / "both.parquet").exists()
    assert run(*words, "--keep", keep).code == 0
    rows = read_rows(recordings / "both.parquet").to_pylist()
    bodies = {row["image_id"]: orjson.loads(row["response"]) for row in rows}
    assert bodies["img-001"]["choices"][0]["message"]["content"] == kept
    assert (one.read_bytes(), two.read_bytes()) == before


def test_unlike_recordings_are_not_put_together(
    run: Run, record: Record, recordings: Path, tmp_path: Path, bring: Run
) -> None:
    record("one", "1")
    bring(save(tmp_path / "a.json", *good(4)))
    other = tmp_path / "elsewhere" / "galaxy-zoo-2.sky-2.parquet"
    said = run("responses", "merge", "one", other, "-o", "both", "--folder", recordings)
    assert "can't be put together: lookup is 'request' and 'image_id'" in said.err
    assert "name two" in run("responses", "merge", "one", "-o", "b", "--folder", recordings).err


def test_the_imports_stand_beside_each_other(bring: Run, tmp_path: Path) -> None:
    from secondsight.datasets.tasks import GALAXY_ZOO_2
    from secondsight.papers.first_sight.brought import beside, brought

    truth, answers = good()
    bring(save(tmp_path / "a.json", truth, answers), "--name", "good")
    shuffled = list(np.random.default_rng(0).permutation(answers))
    bring(save(tmp_path / "a.json", truth, shuffled), "--name", "bad", "--task", "galaxy-zoo-2")
    folder = tmp_path / "elsewhere"
    table = beside(brought({"galaxy-zoo-2": GALAXY_ZOO_2}, folder)).set_index("recording")
    assert table.loc["good", "right"].value == 0.5
    assert table.loc["good", "in doubt"] == "no"
    assert table.loc["bad", "in doubt"].startswith("the answers are unrelated to the labels")
    assert table["most like"].str.contains("kappa").all()
    assert brought({"other": GALAXY_ZOO_2}, folder) == []
    assert beside([]).empty
    assert isinstance(table, pd.DataFrame)

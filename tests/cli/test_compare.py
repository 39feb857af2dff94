from pathlib import Path

import pandas as pd
import pytest

from cli.conftest import Run
from conftest import make_folder
from endpoint import Asked, EndpointServer, answer
from secondsight import paths
from secondsight.datasets.folder import load_folder
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.imported import From, check_form, import_answers
from secondsight.inference.options import Options
from secondsight.inference.recorder import Recorder
from secondsight.papers.read_answers import read_answers

HERE = ("lsbg.lsbg-1.minivlm-4", "lsbg.lsbg-1-names.minivlm-4")


def test_the_books_own_recordings_are_compared(run: Run, tmp_path: Path) -> None:
    every = tmp_path / "changed.csv"
    told = run("compare", *HERE, "--csv", every, "--most", "2")
    assert told.code == 0, told.err
    assert "500 galaxies that all of them answered" in told.out
    assert "A is right more often than B" in told.out
    changed = pd.read_csv(every, dtype="str")
    assert f"{len(changed)} galaxies changed side, the first 2 of them" in told.out
    assert changed.columns.tolist() == ["image_id", "truth", "A", "B"]
    assert ((changed["A"] == changed["truth"]) != (changed["B"] == changed["truth"])).all()
    by_parts = ["--dataset", "lsbg", "--model", "minivlm-4", "--prompt", "lsbg-1,lsbg-1-names"]
    assert run("compare", *by_parts, "--most", "2").out in told.out


def test_journals_examples_and_a_folder_without_truth(
    run: Run, tmp_path: Path, endpoint_server: EndpointServer, endpoint: Endpoint
) -> None:
    dataset = load_folder(make_folder(tmp_path / "mine", 12))

    def reply(asked: Asked) -> object:
        return answer("1" if len(asked.body["messages"]) > 1 else str(asked.png[-20] % 2))

    endpoint_server.default = reply  # type: ignore[assignment]
    recorder = Recorder("new_episodes", endpoint, tmp_path, progress=False)
    for options in (Options(), Options(examples=2)):
        ask(dataset, "lsbg-1", "sky-1", options, recorder)
    names = ["mine.lsbg-1.sky-1", "mine.lsbg-1-examples-2-seed-0.sky-1"]
    told = run("compare", *names, "--folder", tmp_path)
    assert told.code == 0, told.err
    assert "8 galaxies that all of them answered; 4 that not all" in told.out
    assert "no truth about them is known here" in told.out
    assert "give the same answer to" in told.out
    labelled = run("compare", *names, "--folder", tmp_path, "--images", tmp_path / "mine")
    assert labelled.code == 0, labelled.err
    assert "A less B" in labelled.out
    assert "no truth" not in labelled.out


def test_repeats_in_the_same_recording_make_no_difference(
    run: Run, tmp_path: Path, endpoint_server: EndpointServer, endpoint: Endpoint
) -> None:
    folder = make_folder(tmp_path / "mine", 12)
    rows = "".join(f"img-{place:03d},1\n" for place in range(12))
    (folder / "labels.csv").write_text(f"image_id,label\n{rows}")
    endpoint_server.default = lambda asked: answer(
        "1" if "temperature" not in asked.body else str(asked.png[-20] % 2)
    )
    recorder = Recorder("new_episodes", endpoint, tmp_path, progress=False)
    drawn = Options(temperature=None, repeats=3)
    for model, options in (("sky-1", Options()), ("sky-1", drawn), ("sky-2", Options())):
        ask(load_folder(folder), "lsbg-1", model, options, recorder)
    names = [f"mine.lsbg-1.sky-{n}" for n in (1, 2)]
    told = run("compare", *names, "--folder", tmp_path, "--images", folder)
    assert told.code == 0, told.err
    assert "can't be told apart: their answers are the same." in told.out
    assert "Of A only the calls with temperature 0 count: it holds others too" in told.out


def test_labels_by_name_or_alias_are_read_as_ask_reads_them(
    run: Run, tmp_path: Path, endpoint_server: EndpointServer, endpoint: Endpoint
) -> None:
    folder = make_folder(tmp_path / "mine", 4)
    endpoint_server.default = lambda asked: answer("1")
    recorder = Recorder("new_episodes", endpoint, tmp_path, progress=False)
    for model in ("sky-1", "sky-2"):
        ask(load_folder(folder), "lsbg-1", model, Options(), recorder)
    names = [f"mine.lsbg-1.sky-{n}" for n in (1, 2)]
    asked = ["compare", *names, "--folder", tmp_path, "--images", folder]
    table = folder / "labels.csv"
    ids = [f"img-{n:03d}" for n in range(4)]
    words = ("lsbg", "Low-surface-brightness galaxy", "artifact", "1")
    table.write_text("image_id,label\n" + "".join(map("{},{}\n".format, ids, words)))
    told = run(*asked)
    assert told.code == 0, told.err
    assert "A  75.0%" in told.out
    table.write_text(f"image_id,label\n{ids[0]},LSBG\n{ids[1]},comet\n")
    told = run(*asked)
    assert f"the labels of the folder {folder} (1 more fits no category)" in told.out
    table.write_text("image_id,label\n" + "".join(f"{image_id},comet\n" for image_id in ids))
    told = run(*asked)
    assert (told.code, told.out) == (1, "")
    assert "'comet' is none of the categories" in told.err
    assert "0 = artifact" in told.err


def test_answers_recorded_elsewhere_are_found_by_image(run: Run, tmp_path: Path) -> None:
    for model, texts in {"a": ["A", "B", "C"], "b": ["A", "B", "H"]}.items():
        table = pd.DataFrame({"image_id": list("xyz"), "text": texts, "label": list("ABC")})
        whose = From("Theirs", "galaxy-zoo-2", model, "nobody", "CC0")
        import_answers(check_form(table, "made"), whose, tmp_path / f"theirs.{model}.parquet")
    told = run("compare", "theirs.a", "theirs.b", "--folder", tmp_path)
    assert told.code == 0, told.err
    assert "3 galaxies that all of them answered." in told.out
    assert "what was released with theirs.a, and what was released with theirs.b." in told.out
    assert "1 galaxy changed side:\nimage_id  truth  A  B\nz         C      C  H" in told.out


def test_a_data_sets_own_labels_are_the_truth_in_any_order(run: Run, tmp_path: Path) -> None:
    own = read_answers(HERE[0]).answers
    wrong = own["label"].map({"0": "1", "1": "0"})
    right = f"{(own['answer'] == own['label']).mean():.1%}"
    for model, label in {"a": own["label"], "b": wrong}.items():
        table = pd.DataFrame({"image_id": own["image_id"], "text": own["answer"], "label": label})
        whose = From("Theirs", "lsbg", model, "nobody", "CC0")
        import_answers(check_form(table, "made"), whose, tmp_path / f"lsbg.{model}.parquet")
    for names in (["lsbg.a", "lsbg.b"], ["lsbg.b", "lsbg.a"]):
        told = run("compare", *names, "--folder", tmp_path)
        assert told.code == 0, told.err
        assert "The truth: the data set's own labels (lsbg)." in told.out
        assert f"A  {right}" in told.out
        assert f"B  {right}" in told.out
    parts = ["--dataset", "lsbg", "--model", "a,b", "--prompt", "lsbg-1"]
    assert run("compare", *parts, "--folder", tmp_path).code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["lsbg.lsbg-1.minivlm-4"], "name two recordings or more"),
        ([HERE[0], HERE[0]], "name two recordings or more"),
        ([HERE[0], "nope"], "no recording named 'nope'"),
        ([HERE[0], "radio.radio-1.minivlm-4"], "no image is in both"),
        (["--dataset", "lsbg"], "say all three"),
        ([HERE[0], "conversations.conversation-1.rule-writer-1"], "asks in words that no prompt"),
    ],
)
def test_a_mistake_is_one_line(run: Run, words: list[str], why: str) -> None:
    told = run("compare", *words, "--folder", paths.RECORDINGS)
    assert (told.code, told.out) == (1, "")
    assert why in told.err
    assert told.err.count("\n") == 1

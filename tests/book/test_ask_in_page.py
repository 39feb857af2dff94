"""What the workflow writes for the page "Ask it yourself"."""

import base64
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from secondsight import paths
from secondsight.book.ask_in_page import (
    QUESTIONS,
    UNIT,
    Bank,
    Sky,
    _packed,
    choose,
    recorded,
    write,
)
from secondsight.book.npm import FILES, main
from secondsight.datasets.manifest import read_manifest
from secondsight.datasets.registry import REAL
from secondsight.minivlm.judge import wording
from secondsight.minivlm.model import WEIGHTS
from secondsight.toml import read_toml

BANK = read_toml(QUESTIONS, Bank)
SMALL = BANK.sky[1].model_copy(update={"images": 4, "shown": 2})
RECORDED = "lsbg.lsbg-1.minivlm-4"


def said(script: Path, name: str) -> Any:
    """Return what a script hands to the page."""
    text = script.read_text(encoding="utf-8")
    head, tail = f'SecondSight.data("{name}", ', ");\n"
    assert text.startswith(head)
    assert text.endswith(tail)
    return json.loads(text[len(head) : -len(tail)])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm, folder = tmp_path_factory.mktemp("npm"), tmp_path_factory.mktemp("web")
    for name in FILES:
        (npm / name).write_text(f"this is {name}", encoding="utf-8")
    (folder / "left.js").write_text("of an earlier build", encoding="utf-8")
    write(folder, npm, (SMALL,))
    return folder


def test_the_page_is_told_of_its_skies_and_the_weights_of_the_model(written: Path) -> None:
    told = said(written / "ask-bank.js", "ask")
    assert told["skies"] == [{"name": "lsbg", "title": "Faint galaxies"}]
    for part in told["parts"]:
        packed = (written / f"{part['name']}.bin").read_bytes()
        own = WEIGHTS / part["name"]
        assert len(packed) == part["bytes"]
        assert gzip.decompress(packed) == (
            own.read_bytes() if own.is_file() else b"this is ort.wasm"
        )
    assert not (written / "left.js").exists()


def test_a_sky_has_a_picture_a_vector_and_a_label_for_each_galaxy(written: Path) -> None:
    told = said(written / "ask-lsbg.js", "lsbg")
    assert told["labels"] == ["0", "0", "1", "1"]
    assert len(told["ids"]) == len(told["vectors"]) == 4
    assert told["names"] == {"0": "artifact", "1": "LSBG"}
    with Image.open(written / "ask-lsbg.webp") as sheet:
        size = (told["sheet"]["width"] * told["sheet"]["across"], told["sheet"]["height"])
        assert sheet.size == size


def test_every_text_of_a_listed_question_has_its_vector(written: Path) -> None:
    told = said(written / "ask-lsbg.js", "lsbg")
    options = [option for each in SMALL.question for option in each.options]
    assert set(told["texts"]) == {wording(option) for option in options}
    assert [len(each["categories"]) for each in told["questions"]] == [2, 2, 2, 3]


def test_without_npm_there_are_answers_and_no_model(tmp_path: Path) -> None:
    none, folder = tmp_path / "npm", tmp_path / "web"
    none.mkdir()
    write(folder, none, (SMALL.model_copy(update={"images": 2}),))
    assert said(folder / "ask-bank.js", "ask")["parts"] == []
    assert not list(folder.glob("*.bin"))
    assert (folder / "ask-lsbg.js").is_file()


@pytest.mark.parametrize("sky", BANK.sky, ids=lambda sky: sky.dataset)
def test_the_questions_are_about_labels_of_their_sky(sky: Sky) -> None:
    labels = {"0", "1", "2", "3"}
    if sky.dataset not in REAL:
        labels = set(read_manifest(sky.dataset)["label"])
    assert sky.shown < sky.images
    assert {option.code for option in sky.question[0].options} == labels
    for each in sky.question:
        assert labels <= {option.code for option in each.options}


def test_of_each_label_the_first_images_are_chosen() -> None:
    table = pd.DataFrame({"image_id": list("abcdef"), "label": ["1", "0", None, "1", "1", "0"]})
    assert choose(table, 4)["image_id"].tolist() == ["b", "f", "a", "d"]


def test_a_vector_is_kept_to_a_fraction_of_its_length() -> None:
    vector = np.linspace(-1.5, 1.5, 256)
    kept = np.frombuffer(base64.b64decode(_packed(vector)), "<i2") * UNIT
    assert np.abs(kept - vector).max() <= UNIT / 2


def test_what_another_model_answered_stands_beside_and_the_books_own_does_not(
    tmp_path: Path,
) -> None:
    for ending in (".parquet", ".toml"):
        for name in (RECORDED, "lsbg.lsbg-1.someone--else-1"):
            shutil.copy(paths.RECORDINGS / f"{RECORDED}{ending}", tmp_path / f"{name}{ending}")
    ids = pd.Series(["lsbg-0472", "no such image"])
    (told,) = recorded("lsbg", "lsbg-1", ids, tmp_path)
    assert told["model"] == "someone/else-1"
    assert told["answers"][0] in {"0", "1"}
    assert told["answers"][1] is None
    assert list(recorded("lsbg", "lsbg-1", ids[1:], tmp_path)) == []
    assert list(recorded("lsbg", "", ids, tmp_path)) == []


def test_where_npm_reaches_no_registry_a_line_says_so_and_the_folder_stays_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    main(tmp_path / "npm")
    told = capsys.readouterr().out
    assert told.startswith("npm failed: ECONNREFUSED; the page “Ask it yourself” is built without")
    assert told.count("\n") == 1
    assert list((tmp_path / "npm").iterdir()) == []


def test_the_lock_names_packages_by_their_hashes_alone() -> None:
    lock = json.loads((paths.BOOK / "web" / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package
        assert name == "" or package["integrity"].startswith("sha512-")

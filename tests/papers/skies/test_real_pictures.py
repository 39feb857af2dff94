"""The small model's committed answers about real pictures, and how they are made."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets import derived
from secondsight.datasets.registry import load
from secondsight.errors import DataError
from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.model import MiniVLM
from secondsight.papers.skies import real_pictures, real_sky

COMMITTED = derived.load("real_sky").table


def test_every_set_has_both_halves_and_they_are_alike_in_size() -> None:
    sizes = COMMITTED.groupby(["set", "half"])["count"].sum().reset_index()
    sizes = sizes.pivot_table("count", "set", "half")
    assert set(sizes.index) == set(real_pictures.SETS) == set(real_sky.TITLES)
    assert ((sizes["development"] - sizes["report"]).abs() < 0.15 * sizes.sum(axis=1)).all()


def test_answers_are_codes_of_the_question() -> None:
    for name, own in COMMITTED.groupby("set"):
        codes = load_prompt(real_pictures.SETS[str(name)].prompt).categories.codes
        assert set(own["words"].astype(str)) <= set(codes)


def test_a_picture_is_in_one_half() -> None:
    table = pd.read_csv(real_pictures.DEVELOPMENT, dtype=str)
    assert not table.duplicated().any()
    names = table.loc[table["set"] == "mirabest", "image"][:2]
    pictures = [
        real_pictures.Real(name, np.zeros((64, 64), np.uint8), "0") for name in [*names, "new"]
    ]
    halves = real_pictures.split("mirabest", pictures)
    assert [one.image_id for one in halves["development"]] == list(names)
    assert [one.image_id for one in halves["report"]] == ["new"]


def test_answers_of_a_set(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = load("lsbg")
    rows = dataset.table[["image_id", "label"]].head(8).itertuples(index=False)
    real = [real_pictures.Real(name, dataset.pixels(name), label) for name, label in rows]
    cutouts = real_pictures.SETS["lsbg-cutouts"]._replace(pictures=lambda: iter(real))
    monkeypatch.setitem(real_pictures.SETS, "lsbg-cutouts", cutouts)
    halves = {"development": real[:3], "report": real[3:]}
    monkeypatch.setattr(real_pictures, "split", lambda *_: halves)
    table = real_pictures.answers_of(MiniVLM.load(), "lsbg-cutouts")
    assert table.groupby("half")["count"].sum().to_dict() == {"development": 3, "report": 5}
    assert (table["labelled"] == "").all()


def test_boosting_learns_from_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_pictures, "ENOUGH", 2)
    monkeypatch.setattr(real_pictures, "predict", lambda learnt, labels, test: labels[: len(test)])
    pictures = [
        real_pictures.Real(str(n), np.zeros((64, 64, 3), np.uint8), str(n)) for n in range(5)
    ]
    assert list(real_pictures.shown(pictures[2:], pictures[:2])) == ["2", "3"]
    assert real_pictures.shown(pictures[:1], pictures) == ""


def test_pictures_that_are_not_here_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECONDSIGHT_MIRROR", str(tmp_path))
    with pytest.raises(DataError, match=r"gz1 is not here: point SECONDSIGHT_MIRROR at it"):
        next(real_pictures.galaxy_zoo_1())

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets.derived import derive, one_row_each
from secondsight.errors import DataError
from secondsight.metrics.intervals import PERCENT, POINTS
from secondsight.papers.first_sight.alarms import alarm_rates
from secondsight.papers.first_sight.astrosight import by_first_letter
from secondsight.papers.first_sight.together import (
    TITLES,
    any_right,
    blind_ceiling,
    covers,
    side_by_side,
    stacked,
    trials,
    worth,
)
from secondsight.papers.first_sight.together_tables import first_letter, lists, spirals, together

LETTERS = dict(enumerate("ECDBGHAF"))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """The committed answers of three models, one row a galaxy."""
    return one_row_each(pd.read_csv(paths.DERIVED / "astrosight_together.csv"))


@pytest.fixture
def asked(mirror: Path) -> pd.DataFrame:
    """Both models' released answers, read without this project's code."""
    files = ("gpt4o_mini", "qwen_vl")
    tables = [
        pd.DataFrame(
            json.loads(
                (mirror / "astrosight" / f"{file}_galaxy_classification_results.json").read_text()
            )["detailed_results"]
        )
        for file in files
    ]
    ids = tables[0]["image_path"].str.extract(r"(\d+)\.jpg")[0].astype(int)
    answers = {file: table["predicted_label"] for file, table in zip(files, tables, strict=True)}
    texts = {
        f"{file}_text": table["raw_response"] for file, table in zip(files, tables, strict=True)
    }
    return pd.DataFrame({"id": ids, "true": tables[0]["true_label"], **answers, **texts})


@pytest.mark.mirror
def test_three_models_in_plain_pandas(
    mirror: Path, asked: pd.DataFrame, rows: pd.DataFrame
) -> None:
    own = pd.read_csv(mirror / "astrosight" / "gz2_vit_predictions.csv")
    both = asked.merge(own, left_on="id", right_on="GalaxyID")
    assert (both["true"] == both["class"].map(LETTERS)).all()
    right = {
        "linformer": both["pred"].map(LETTERS) == both["true"],
        "gpt-4o-mini": both["gpt4o_mini"] == both["true"],
        "qwen-vl": both["qwen_vl"] == both["true"],
    }
    ours = rows.drop(columns="true").eq(rows["true"], axis=0)
    assert len(both) == len(rows) == 2175
    assert ours.mean().to_dict() == {name: one.mean() for name, one in right.items()}
    assert (
        any_right(rows["true"], rows.drop(columns="true")).mean()
        == np.logical_or.reduce(list(right.values())).mean()
    )


@pytest.mark.mirror
def test_the_lists_in_plain_pandas(mirror: Path, asked: pd.DataFrame) -> None:
    table = pd.read_csv(paths.DERIVED / "astrosight_lists.csv").set_index("list")
    for name in table.index:
        ids = pd.read_csv(mirror / "astrosight" / f"gz2_{name}.csv")["galaxyID"]
        assert table.loc[name].tolist() == [len(ids), ids.isin(asked["id"]).sum()]
    assert table["asked"].sum() == len(asked)


@pytest.mark.mirror
@pytest.mark.parametrize("file", ["gpt4o_mini", "qwen_vl"])
def test_one_rule_gives_every_released_class(asked: pd.DataFrame, file: str) -> None:
    by_rule = asked[f"{file}_text"].str.upper().str.extract("([A-H])")[0]
    assert (by_rule == asked[file]).sum() == 11_088


@pytest.mark.mirror
def test_human_labels_and_probabilities_in_plain_numpy(mirror: Path) -> None:
    with np.load(mirror / "ppi" / "galaxies.npz") as arrays:
        labels, answers = arrays["Y"], arrays["Yhat"]
    table = pd.read_csv(paths.DERIVED / "galaxy_spirals.csv")
    assert table["count"].sum() == len(labels)
    assert (table["spiral"] * table["count"]).sum() == labels.sum()
    mean = (table["probability"] * table["count"]).sum() / len(labels)
    assert mean == pytest.approx(answers.mean(), abs=5e-6)
    assert derive("galaxy_spirals")["count"].sum() == len(labels)


def test_the_rule_explains_both_sets_of_766() -> None:
    table = pd.read_csv(paths.DERIVED / "astrosight_first_letters.csv", keep_default_na=False)
    assert (table["first_letter"] == table["released"]).all()
    assert table.groupby("model")["count"].sum().tolist() == [11_088, 11_088]
    based, differs = table["first_word"] == "Based", table["released"] != table["ours"]
    count = table["count"]
    assert (count[based].sum(), count[differs].sum()) == (766, 766)
    others = table[differs & ~based].groupby(["first_word", "released"])["count"].sum()
    assert others.to_dict() == {("Cigar-shaped", "C"): 2, ("I'm", "B"): 3, ("The", "H"): 29}
    assert by_first_letter(table) == {
        "mini": 11_088, "qwen": 11_088, "differ": 766, "based": 766, "based_differ": 732,
        "based_same": 34, "other_differ": 34, "other_the": 29, "other_sorry": 3, "other_cigar": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("D:edge-on", "D"),
        ("Based on", "B"),
        ("I'm sorry, but", "B"),
        ("The image", "H"),
        ("", ""),
        ("1", ""),
    ],
)
def test_the_first_letter(text: str, letter: str) -> None:
    assert first_letter(text) == letter


def made(n: int = 600) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(0)
    label = rng.choice(list("ABC"), n)
    answers = {
        name: np.where(rng.random(n) < right, label, rng.choice(list("ABC"), n))
        for name, right in [("good", 0.55), ("fair", 0.5), ("other", 0.5)]
    }
    return pd.Series(label, dtype="str"), pd.DataFrame(answers, dtype="str")


def test_stacking_gains_where_errors_are_independent_and_never_sees_what_it_answers() -> None:
    label, answers = made()
    assert (stacked(label, answers) == label).mean() > (answers["good"] == label).mean()
    rng = np.random.default_rng(1)
    noise = pd.DataFrame({"a": rng.choice(list("ABC"), 600)}, dtype="str")
    assert (stacked(label, noise) == label).mean() < 0.42


def test_more_guesses_are_more_often_right() -> None:
    label, answers = made()
    alone = any_right(label, answers[["good"]]).mean()
    blind = blind_ceiling(label, answers, "good", draws=20)
    assert alone == (answers["good"] == label).mean()
    assert alone < blind < any_right(label, answers).mean()
    assert blind_ceiling(label, answers[["good"]], "good", draws=1) == alone


def test_a_ceiling_is_mostly_luck_where_the_others_know_nothing() -> None:
    label, answers = made()
    rng = np.random.default_rng(1)
    blind = {name: rng.choice(list("ABC"), 600) for name in ("fair", "other")}
    numbers = side_by_side(label, answers.assign(**blind))
    assert set(numbers) > {name for titles in TITLES.values() for name in titles}
    assert numbers["transformer_accuracy"].value == (answers["good"] == label).mean()
    assert numbers["of_luck"].value == pytest.approx(1, abs=0.2)
    assert (numbers["gain"].unit, numbers["blind_ceiling"].unit) == (POINTS, PERCENT)


def test_good_answers_save_labels_and_useless_ones_cost_none() -> None:
    rng = np.random.default_rng(0)
    true = (rng.random(4000) < 0.3).astype(float)
    good, useless = np.where(rng.random(4000) < 0.95, true, 1 - true), rng.random(4000)
    saved = {
        name: worth(trials(pd.DataFrame({"true": true, "given": given}), [200], 60))[200]
        for name, given in [("good", good), ("useless", useless)]
    }
    assert saved["good"] > 2
    assert saved["useless"] == pytest.approx(1, abs=0.05)
    tried = trials(pd.DataFrame({"true": true, "given": good}), [200], 60)
    assert tried["how"].tolist() == ["labels alone", "model and labels"]
    assert all(covered.value > 0.85 for covered in tried["covers"])
    assert covers(tried, 200) == tried["covers"][1]


def test_alarms_are_rare_for_the_sound_and_common_for_the_broken() -> None:
    label, answers = made(2000)
    table = alarm_rates(label, answers["fair"], [800], draws=20)
    assert [table[name][0].value for name in ("sound", "all shuffled", "one answer lost")] == [
        0,
        1,
        1,
    ]


def test_files_of_another_form_are_one_line(tmp_path: Path) -> None:
    answers = {
        "detailed_results": [
            {"image_path": "1.jpg", "raw_response": "A", "true_label": "A", "predicted_label": "A"}
        ]
    }
    one, two, other = (tmp_path / name for name in ("a.json", "b.csv", "c.npz"))
    one.write_text(json.dumps(answers))
    two.write_text("GalaxyID,class,pred\n1,0,6\n")
    with pytest.raises(DataError, match=r"b\.csv gives some galaxies another class"):
        together(one, one, two)
    two.write_text("GalaxyID,class,pred\n1,6,9\n")
    with pytest.raises(DataError, match=r"b\.csv is no list of galaxies"):
        together(one, one, two)
    with pytest.raises(DataError, match=r"b\.csv is no list of galaxies"):
        lists(one, two)
    np.savez(other, Y=np.zeros(2))
    with pytest.raises(DataError, match=r"c\.npz holds no labels and probabilities"):
        spirals(other)

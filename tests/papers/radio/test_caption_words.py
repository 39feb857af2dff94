from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets.published import published, published_number
from secondsight.errors import DataError
from secondsight.metrics.confusion import confusion_from_answers
from secondsight.metrics.scores import f1
from secondsight.papers.radio.caption_words import (
    KINDS,
    RULES,
    SPLITS,
    probe_answers,
    vocabularies,
    word_counts,
)
from secondsight.papers.radio.text_probe import out_of_fold

LABELS = [0, 1] * 10


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A curated and a control file of twenty made captions."""
    texts = ["bright core fades" if label == 0 else "two lobes apart" for label in LABELS]
    curated = pd.DataFrame(
        {"image": range(20), "true label": LABELS, "edited?": [1.0, None] * 10, "caption": texts}
    )
    control = pd.DataFrame({"index": range(20), "caption": ["a faint light"] * 20})
    curated.to_csv(tmp_path / "curated.csv", index=False, encoding="utf-8-sig")
    control.to_csv(tmp_path / "control.csv", index=False)
    return tmp_path / "curated.csv", tmp_path / "control.csv"


def test_each_caption_is_a_row_with_its_answers(files: tuple[Path, Path]) -> None:
    table = probe_answers(*files)
    splits = [f"split_{at}" for at in range(SPLITS)]
    assert table.columns.tolist() == ["captions", "image", "label", "edited", *splits]
    assert table["captions"].tolist() == ["curated"] * 20 + ["control"] * 20
    assert table["label"].tolist() == LABELS * 2
    assert table["edited"].tolist() == [1, 0] * 10 + [0] * 20
    for split in splits:
        assert table[split][:20].tolist() == LABELS


def test_captions_of_other_images_are_refused(files: tuple[Path, Path]) -> None:
    table = pd.read_csv(files[1])
    table[::-1].to_csv(files[1], index=False)
    with pytest.raises(DataError, match=r"control\.csv do not list the same images"):
        probe_answers(*files)


def test_a_file_without_a_caption_is_refused(files: tuple[Path, Path]) -> None:
    pd.read_csv(files[1]).assign(caption=None).to_csv(files[1], index=False)
    with pytest.raises(DataError, match=r"control\.csv lacks captions"):
        probe_answers(*files)


def test_words_are_counted_by_each_rule(tmp_path: Path) -> None:
    texts = ["A well-known lobe.", "Lobe, lobe", "It's faint", "faint"]
    for name, text in zip("abcd", texts, strict=True):
        pd.DataFrame({"caption": [text]}).to_csv(tmp_path / name, index=False)
    table = word_counts(*(tmp_path / name for name in "abcd"))
    found = table.set_index(["captions", "part", "rule"])
    spaces, hyphens, letters = RULES
    assert found.loc[("curated", "test", spaces)].tolist() == [3, 3]
    assert found.loc[("curated", "test", hyphens)].tolist() == [3, 3]
    assert found.loc[("curated", "test", letters)].tolist() == [4, 4]
    assert found.loc[("control", "test", spaces)].tolist() == [2, 2]
    assert found.loc[("control", "test", hyphens)].tolist() == [2, 1]
    assert found.loc[("curated", "both", hyphens)].tolist() == [5, 5]
    assert found.loc[("control", "both", letters)].tolist() == [3, 2]
    assert len(table) == 2 * 3 * len(RULES)


# --- The released captions ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [("curated", "gemini_captions_test.csv"), ("control", "gemini_test_captions_blind.csv")],
)
def test_the_words_tell_the_class_and_not_any_labels(mirror: Path, kind: str, name: str) -> None:
    committed = pd.read_csv(paths.DERIVED / "caption_probe.csv")
    own = committed[committed["captions"] == kind]
    labels = own["label"].to_numpy()
    right = own.filter(like="split_").eq(own["label"], axis=0).mean()
    texts = pd.read_csv(mirror / "mirabest_captioned" / name, encoding="utf-8-sig")["caption"]
    rng = np.random.default_rng(0)
    shuffled = [rng.permutation(labels) for _ in range(10)]
    by_chance = [(out_of_fold(texts, some, 0) == some).mean() for some in shuffled]
    assert np.mean(by_chance) == pytest.approx(0.5, abs=0.07)
    assert max(by_chance) < right.min()


# --- The committed tables and what the chapter says of them -------------------------------


def test_the_committed_probe_is_of_all_test_captions() -> None:
    table = pd.read_csv(paths.DERIVED / "caption_probe.csv")
    assert table.groupby("captions").size().to_dict() == dict.fromkeys(KINDS, 104)
    assert table.groupby("captions")["label"].sum().to_dict() == dict.fromkeys(KINDS, 55)


def test_the_curated_probe_holds_the_lower_printed_values_and_ends_at_the_highest() -> None:
    table = pd.read_csv(paths.DERIVED / "caption_probe.csv")
    own = table[table["captions"] == "curated"]
    most = (own.filter(like="split_").mean(axis=1) > 0.5).astype(int)
    score = f1(confusion_from_answers(own["label"].astype(str), most.astype(str), ["0", "1"]), 1)
    printed = published().table["radio_alignment"].rows["probe_f1_text"]
    highest = max(printed)
    assert highest == pytest.approx(score.high, abs=0.01)
    assert all(score.low < value < score.high for value in printed if value < highest)


def test_the_printed_ratio_of_vocabularies_holds_for_words_with_hyphens() -> None:
    table = pd.read_csv(paths.DERIVED / "caption_words.csv")
    both = table[table["part"] == "both"].pivot_table("different", "rule", "captions")
    ratio = both["control"] / both["curated"]
    printed = published_number("control_vocabulary_ratio").value
    assert [rule for rule in RULES if round(ratio[rule], 1) == printed] == ["words, hyphens kept"]


def test_vocabularies_are_of_all_parts_together() -> None:
    counts = pd.read_csv(paths.DERIVED / "caption_words.csv")
    table = vocabularies(counts)
    assert list(table.columns) == ["curated", "control", "ratio"]
    own = counts.query("part == 'both' and rule == 'letters only' and captions == 'control'")
    assert table.loc["letters only", "control"] == own["different"].item()
    assert (table["ratio"] > 1).all()

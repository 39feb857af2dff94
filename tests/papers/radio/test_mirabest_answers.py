"""The small model's committed answers on real radio galaxies."""

import pandas as pd

from secondsight import paths
from secondsight.papers.radio.mirabest_answers import answer_numbers


def committed() -> pd.DataFrame:
    return pd.read_csv(paths.DERIVED / "mirabest_answers.csv")


def test_the_images_are_those_of_the_archive() -> None:
    archive = pd.read_csv(paths.DERIVED / "mirabest_archive.csv")
    archive["black"] = (archive["image"] == "entirely black").astype(int)
    counted = archive.groupby(["split", "label", "black"])["count"].sum().to_dict()
    assert committed().groupby(["split", "label", "black"]).size().to_dict() == counted
    assert committed()["image"].tolist() == list(range(792))


def test_every_answer_is_a_category() -> None:
    assert set(committed()["answer"]) == {0, 1}


def test_all_black_images_are_answered_alike() -> None:
    table = committed()
    assert len(set(table.loc[table["black"] == 1, "answer"])) == 1


def test_black_images_are_counted_apart() -> None:
    numbers, table = answer_numbers(committed()), committed()
    assert numbers["archive"] == numbers["seen"] + numbers["black"] == len(table)
    assert numbers["real_train"].n + numbers["real_test"].n == numbers["seen"]
    lead = numbers["real_accuracy"].value - numbers["real_always"].value
    assert abs(numbers["real_lead"].value - lead) < 1e-12

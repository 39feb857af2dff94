from pathlib import Path

import pandas as pd

from secondsight import paths
from secondsight.datasets.mirabest import read_archive
from secondsight.datasets.published import published_number
from secondsight.papers.radio.mirabest_archive import archive_numbers, archive_table


def committed() -> pd.DataFrame:
    return pd.read_csv(paths.DERIVED / "mirabest_archive.csv")


def test_the_counts_are_those_of_one_version_of_the_readme() -> None:
    images = committed().groupby("label")["count"].sum().tolist()
    named = [published_number(f"mirabest_readme_{name}").value for name in ("fr1", "fr2")]
    assert images == named
    assert sum(images) == published_number("mirabest_readme_two_classes").value


def test_the_other_version_adds_up_in_itself() -> None:
    batches, size, images = (
        published_number(f"mirabest_readme_{name}").value
        for name in ("batches", "batch_size", "images")
    )
    assert batches * size == images


def test_all_are_confident_and_standard() -> None:
    table = committed()
    assert set(zip(table["code"], table["label"], strict=True)) == {(100, 0), (200, 1)}


def test_the_data_set_leaves_out_the_black_ones(mirror: Path) -> None:
    table = committed()
    black = table.loc[table["image"] == "entirely black", "count"].sum()
    read = read_archive(mirror / "mirabest" / "batches.tar.gz")
    assert len(read.table.attrs["left_out"]) == black == 6
    assert len(read) == table["count"].sum() - black


def test_the_table_holds_every_image_once() -> None:
    numbers, table = archive_numbers(committed()), archive_table(committed(), ["FR I", "FR II"])
    assert numbers["archive_images"] == table["total"].sum() == committed()["count"].sum()
    assert numbers["archive_black"] == table.filter(like="entirely black").to_numpy().sum()
    assert table["class"].tolist() == ["FR I", "FR II"]
    assert table["total"].tolist() == [numbers["archive_fr1"], numbers["archive_fr2"]]

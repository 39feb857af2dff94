from pathlib import Path

import pytest

from conftest import make_campaign, tiny_png
from secondsight.datasets.campaign_folder import is_campaign, load_campaign
from secondsight.datasets.registry import load
from secondsight.errors import DataError

HEAD = "image_id,dwarf_votes,total_votes"


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A folder of three subjects and their votes."""
    return make_campaign(tmp_path / "campaign", "s0,3,10", "s1,10,10", "s2,0,0")


def write(folder: Path, *rows: str, head: str = HEAD) -> None:
    (folder / "votes.csv").write_text("\n".join([head, *rows]) + "\n")


def test_a_folder_and_its_votes_become_a_data_set(campaign: Path) -> None:
    dataset = load_campaign(campaign)
    assert dataset.name == "campaign"
    assert dataset.table["dwarf_votes"].tolist() == [3, 10, 0]
    assert dataset.table["total_votes"].tolist() == [10, 10, 0]
    assert dataset.table["label"].isna().all()
    assert dataset.png("s1") == tiny_png(1)


def test_labels_are_kept_where_they_are_known(campaign: Path) -> None:
    write(campaign, "s0,3,10,1", "s1,10,10,0", "s2,0,4,", head=f"{HEAD},label")
    labels = load_campaign(campaign).table["label"]
    assert labels.iloc[:2].tolist() == ["1", "0"]
    assert labels.isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["s0,3,10", "s0,2,10"], "the image_id 's0' stands twice"),
        (["s0,11,10"], "'s0' has more dwarf_votes than total_votes"),
        (["s0,1,10", "s9,1,10"], r"lacks 1 of the 2 images that votes\.csv lists, such as s9\.png"),
        (["s0,1.5,10"], "the dwarf_votes of 's0' are no whole number"),
        (["s0,1,"], "the total_votes of 's0' are no whole number"),
        (["s0,-1,3"], "the dwarf_votes of 's0' are no whole number"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(campaign: Path, rows: list[str], said: str) -> None:
    write(campaign, *rows)
    with pytest.raises(DataError, match=said) as caught:
        load_campaign(campaign)
    assert "\n" not in str(caught.value)


def test_a_label_of_another_kind_is_refused(campaign: Path) -> None:
    write(campaign, "s0,1,2,maybe", head=f"{HEAD},label")
    with pytest.raises(DataError, match="label of 's0' is neither 0 nor 1"):
        load_campaign(campaign)


def test_a_table_without_a_column_is_refused(campaign: Path) -> None:
    write(campaign, "s0,1", head="image_id,dwarf_votes")
    with pytest.raises(DataError, match="no column 'total_votes'"):
        load_campaign(campaign)


def test_no_table_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"votes\.csv is missing"):
        load_campaign(tmp_path)
    (tmp_path / "votes.csv").write_bytes(b"")
    with pytest.raises(DataError, match="is no table"):
        load_campaign(tmp_path)


@pytest.mark.parametrize("image_id", ["../s0", "/s0", "..", "s0/../s0"])
def test_an_id_that_leads_elsewhere_is_refused(campaign: Path, image_id: str) -> None:
    write(campaign, f"{image_id},1,2")
    with pytest.raises(DataError, match="which can't be an image's id"):
        load_campaign(campaign)


def test_a_link_out_of_the_folder_is_refused(campaign: Path) -> None:
    (campaign / "s1.png").rename(campaign.parent / "s1.png")
    (campaign / "s1.png").symlink_to(campaign.parent / "s1.png")
    with pytest.raises(DataError, match=r"s1\.png leads out of its folder"):
        load_campaign(campaign)


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b"])
def test_what_can_be_no_folders_name_holds_no_campaign(name: str) -> None:
    assert not is_campaign(name)
    with pytest.raises(DataError, match="no data set named"):
        load(name)

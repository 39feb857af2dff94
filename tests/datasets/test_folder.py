import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import make_folder, tiny_png
from secondsight.datasets.dataset import sha256
from secondsight.datasets.folder import is_image_id, load_folder, read_folder
from secondsight.datasets.picture import MOST_BYTES
from secondsight.datasets.tasks import LSBG, Category, Task, plain_name
from secondsight.errors import DataError


def test_a_folder_becomes_a_data_set(image_folder: Path) -> None:
    dataset = load_folder(image_folder, origin="simulated sky")
    assert dataset.name == "tiny"
    assert dataset.origin == "simulated sky"
    assert dataset.table["image_id"].tolist() == [f"img-{number:03d}" for number in range(5)]
    assert dataset.table["label"].tolist() == ["0", "1", "0", "1", "0"]


def test_the_bytes_come_unchanged_and_give_the_hash(image_folder: Path) -> None:
    dataset = load_folder(image_folder)
    assert dataset.png("img-003") == tiny_png(3)
    assert dataset.table["image_sha256"].tolist() == [sha256(tiny_png(n)) for n in range(5)]


def test_matplotlib_reads_the_tiny_images(image_folder: Path) -> None:
    from matplotlib.image import imread

    pixels = imread(image_folder / "img-003.png")
    assert pixels.shape == (4, 4)
    assert (pixels * 255 == 3).all()


def write_labels(folder: Path, content: bytes) -> None:
    (folder / "labels.csv").write_bytes(content)


def test_ids_stay_texts(tmp_path: Path) -> None:
    folder = tmp_path / "ids"
    folder.mkdir()
    for name in ("007", "NA", "null"):
        (folder / f"{name}.png").write_bytes(tiny_png(1))
    write_labels(folder, b"label,image_id,more\n1,007,x\n0,NA,y\n1,null,z\n")
    assert load_folder(folder).table["image_id"].tolist() == ["007", "NA", "null"]


def test_an_empty_label_is_missing(image_folder: Path) -> None:
    write_labels(image_folder, b"image_id,label\nimg-000,\nimg-001,1\n")
    labels = load_folder(image_folder).table.set_index("image_id")["label"]
    assert labels.isna().tolist() == [True, False, True, True, True]


def test_without_a_table_no_image_has_a_label(image_folder: Path) -> None:
    (image_folder / "labels.csv").unlink()
    table = load_folder(image_folder).table
    assert table["image_id"].tolist() == [f"img-{number:03d}" for number in range(5)]
    assert table["label"].isna().all()


def test_no_folder_and_no_images_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no images: files that end in \.fit, \.fits"):
        load_folder(tmp_path)
    with pytest.raises(DataError, match="there is no folder"):
        load_folder(tmp_path / "gone")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no table: it is empty"),
        (b"id,label\nx,1\n", "has no column 'image_id'"),
        (b"image_id,label,label\nx,1,2\n", "has the column 'label' twice"),
        (b"image_id,label\n\xff,1\n", "is no table: it is not in UTF-8"),
        (b"image_id,label\nimg-000,1\nimg-001\n", "is no table: row 2 has not as many fields"),
        (b'image_id,label\n"img-000,1\n', "is no table: unexpected end of data"),
        (b"image_id,label\n" + b"x" * 200_000 + b",1\n", "is no table: field larger than"),
        (b"image_id,label\n" + b"," * 10_000_000, "has more than 10,000,000 bytes"),
        (b"image_id,label\n" + b",\n" * 200_001, "has more than 200,000 rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_table_of_another_form_is_an_error(image_folder: Path, content: bytes, said: str) -> None:
    write_labels(image_folder, content)
    with pytest.raises(DataError, match=rf"labels\.csv {said}") as caught:
        load_folder(image_folder)
    assert "\n" not in str(caught.value)


def test_an_id_twice_is_an_error(image_folder: Path) -> None:
    write_labels(image_folder, b"image_id,label\nimg-000,1\nimg-000,0\n")
    with pytest.raises(DataError, match="'img-000' stands twice"):
        load_folder(image_folder)


def test_an_empty_id_is_an_error(image_folder: Path) -> None:
    write_labels(image_folder, b"image_id,label\n,1\n")
    with pytest.raises(DataError, match="'' can't be an image's id"):
        load_folder(image_folder)


def test_an_absent_image_is_an_error(image_folder: Path) -> None:
    (image_folder / "img-002.png").unlink()
    with pytest.raises(DataError, match="'img-002' is no image of the folder"):
        load_folder(image_folder)


@pytest.mark.parametrize("kept", [0, 4, 8, 30, -1])
def test_an_image_that_is_not_whole_is_an_error(image_folder: Path, kept: int) -> None:
    path = image_folder / "img-002.png"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"in tiny img-002\.png is cut off"):
        load_folder(image_folder)


def test_the_name_of_the_folder_is_the_data_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_folder(tmp_path / "andromeda", 1))
    assert load_folder(Path()).name == "andromeda"


ELSEWHERE = ["../secret", "a/../../secret", "/tmp/secret", "a//b", "./a", "..", "a\\b", "a\nb",
             "a\0b", "\u202egnp.a", "x" * 201, "\u00fc" * 101]  # fmt: skip


@pytest.mark.parametrize("image_id", ELSEWHERE)
def test_an_id_that_is_none_is_refused(image_folder: Path, image_id: str) -> None:
    (image_folder.parent / "secret.png").write_bytes(tiny_png(1))
    assert not is_image_id(image_id)
    write_labels(image_folder, f'image_id,label\n"{image_id}",1\n'.encode())
    with pytest.raises(DataError, match="can't be an image's id") as caught:
        load_folder(image_folder)
    assert "\n" not in str(caught.value)


def test_a_file_whose_name_can_be_no_id_is_told(image_folder: Path) -> None:
    (image_folder / "\u202egnp.png").write_bytes(tiny_png(1))
    with pytest.raises(DataError, match=r"in tiny '\\u202egnp.png' can't be an image's id"):
        load_folder(image_folder)


@pytest.mark.parametrize("image_id", ["m 31", "Größe", "159.613_+041.815", "a..b", "sub/m31", "-"])
def test_an_id_may_be_any_plain_name(tmp_path: Path, image_id: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / f"{image_id}.png").write_bytes(tiny_png(1))
    write_labels(tmp_path, f"image_id,label\n{image_id},1\n".encode())
    assert load_folder(tmp_path).table["image_id"].tolist() == [image_id]
    write_labels(tmp_path, f"image_id,label\n{image_id}.png,1\n".encode())
    assert load_folder(tmp_path).table["image_id"].tolist() == [image_id]


@pytest.mark.parametrize("name", ["img-002.png", "labels.csv"])
@pytest.mark.parametrize("target", ["outside", "itself"])
def test_a_link_that_leads_out_or_round_is_refused(
    image_folder: Path, name: str, target: str
) -> None:
    link = image_folder / name
    outside = link.rename(image_folder.parent / name)
    link.symlink_to(outside if target == "outside" else link)
    with pytest.raises(DataError, match=f"{name} leads out of its folder") as caught:
        load_folder(image_folder)
    assert "\n" not in str(caught.value)


def test_a_link_that_stays_inside_is_followed(image_folder: Path) -> None:
    (image_folder / "img-002.png").unlink()
    (image_folder / "img-002.png").symlink_to("img-001.png")
    linked = image_folder.parent / "linked"
    linked.symlink_to(image_folder)
    assert load_folder(linked).png("img-002") == tiny_png(1)


def test_a_file_that_is_too_large_is_not_read(image_folder: Path) -> None:
    with (image_folder / "img-002.png").open("ab") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(DataError, match=r"img-002\.png has more than 100,000,000 bytes"):
        load_folder(image_folder)


def test_what_is_no_file_is_missing(image_folder: Path) -> None:
    (image_folder / "img-002.png").unlink()
    os.mkfifo(image_folder / "img-002.png")
    with pytest.raises(DataError, match="'img-002' is no image of the folder"):
        load_folder(image_folder)


@pytest.mark.parametrize(
    "content",
    [
        "image_id;label\r\nimg-000;LSBG\r\nimg-001.png;0\r\n",
        "\ufeffimage_id\tlabel\nimg-000\tlow-surface-brightness galaxy\nimg-001\tArtifact\n",
        'label, more, image_id\n"1", "a, b", img-000\nnon-LSBG,,img-001.PNG\n',
        "image_id,label\nimg-000,Low_Surface-Brightness galaxy\nimg-001,not_an_lsbg\n",
    ],
)
def test_labels_are_codes_names_or_aliases(image_folder: Path, content: str) -> None:
    write_labels(image_folder, content.encode())
    labels = load_folder(image_folder, LSBG).table["label"]
    assert labels.iloc[:2].tolist() == ["1", "0"]
    assert labels.isna().tolist() == [False, False, True, True, True]


def test_a_label_that_may_be_one_of_two_is_neither() -> None:
    task = Task(
        "bars", (Category("a", "bar_red"), Category("b", "bar red"), Category("c", "arm_s"))
    )
    calls = {"BAR_RED": "a", "bar-red": "b", "bar_ red": None, "Arm s": "c", "arms": None}
    assert {text: task.code_of(text) for text in calls} == calls


def test_all_that_is_wrong_is_listed_at_once(image_folder: Path) -> None:
    (image_folder / "img-001.png").write_bytes(b"no picture")
    (image_folder / "img-003.tif").write_bytes(b"another of this name")
    (image_folder / "notes.txt").write_text("by hand")
    (image_folder / "._img-004.png").write_bytes(b"what a Mac leaves")
    write_labels(
        image_folder, b"image_id,label\nimg-000,star\nimg-009,1\nimg-002,1\nimg-002.png,1\n"
    )
    held = read_folder(image_folder, LSBG)
    assert held.bad == {
        "the label of img-000 in labels.csv:": "'star' is none of the categories",
        "labels.csv: 'img-009'": "is no image of the folder",
        "labels.csv: 'img-002.png'": "stands twice",
        "img-001.png": "is cut off, damaged or no picture that can be read",
        "img-003.png and img-003.tif": "have one name but for the ending: give one another name",
    }
    assert held.ignored == ["notes.txt"]
    assert held.dataset.table["image_id"].tolist() == ["img-002", "img-000", "img-004"]
    with pytest.raises(DataError, match="in tiny 5 things can't be used:") as caught:
        load_folder(image_folder, LSBG)
    assert str(caught.value).count("\n") == 5
    assert (
        str(caught.value)
        .splitlines()[1]
        .endswith(
            "'star' is none of the categories; write a category of this question, or ask another "
            "one: 0 = artifact = non-LSBG = not an LSBG, "
            "1 = LSBG = low-surface-brightness galaxy = low surface brightness galaxy"
        )
    )


NAMES = [word for each in LSBG.categories for word in (each.code, each.name, *each.aliases)]


@given(
    st.dictionaries(st.integers(0, 2), st.sampled_from(["", *NAMES])),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", ".png", ".PNG"]),
    st.sampled_from([str, str.upper, str.lower]),
)
def test_labels_may_be_written_in_many_ways(
    tmp_path_factory: pytest.TempPathFactory,
    rows: dict[int, str],
    delimiter: str,
    encoding: str,
    end: str,
    ending: str,
    spelt: Callable[[str], str],
) -> None:
    folder = tmp_path_factory.getbasetemp() / "ways"
    if not folder.exists():
        make_folder(folder, 3)
    lines = [
        ["image_id", "label"],
        *([f"img-{n:03d}{ending}", spelt(name)] for n, name in rows.items()),
    ]
    text = end.join(delimiter.join(line) for line in lines)
    (folder / "labels.csv").write_bytes(text.encode(encoding))
    labels = load_folder(folder, LSBG).table.set_index("image_id")["label"]
    wanted = {f"img-{n:03d}": LSBG.spelt[plain_name(name)] for n, name in rows.items() if name}
    assert labels.dropna().to_dict() == wanted
    assert len(labels) == 3


@given(
    st.binary(max_size=60)
    | st.text(st.sampled_from('image_id,label;\t\n\r"img-0001 ')).map(str.encode)
)
def test_any_table_of_labels_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    if not folder.exists():
        make_folder(folder, 2)
    (folder / "labels.csv").write_bytes(content)
    with suppress(DataError):
        assert len(load_folder(folder, LSBG)) == 2

from pathlib import Path
from pkgutil import resolve_name

import pytest

from conftest import tiny_png
from real_files import Places
from secondsight.datasets.registry import REAL, load
from secondsight.datasets.tasks import TASKS
from secondsight.errors import DataError, SourceError
from secondsight.simulate.skies import SKIES


@pytest.mark.parametrize("name", ["lsbg", "morphology", "morphology-256", "galaxy10"])
def test_a_simulated_data_set_is_loaded_without_drawing(name: str) -> None:
    found = load(name)
    assert found.origin == "simulated sky"
    image_id = found.table["image_id"].iloc[0]
    assert found.pixels(image_id).ndim == 3


@pytest.mark.parametrize("name", ["lsbg", "morphology", "galaxy10"])
def test_labels_are_codes_of_the_task(name: str) -> None:
    assert set(load(name).table["label"]) == set(TASKS[name].codes)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(DataError, match="no data set named 'm31'; known: lsbg") as caught:
        load("m31")
    assert "\n" not in str(caught.value)
    assert all(name in str(caught.value) for name in [*SKIES, *REAL])


def test_simulated_and_real_names_differ() -> None:
    assert not set(SKIES) & set(REAL)


@pytest.mark.parametrize("name", ["lsbg-real", "galaxy-mnist", "galaxy-mnist-224", "galaxy10-real"])
def test_a_real_data_set_without_its_files_says_how_to_fetch_them(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Places(tmp_path, monkeypatch)
    assert callable(resolve_name(REAL[name]))
    with pytest.raises(SourceError, match="run secondsight data fetch") as caught:
        load(name)
    assert "\n" not in str(caught.value)


def test_a_folder_with_the_name_of_a_data_set_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "dwarfs"
    folder.mkdir()
    (folder / "a.png").write_bytes(tiny_png(1))
    (folder / "votes.csv").write_text("image_id,dwarf_votes,total_votes\na,1,2\n")
    with pytest.raises(DataError, match="give the folder another name"):
        load(str(folder))

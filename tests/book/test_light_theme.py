import shutil
import subprocess
from pathlib import Path

import pydata_sphinx_theme
import pytest

from secondsight.book.light_theme import icons_shown, with_icons

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
SCRIPT = (THEME / "scripts" / "fontawesome.js").read_text("utf-8")


def test_only_the_icons_that_are_shown_are_kept() -> None:
    light = with_icons(SCRIPT, {"bars", "angle-down"})
    assert 'bars:[448,512,["navicon"]' in light
    assert '"angle-down":[448' in light
    assert "skull" in SCRIPT
    assert "skull" not in light
    assert len(light) < 0.1 * len(SCRIPT)


def test_an_icon_is_kept_under_any_of_its_names() -> None:
    assert "bars:[448" in with_icons(SCRIPT, {"navicon"})


def test_once_more_changes_nothing() -> None:
    light = with_icons(SCRIPT, {"bars"})
    assert with_icons(light, {"bars"}) == light


@pytest.mark.skipif(shutil.which("node") is None, reason="no node that could read the script")
def test_what_is_left_is_a_script(tmp_path: Path) -> None:
    script = tmp_path / "icons.js"
    script.write_text(with_icons(SCRIPT, {"bars"}), "utf-8")
    assert subprocess.run(["node", "--check", str(script)], check=False).returncode == 0


def test_icons_are_looked_for_in_pages_scripts_and_styles(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<i class="fa-solid fa-sun"></i>', "utf-8")
    (tmp_path / "b.js").write_text("x.className = 'fa-solid fa-xmark'", "utf-8")
    assert icons_shown(tmp_path) == {"solid", "sun", "xmark"}

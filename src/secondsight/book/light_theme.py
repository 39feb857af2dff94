"""A Sphinx extension: of the theme's 1,500 icons only those that the pages show are kept.

They come as one script of 1.5 MB, which each page loads before anybody does anything.
"""

import re
from collections.abc import Collection
from pathlib import Path

from sphinx.application import Sphinx

ICONS = "_static/scripts/fontawesome.js"
_ICON = re.compile(
    r'"?(?P<name>[\w-]+)"?:\[\d+,\d+,\[(?P<others>[^\]]*)\],"[0-9a-f]+",'
    r'(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?'
)
"""An icon as the script lists it: its name, size, other names, character and outline."""
_SHOWN = re.compile(r"\bfa-([a-z0-9-]+)")


def with_icons(script: str, names: Collection[str]) -> str:
    """Return the theme's script with the icons of these names alone; once more changes nothing."""

    def kept(icon: re.Match[str]) -> str:
        called = {icon["name"], *re.findall(r'"([\w-]+)"', icon["others"])}
        return icon[0] if called & set(names) else ""

    return _ICON.sub(kept, script)


def icons_shown(folder: Path) -> set[str]:
    """Return the names of the icons that a built book's pages, scripts and styles show."""
    files = [path for kind in ("html", "js", "css") for path in folder.rglob(f"*.{kind}")]
    texts = (path.read_text("utf-8") for path in files if path != folder / ICONS)
    return {name for text in texts for name in _SHOWN.findall(text)}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("build-finished", _lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _lighten(app: Sphinx, problem: Exception | None) -> None:
    script = Path(app.outdir) / ICONS
    if problem is None and script.is_file():
        names = icons_shown(Path(app.outdir))
        script.write_text(with_icons(script.read_text("utf-8"), names), "utf-8")

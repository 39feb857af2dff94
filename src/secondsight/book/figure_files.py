"""A Sphinx extension: figures leave the pages, and each cell of code has an address.

An executed notebook holds its figures whole, so that it opens anywhere. On a page that would be
megabytes before anything is read: here each file within the HTML that has a name is written beside
the pages, and a relative address stands in its place. What is not seen is then not loaded.
"""

import re
from base64 import b64decode
from pathlib import Path
from shutil import rmtree

from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "_static/figures"
_HELD = re.compile(r'"data:[\w/+]+;name=([\w.-]+);base64,([\w+/=]*)"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", _begin)
    app.connect("doctree-read", _release)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def without_files(html: str, folder: Path, address: str) -> str:
    """Write the files that HTML holds into a folder; return it with links under `address`."""

    def write(held: re.Match[str]) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / held[1]).write_bytes(b64decode(held[2]))
        return f'"{address}/{held[1]}"'

    return _HELD.sub(write, html)


def _begin(app: Sphinx) -> None:
    rmtree(Path(app.outdir) / FOLDER, ignore_errors=True)


def _release(app: Sphinx, document: nodes.document) -> None:
    page = app.env.docname
    folder = f"{FOLDER}/{page.rpartition('/')[2]}"
    up = "../" * page.count("/")
    for raw in list(document.findall(nodes.raw)):
        if "data:" in raw.astext():
            html = without_files(raw.astext(), Path(app.outdir) / folder, up + folder)
            raw.replace_self(nodes.raw("", html, **raw.attributes))
    for cell in document.findall(nodes.container):
        if cell.get("exec_count"):
            inputs = [part for part in cell.findall(nodes.container) if _is_input(part)]
            (inputs or [cell])[0]["ids"].append(f"cell-{cell['exec_count']}")


def _is_input(part: nodes.container) -> bool:
    return "cell_input" in part["classes"]

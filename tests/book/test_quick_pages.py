from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from secondsight.book.quick_pages import PROCESSES

LISTED = "{{ toctree(titles_only=True, collapse=False, maxdepth=4, includehidden=True) }}"
PAGES = {
    "index": "# Book\n\n```{toctree}\nfirst\nfolder/second\n```\n",
    "first": "# *First*\n\n## A heading\n\n### Below it\n\n```{toctree}\nbelow\n```\n",
    "below": "# Below the first\n\n## A heading\n",
    "folder/second": "# Second\n\n## A heading\n\n## Another\n",
}


def build(folder: Path, *more: str) -> dict[str, str]:
    """Build a book of four pages, each with the list of all; return their HTML."""
    for name, text in PAGES.items():
        path = folder / "source" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "listed.html").write_text(LISTED, encoding="utf-8")
    settings = {
        "extensions": ["myst_parser", *more],
        "html_theme": "basic",
        "html_sidebars": {"**": ["listed.html", "localtoc.html"]},
        "templates_path": [str(folder)],
    }
    places = (folder / "source", None, folder / "html", folder / "tree")
    with docutils_namespace():
        app = Sphinx(*places, "html", settings, status=None, warningiserror=True)
        app.build()
    assert app.statuscode == 0
    return {name: (folder / "html" / f"{name}.html").read_text("utf-8") for name in PAGES}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return build(tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("processes", ["", "2"])
def test_the_pages_are_those_that_sphinx_writes_without_it(
    plain: dict[str, str], processes: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if processes:
        monkeypatch.setenv(PROCESSES, processes)
    assert build(tmp_path, "secondsight.book.quick_pages") == plain

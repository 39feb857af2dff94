"""A Sphinx extension: the pages are written faster, and are the same.

The list of contents beside each page names pages alone, yet Sphinx copies every heading of every
page for it, on every page: half of the time. Here it is given the titles alone. And pages are
written by several processes, which jupyter-book has no option for.
"""

import os
from functools import cache
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PROCESSES = "SECONDSIGHT_PROCESSES"
"""The variable of the environment that says how many processes write."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("env-updated", _begin_to_write)
    app.connect("html-page-context", _name_pages_alone)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def title_alone(contents: nodes.bullet_list) -> nodes.bullet_list:
    """Return a page's list of contents without its headings; what lists other pages as it is."""
    if next(iter(contents.findall(addnodes.toctree)), None):
        return contents
    short: nodes.bullet_list = contents.deepcopy()
    for item in short:
        if isinstance(item, nodes.list_item):
            del item[1:]
    return short


def _begin_to_write(app: Sphinx, _: BuildEnvironment) -> None:
    """Let others write; the first process, which counts, prepares what they write meanwhile."""
    app.parallel = max(app.parallel, 1 + int(os.environ.get(PROCESSES, "0")))


@cache
def _titles(env: BuildEnvironment) -> dict[str, nodes.bullet_list]:
    return {page: title_alone(contents) for page, contents in env.tocs.items()}


def _name_pages_alone(app: Sphinx, _: str, __: str, context: dict[str, Any], ___: object) -> None:
    whole = context["toctree"]

    def toctree(**options: Any) -> str:
        if not options.get("titles_only"):
            return str(whole(**options))
        contents, app.env.tocs = app.env.tocs, _titles(app.env)
        try:
            return str(whole(**options))
        finally:
            app.env.tocs = contents

    context["toctree"] = toctree

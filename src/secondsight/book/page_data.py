"""What scripts of the book's pages read: data as scripts, and sheets of pictures.

A script hands one object to the page: ``SecondSight.data(name, object)``. So the page also works
from disk, where a browser fetches nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from PIL import Image


def write_script(path: Path, name: str, content: Mapping[str, Any]) -> None:
    """Write the script that hands `content` to the page under a name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = orjson.dumps(content).decode()
    path.write_text(f"SecondSight.data({orjson.dumps(name).decode()}, {told});\n", "utf-8")


def sheet_of(pictures: Sequence[Image.Image], across: int) -> Image.Image:
    """Return pictures of one size side by side on one, row by row of `across` pictures."""
    width, height = pictures[0].size
    sheet = Image.new("RGB", (across * width, -(-len(pictures) // across) * height))
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (place % across * width, place // across * height))
    return sheet

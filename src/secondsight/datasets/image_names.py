"""From the name of somebody's image file to an image's id."""

import re

ENDINGS = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif", ".fits", ".fit", ".fts"}
"""How the name of an image file ends, in either case; ``.gz`` may follow."""
_ENDING = re.compile(rf"(?<=[^/])(?:{'|'.join(map(re.escape, ENDINGS))})(?:\.gz)?$", re.IGNORECASE)


def without_ending(name: str) -> str:
    """Return an image file's name without its ending; any other name as it is.

    Any other dot stays: it may be part of a galaxy's name, such as ``J0932+21.5``.
    """
    return _ENDING.sub("", name)


def id_of(name: str) -> str:
    """Return a file's name without its folder and without the ending of an image."""
    return without_ending(re.split(r"[/\\]", name)[-1])

"""From the name of somebody's image file to an image's id."""

import re

_ENDING = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|tiff?|fits?|fts)(?:\.gz)?$", re.IGNORECASE)


def id_of(name: str) -> str:
    """Return a file's name without its folder and without the ending of an image.

    Any other dot stays: it may be part of a galaxy's name, such as ``J0932+21.5``.
    """
    return _ENDING.sub("", re.split(r"[/\\]", name)[-1])

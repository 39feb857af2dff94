"""Images in a request: taken from their data URIs, and decoded with care.

A picture's size is read from its header and checked before a pixel is decoded, so a small file
that unpacks to a huge image costs nothing. Of an animation the first frame counts.
"""

import base64
import binascii
import hashlib
import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from secondsight.datasets.picture import FORMATS, MOST_PIXELS, eight_bits
from secondsight.dtypes import Pixels
from secondsight.minivlm.server.errors import Refused

LEAST_SIDE = 4
MOST_SCANS = 32
"""How many layers a JPEG may come in: each is small in the file and costs a pass over the image."""

DATA_URI = re.compile(r"data:image/(?:png|jpe?g|webp|gif);base64,", re.IGNORECASE)

_decoding = threading.Lock()  # how Python treats warnings is one setting for all threads


@dataclass(frozen=True)
class Picture:
    """An image file as it came, its width and height known to be in bounds.

    `param` is where in the request it stands.
    """

    content: bytes
    size: tuple[int, int]
    param: str

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.content).hexdigest()

    def pixels(self) -> Pixels:
        """Decode the image.

        Raises Refused if the file is cut off or damaged.
        """
        try:
            with _opened(self.content) as image:
                return np.asarray(eight_bits(image))
        except Exception:  # Pillow's readers raise many kinds
            raise _invalid(self.param, "the image is cut off or damaged") from None


def picture(url: str, param: str) -> Picture:
    """Return the image in a data URI.

    Raises Refused if the address is none of a PNG, JPEG, WebP or GIF in base64, or the image is
    unreadable, too small or too large.
    """
    if url[:8].lower().startswith(("http://", "https://")):
        raise _no_uri(param, "this server fetches nothing from the network")
    head = DATA_URI.match(url)
    if head is None:
        raise _no_uri(param, "it is no data URI in base64 of a PNG, JPEG, WebP or GIF")
    try:
        content = base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        text = "Invalid image: its data is not in base64."
        raise Refused(text, param=param, code="invalid_base64") from None
    return Picture(content, _size(content, param), param)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Yield an image; what Pillow would warn of is an error."""
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("error")
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            yield image


def _size(content: bytes, param: str) -> tuple[int, int]:
    """Return an image's width and height, both in bounds."""
    if not content:
        raise _invalid(param, "the image is empty")
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        raise _invalid(param, f"the image comes in more than {MOST_SCANS} scans")
    try:
        with _opened(content) as image:
            width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _invalid(param, f"the image has more than {MOST_PIXELS:,} pixels") from None
    except Exception:  # Pillow's readers raise many kinds
        raise _invalid(param, "the data is no readable PNG, JPEG, WebP or GIF") from None
    if width * height > MOST_PIXELS:
        why = f"the image has {width * height:,} pixels, more than {MOST_PIXELS:,}"
        raise _invalid(param, why)
    if min(width, height) < LEAST_SIDE:
        why = f"the image has {width} x {height} pixels, fewer than {LEAST_SIDE} x {LEAST_SIDE}"
        raise _invalid(param, why)
    return width, height


def _no_uri(param: str, why: str) -> Refused:
    text = f"Invalid image address: {why}. Send the image itself, as data:image/png;base64,…"
    return Refused(text, param=param, code="invalid_image_url")


def _invalid(param: str, why: str) -> Refused:
    return Refused(f"Invalid image: {why}.", param=param, code="invalid_image")

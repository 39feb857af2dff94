"""Opening pictures that anybody may have made: whatever is wrong with one is one line.

The size is read from the header and checked before a pixel is decoded, so a small file that
unpacks to a huge picture costs nothing. Everybody who looks at a picture here sees it by the rule
of `eight_bits`.
"""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from secondsight.dtypes import Pixels
from secondsight.errors import DataError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
GREY = {"1", "L", "LA", "La"}
DEEP = {"I", "I;16", "I;16B", "I;16L", "F"}
MOST_PIXELS = 25_000_000
MOST_BYTES = 100_000_000
"""A larger file is not read."""


def read_picture(content: bytes, what: str) -> Pixels:
    """Return the pixels of a picture, shape (height, width, 3); of an animation the first frame.

    `what` it is called in the message is such as ``"the image 'm31'"``.

    Raises a DataError if it is no PNG, JPEG, WebP or GIF, is cut off or damaged, or has too many
    pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a file either gives pixels or is refused
            with Image.open(BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                return np.asarray(eight_bits(picture).convert("RGB"))
    except Image.DecompressionBombError:
        raise DataError(f"{what} has more than {MOST_PIXELS:,} pixels") from None
    except Exception:  # on a damaged file Pillow's readers raise nearly anything
        raise DataError(f"{what} can't be read: it is cut off, damaged or no picture") from None


def eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture as grey or RGB of 8 bits, the right way up.

    Of 16 bits the upper eight count, so that the whole range is kept: black stays black and white
    white. Transparent parts are black, as empty sky is.
    """
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in DEEP:  # Pillow would clip 16 bits instead of scaling them
        deep = np.clip(np.asarray(picture, dtype=np.float64), 0, 65535)
        return Image.fromarray(np.asarray(deep // 256, dtype=np.uint8))
    mode = "L" if picture.mode in GREY else "RGB"
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        black = Image.new("RGBA", clear.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(black, clear)
    return picture.convert(mode)


def read_bytes(path: Path) -> bytes:
    """Return a file of bounded size.

    Raises a DataError if it can't be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise DataError(f"{path} has more than {MOST_BYTES:,} bytes")
    return content

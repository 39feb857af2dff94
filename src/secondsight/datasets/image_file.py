"""An image file of anybody's, and the picture that is sent of it.

A PNG of 8 bits without transparency is sent as it is. Whatever else is turned into one, the same
bytes each time: JPEG, WebP, GIF, TIFF and other PNGs by the rule of `eight_bits`, what holds
measurements (FITS, and TIFF of floats or 32 bits) by a stretch that the request records. What a
file is, its first bytes say and not its name; each may be packed by gzip.
"""

import gzip
import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from secondsight.datasets.picture import FORMATS, MOST_BYTES, MOST_PIXELS, eight_bits, read_bytes
from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.simulate.png import SIGNATURE, encode_png

FITS, GZIP = b"SIMPLE  =", b"\x1f\x8b"
BLACK, WHITE, SOFT = 1.0, 99.8, 0.1
"""The stretch: the percentiles of the finite pixels that are black and white, and its softening."""
STRETCH = f"asinh, softening {SOFT:g}, {BLACK:g} to {WHITE:g} per cent of the pixels"
AS_IT_IS = "the file as it is"
DEPTH, COLOUR, WITH_ALPHA = 24, 25, {4, 6}
"""Where a PNG says how many bits it has and which colours, and which of these have transparency."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ImageFile:
    """A picture and what is known of it."""

    png: bytes  # what is sent
    width: int  # in pixels
    height: int  # likewise
    sent: str = AS_IT_IS  # how it came from the file, for a reader
    stretch: str | None = None  # how measurements became light, where the file holds measurements
    scale: float = math.nan  # arcseconds a pixel; NaN where the file does not say
    ra: float = math.nan  # the centre in degrees; NaN likewise
    dec: float = math.nan  # likewise


def read_image(path: Path) -> ImageFile:
    """Read an image file.

    Raises a DataError that says why, but not which file, if it can't be one.
    """
    content = _unpacked(read_bytes(path))
    if content.startswith(FITS):
        return _from_fits(content)
    if content.startswith(SIGNATURE):
        content = _without_tail(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a file either gives pixels or is refused
            with Image.open(BytesIO(content), formats=(*FORMATS, "TIFF")) as picture:
                _check_size(picture.width, picture.height)
                return _from_picture(content, picture)
    except (DataError, Image.DecompressionBombError) as error:
        raise DataError(str(error)) from None
    except Exception:  # on a damaged file Pillow's readers raise nearly anything
        raise DataError("is cut off, damaged or no picture that can be read") from None


def _unpacked(content: bytes) -> bytes:
    """Return what gzip packed, of bounded size; anything else as it is."""
    if not content.startswith(GZIP):
        return content
    try:
        with gzip.open(BytesIO(content)) as packed:
            unpacked = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError("is cut off or damaged: gzip can't unpack it") from None
    if len(unpacked) > MOST_BYTES:
        raise DataError(f"unpacks to more than {MOST_BYTES:,} bytes")
    return unpacked


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise DataError(f"has more than {MOST_PIXELS:,} pixels")
    if min(width, height) < 1:
        raise DataError("has no pixels")


def _without_tail(content: bytes) -> bytes:
    """Return a PNG up to its end, with every chunk checked; others may have put bytes behind it."""
    place = len(SIGNATURE)
    while place + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            break
        if zlib.crc32(content[place + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
            raise DataError("is damaged: a checksum is wrong")
        if kind == b"IEND":
            return content[:end]
        place = end
    raise DataError("is cut off")


def _from_picture(content: bytes, picture: Image.Image) -> ImageFile:
    form = str(picture.format)
    if form == "PNG" and _is_ordinary(content, picture):
        return ImageFile(content, *picture.size)
    if form == "TIFF" and picture.mode in {"I", "F"}:
        return _stretched(np.asarray(picture, np.float64), "TIFF of measurements")
    pixels = np.asarray(eight_bits(picture))
    how = [f"a PNG of the {form}"]
    how += ["16 bits to 8"] if picture.mode.startswith("I") else []
    how += ["transparent parts black"] if picture.has_transparency_data else []
    return ImageFile(encode_png(pixels), pixels.shape[1], pixels.shape[0], ", ".join(how))


def _is_ordinary(content: bytes, picture: Image.Image) -> bool:
    """Whether a PNG shows everybody the same: 8 bits or fewer, nothing transparent, upright."""
    plain = content[DEPTH] <= 8 and content[COLOUR] not in WITH_ALPHA
    return plain and not picture.has_transparency_data and not picture.getexif()


def _from_fits(content: bytes) -> ImageFile:
    from astropy.io import fits  # type: ignore[import-untyped]  # slow to load

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers that are a little off the standard
            warnings.filterwarnings("error", message=".*truncated.*")
            with fits.open(BytesIO(content), memmap=False) as parts:
                part = _first_image(parts)
                values = np.squeeze(np.asarray(part.data, np.float64))
                _check_plane(values.shape)
                # The first row of a FITS image is its lowest.
                drawn = _stretched(values[::-1], "FITS")
                return ImageFile(**{**vars(drawn), **_where(part.header, values.shape)})
    except DataError:
        raise
    except Exception:  # on a damaged file astropy raises nearly anything
        raise DataError("is cut off, damaged or no FITS that can be read") from None


def _first_image(parts: Any) -> Any:
    for part in parts:
        if part.is_image and part.header.get("NAXIS", 0) >= 2:
            sides = [part.header[f"NAXIS{axis}"] for axis in range(1, part.header["NAXIS"] + 1)]
            _check_plane(tuple(side for side in sides if side != 1))
            return part
    raise DataError("is a FITS without an image")


def _check_plane(sides: tuple[int, ...]) -> None:
    if len(sides) > 2:
        raise DataError(
            f"has {'x'.join(map(str, sides))} values, and nothing says which planes are which "
            "colour: make a picture of it, or keep one plane, as fits of astropy.io does by "
            "fits.writeto('plane.fits', fits.getdata('cube.fits')[0])"
        )
    if len(sides) < 2:
        raise DataError("has a single row of pixels")
    _check_size(*sides)


def _stretched(values: Values, form: str) -> ImageFile:
    height, width = values.shape
    pixels = stretched(values)
    sent = f"a PNG of the {form}, stretched"
    return ImageFile(encode_png(pixels), width, height, sent, STRETCH)


def stretched(values: Values) -> Pixels:
    """Return measurements as light, uint8; what is not finite is black.

    Raises a DataError if nothing is finite, or all is the same.
    """
    finite = np.isfinite(values)
    if not finite.any():
        raise DataError("has no pixel with a finite value")
    known = values[finite]
    low, high = np.percentile(known, [BLACK, WHITE])
    if low == high:
        low, high = known.min(), known.max()
    if low == high:
        raise DataError("has one and the same value in all its pixels")
    share = np.clip((np.where(finite, values, low) - low) / (high - low), 0, 1)
    return np.asarray(np.rint(255 * np.arcsinh(share / SOFT) / np.arcsinh(1 / SOFT)), np.uint8)


def _where(header: Any, shape: tuple[int, ...]) -> dict[str, float]:
    """Return the pixel scale and the centre of an image, where its FITS header tells."""
    from astropy.wcs import WCS  # type: ignore[import-untyped]  # slow to load
    from astropy.wcs.utils import proj_plane_pixel_scales  # type: ignore[import-untyped]

    try:
        sky = WCS(header).celestial
        scale = float(np.mean(proj_plane_pixel_scales(sky))) * 3600
        ra, dec = sky.all_pix2world([[(shape[1] - 1) / 2, (shape[0] - 1) / 2]], 0)[0]
    except Exception:  # no celestial axes, or a header that contradicts itself
        return {}
    return {"scale": scale, "ra": float(ra), "dec": float(dec)}

"""Write an image as PNG, the same bytes on every machine.

Compressors differ between versions and processors, so the pixels are stored uncompressed.
"""

import struct
import zlib

import numpy as np

from secondsight.dtypes import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB = 0, 2
LARGEST_BLOCK = 65535


def encode_png(pixels: Pixels) -> bytes:
    """Return the PNG file of an image, uint8, shape (height, width) or (height, width, 3).

    Raises ValueError if the array has another shape or type.

    References
    ----------
    PNG specification, third edition (W3C 2025); stored blocks: RFC 1951, section 3.2.4.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)):
        raise ValueError(f"no image: shape {pixels.shape}, type {pixels.dtype}")
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    scanlines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, RGB if pixels.ndim == 3 else GREY, 0, 0, 0)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", _stored(scanlines))
        + _chunk(b"IEND", b"")
    )


def _stored(content: bytes) -> bytes:
    """Return `content` as a zlib stream of stored blocks."""
    blocks = []
    for start in range(0, len(content), LARGEST_BLOCK):
        block = content[start : start + LARGEST_BLOCK]
        last = start + LARGEST_BLOCK >= len(content)
        blocks.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    return b"\x78\x01" + b"".join(blocks) + struct.pack(">I", zlib.adler32(content))


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

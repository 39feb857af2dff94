"""Every way in which a picture can be no picture is one line."""

import random
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from conftest import tiny_png
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.picture import read_picture
from secondsight.errors import DataError


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


DATA = (b"IDAT", zlib.compress(bytes(20)))


def header(width: int, height: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)


def refusal(content: bytes) -> str:
    """Return why a picture is refused; empty if it is read."""
    try:
        pixels = read_picture(content, "it")
    except DataError as error:
        return str(error)
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    return ""


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_four_forms_are_read(form: str) -> None:
    content = BytesIO()
    Image.new("RGB", (6, 5), (9, 9, 9)).save(content, form)
    assert read_picture(content.getvalue(), "it").shape == (5, 6, 3)


@pytest.mark.parametrize("form", ["EPS", "TIFF", "BMP", "PPM"])
def test_other_forms_are_refused(form: str) -> None:
    content = BytesIO()
    Image.new("RGB", (6, 5)).save(content, form)
    assert refusal(content.getvalue()) == "it can't be read: it is cut off, damaged or no picture"


@pytest.mark.parametrize("side", [5_001, 12_000, 2**31 - 1])
def test_a_huge_picture_is_refused_by_its_header(side: int) -> None:
    content = png(header(side, side), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    assert refusal(content) == "it has more than 25,000,000 pixels"


def test_a_text_that_unpacks_to_too_much_is_refused() -> None:
    text = b"Comment\0\0" + zlib.compress(bytes(80_000_000))
    assert "can't be read" in refusal(png(header(1, 1), (b"zTXt", text), (b"IEND", b"")))


def test_damaged_pictures_are_one_line_each() -> None:
    """A third of the chunks keep a right checksum, so that the damage gets as far as it can."""
    chance, refused = random.Random(6), 0
    for _ in range(900):
        body = [
            header(4, 4),
            (b"tEXt", b"a\0b"),
            (b"IDAT", zlib.compress(bytes(20))),
            (b"IEND", b""),
        ]
        place = chance.randrange(len(body))
        kind, content = body[place]
        damaged = bytearray(kind + content)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        body[place] = bytes(damaged[:4]), bytes(damaged[4:])
        whole = bytearray(png(*body))
        if chance.random() < 0.6:
            whole[chance.randrange(8, len(whole))] ^= 1 << chance.randrange(8)
        said = refusal(bytes(whole[: chance.choice([None, None, chance.randrange(len(whole))])]))
        assert "\n" not in said
        refused += bool(said)
    assert refused > 500


def test_a_damaged_image_of_a_data_set_is_named(dataset: Dataset) -> None:
    broken = Dataset("sky", "real sky", dataset.table, lambda _: tiny_png(1)[:30])
    with pytest.raises(DataError, match=r"^the image 'img-001' of 'sky' can't be read: it is"):
        broken.pixels("img-001")

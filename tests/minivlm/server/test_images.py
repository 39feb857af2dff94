import base64
import io
import struct
import zlib
from typing import Any

import numpy as np
import openai
import pytest
from PIL import Image

from minivlm.server.conftest import PROMPT, image, uri
from secondsight.minivlm.server.errors import Refused
from secondsight.minivlm.server.images import picture


def png_of(array: np.ndarray, **said: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG", **said)
    return file.getvalue()


def claims_to_be(width: int, height: int) -> bytes:
    """A PNG whose header says these sizes, with no pixels to speak of."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


def noisy() -> bytes:
    return png_of(np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8))


@pytest.mark.parametrize(("address", "code", "said"), [
    ("https://example.org/a.png", "invalid_image_url", "fetches nothing"),
    ("file:///etc/passwd", "invalid_image_url", "no data URI"),
    ("data:image/tiff;base64,AAAA", "invalid_image_url", "no data URI"),
    ("data:image/png,AAAA", "invalid_image_url", "no data URI"),
    ("data:image/png;base64,%%%", "invalid_base64", "base64"),
    (uri(b""), "invalid_image", "empty"),
    (uri(b"no image"), "invalid_image", "no readable"),
    (uri(image(kind="BMP")), "invalid_image", "no readable"),
    (uri(noisy()[:-400]), "invalid_image", "cut off"),
    (uri(image(size=(3, 900))), "invalid_image", "fewer than 4 x 4"),
    (uri(claims_to_be(5001, 5000)), "invalid_image", "25,005,000 pixels, more than 25,000,000"),
    (uri(claims_to_be(60_000, 60_000)), "invalid_image", "more than 25,000,000"),
])  # fmt: skip
def test_images_that_are_refused(client: openai.OpenAI, address: str, code: str, said: str) -> None:
    parts = [{"type": "text", "text": PROMPT}, {"type": "image_url", "image_url": {"url": address}}]
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(
            model="fake-1", messages=[{"role": "user", "content": parts}]
        )
    assert error.value.code == code
    assert error.value.param == "messages[0].content[1].image_url"
    assert said in error.value.message


def pixels(content: bytes) -> np.ndarray:
    return picture(uri(content), "here").pixels()


def test_grey_stays_grey_and_colour_stays_colour() -> None:
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    colour = np.random.default_rng(0).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    assert np.array_equal(pixels(png_of(grey)), grey)
    assert np.array_equal(pixels(png_of(colour)), colour)


def test_sixteen_bits_are_scaled() -> None:
    deep = (np.arange(64, dtype=np.uint16) * 1000).reshape(8, 8)
    assert np.array_equal(pixels(png_of(deep)), deep // 256)


def test_what_is_clear_is_black() -> None:
    clear = np.full((8, 8, 4), 200, dtype=np.uint8)
    clear[:4, :, 3] = 0
    clear[4:, :, 3] = 255
    found = pixels(png_of(clear))
    assert found.shape == (8, 8, 3)
    assert (found[:4] == 0).all()
    assert (found[4:] == 200).all()


def test_the_first_frame_counts() -> None:
    frames = [Image.new("L", (8, 8), shade) for shade in (10, 200)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert pixels(file.getvalue()).max() == 10


def test_base64_must_be_strict() -> None:
    text = base64.b64encode(image()).decode()
    with pytest.raises(Refused, match="base64"):
        picture(f"data:image/png;base64,{text[:20]} {text[20:]}", "here")

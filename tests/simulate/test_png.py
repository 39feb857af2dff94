import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from secondsight.simulate.png import encode_png


@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(0, 2**32 - 1))
def test_the_pixels_come_back(height: int, width: int, colour: bool, seed: int) -> None:
    shape = (height, width, 3) if colour else (height, width)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_png(pixels)))), pixels)


def test_an_image_of_several_blocks_comes_back() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_png(pixels)))), pixels)


def test_nothing_is_compressed_so_the_bytes_depend_on_no_compressor() -> None:
    encoded = encode_png(np.zeros((8, 8), np.uint8))
    stream = encoded[encoded.index(b"IDAT") + 4 : encoded.index(b"IEND") - 8]
    assert zlib.decompress(stream) == bytes(8 * 9)
    assert len(stream) == 8 * 9 + 11  # header, one stored block, checksum


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8), np.zeros(4, np.uint8)]
)
def test_what_is_no_image_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no image"):
        encode_png(pixels)

"""Real files of each format, what is sent of them, and every way in which one can't be used."""

import contextlib
import gzip
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from PIL import Image

from conftest import tiny_png
from secondsight.datasets import image_file
from secondsight.datasets.dataset import Dataset, sha256
from secondsight.datasets.folder import load_folder
from secondsight.datasets.image_file import AS_IT_IS, STRETCH, ImageFile, read_image, stretched
from secondsight.datasets.picture import read_picture
from secondsight.errors import DataError
from secondsight.inference.ask import make_plan
from secondsight.inference.prompt import Prompt
from secondsight.inference.request import IMAGE, Message, Request, Text
from secondsight.inference.request import Image as Part
from secondsight.minivlm.server.images import Picture

RAMP = np.linspace(0, 255, 40 * 30).reshape(30, 40).astype(np.uint8)
COLOUR = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=2)


def saved(path: Path, image: Image.Image, **options: Any) -> ImageFile:
    image.save(path, **options)
    return read_image(path)


def seen(image: ImageFile) -> npt.NDArray[np.uint8]:
    """Return the picture as the server sees it, after a check that the data set sees the same."""
    served = Picture(image.png, (image.width, image.height), "x").pixels()
    three = served if served.ndim == 3 else np.repeat(served[..., None], 3, axis=2)
    np.testing.assert_array_equal(three, read_picture(image.png, "it"))
    assert (image.height, image.width) == served.shape[:2]
    return served


@pytest.mark.parametrize("pixels", [RAMP, COLOUR], ids=["grey", "colour"])
def test_an_ordinary_png_is_sent_as_it_is(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    path = tmp_path / "a.png"
    image = saved(path, Image.fromarray(pixels))
    assert (image.png, image.sent, image.stretch) == (path.read_bytes(), AS_IT_IS, None)
    np.testing.assert_array_equal(seen(image), pixels)


def test_bytes_behind_the_end_of_a_png_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(tiny_png(7) + b"\n")
    assert read_image(path).png == tiny_png(7)


@pytest.mark.parametrize("form", ["WEBP", "TIFF", "GIF", "BMP"])
def test_what_loses_nothing_keeps_every_pixel(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.any"  # what a file is its bytes say, not its name
    if form == "BMP":
        with pytest.raises(DataError, match="no picture that can be read"):
            saved(path, Image.fromarray(RAMP), format=form)
        return
    image = saved(
        path, Image.fromarray(RAMP), format=form, **({"lossless": True} if form == "WEBP" else {})
    )
    np.testing.assert_array_equal(
        seen(image)[..., 0] if seen(image).ndim == 3 else seen(image), RAMP
    )
    assert image.sent == f"a PNG of the {form}"
    assert image == read_image(path) or np.isnan(image.scale)
    assert sha256(image.png) == sha256(read_image(path).png)


def test_a_jpeg_becomes_a_png_the_right_way_up(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    path = tmp_path / "a.jpg"
    Image.fromarray(COLOUR).save(path, quality=95, exif=turned)
    image = read_image(path)
    assert (image.width, image.height, image.sent) == (30, 40, "a PNG of the JPEG")
    assert seen(image).shape == (40, 30, 3)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_of_16_bits_the_upper_eight_count(tmp_path: Path, name: str) -> None:
    deep = np.linspace(0, 65535, 1200).reshape(30, 40).astype(np.uint16)
    image = saved(tmp_path / name, Image.fromarray(deep))
    assert image.sent.endswith("16 bits to 8")
    np.testing.assert_array_equal(seen(image), deep // 256)


def test_a_data_set_and_the_server_see_16_bits_alike(tmp_path: Path, dataset: Dataset) -> None:
    deep = np.linspace(0, 65535, 1200).reshape(30, 40).astype(np.uint16)
    content = BytesIO()
    Image.fromarray(deep).save(content, "PNG")
    sky = Dataset("sky", "real sky", dataset.table, lambda _: content.getvalue())
    np.testing.assert_array_equal(sky.pixels("img-001")[..., 0], deep // 256)
    served = Picture(content.getvalue(), (40, 30), "x").pixels()
    np.testing.assert_array_equal(served, deep // 256)


def test_transparent_parts_are_black(tmp_path: Path) -> None:
    alpha = np.where(np.arange(40) < 20, 0, 255).astype(np.uint8) * np.ones((30, 1), np.uint8)
    clear = np.dstack([COLOUR, alpha])
    image = saved(tmp_path / "a.png", Image.fromarray(clear))
    assert image.sent == "a PNG of the PNG, transparent parts black"
    np.testing.assert_array_equal(seen(image)[:, 20:], COLOUR[:, 20:])
    assert not seen(image)[:, :20].any()


def galaxy(height: int = 30, width: int = 40) -> npt.NDArray[np.float32]:
    y, x = np.mgrid[:height, :width]
    light = 1000 * np.exp(-np.hypot(y - 20, x - 10) / 3)
    return (light + np.random.default_rng(4).normal(0, 3, light.shape)).astype(np.float32)


def written_fits(path: Path, values: npt.NDArray[Any], header: fits.Header | None = None) -> Path:
    fits.PrimaryHDU(values, header).writeto(path)
    return path


def test_a_fits_is_stretched_and_north_is_up(tmp_path: Path) -> None:
    image = read_image(written_fits(tmp_path / "a.fits", galaxy()))
    assert (image.stretch, image.sent) == (STRETCH, "a PNG of the FITS, stretched")
    pixels = seen(image)
    assert pixels.shape == (30, 40)
    # Row 20 from below is row 9 from above.
    assert (pixels[9, 10], pixels[20, 10] < 200) == (255, True)
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert np.isnan(image.scale)


def test_the_place_on_the_sky_is_kept(tmp_path: Path) -> None:
    sky = WCS(naxis=2)
    sky.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    sky.wcs.crval = [150.0, 2.0]
    sky.wcs.crpix = [20.5, 15.5]
    sky.wcs.cdelt = [-0.262 / 3600, 0.262 / 3600]
    image = read_image(written_fits(tmp_path / "a.fits", galaxy(), sky.to_header()))
    assert (image.scale, image.ra, image.dec) == pytest.approx((0.262, 150.0, 2.0))


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.int32, np.float64, np.uint8])
def test_a_fits_of_any_kind_of_number_is_read(tmp_path: Path, kind: type) -> None:
    values = np.clip(galaxy(), 0, 250).astype(kind)
    assert seen(read_image(written_fits(tmp_path / "a.fits", values))).max() == 255


def test_a_fits_may_hold_its_image_further_on_and_with_a_spare_axis(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    parts = [fits.PrimaryHDU(), fits.ImageHDU(galaxy()[np.newaxis])]
    fits.HDUList(parts).writeto(path)
    assert seen(read_image(path)).shape == (30, 40)


def test_a_packed_fits_is_the_fits(tmp_path: Path) -> None:
    plain = written_fits(tmp_path / "a.fits", galaxy())
    packed = tmp_path / "b.fits.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_image(packed) == read_image(plain)
    packed.write_bytes(packed.read_bytes()[:-900])
    with pytest.raises(DataError, match="is cut off or damaged: gzip can't unpack it"):
        read_image(packed)


def test_a_packed_fits_of_a_folder_has_its_name_without_both_endings(tmp_path: Path) -> None:
    plain = written_fits(tmp_path / "a.fits", galaxy())
    (tmp_path / "m87.fits.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "labels.csv").write_text("image_id,label\nm87.fits.gz,1\n")
    table = load_folder(tmp_path).table.set_index("image_id")
    assert table["label"].to_dict()["m87"] == "1"
    assert table["image_sha256"].nunique() == 1


def test_what_unpacks_to_more_than_a_file_may_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_file, "MOST_BYTES", 1000)
    (tmp_path / "a.fits.gz").write_bytes(gzip.compress(bytes(5000)))
    with pytest.raises(DataError, match="unpacks to more than 1,000 bytes"):
        read_image(tmp_path / "a.fits.gz")


def test_the_plane_that_a_refused_cube_is_told_to_keep_is_read(tmp_path: Path) -> None:
    cube = written_fits(tmp_path / "cube.fits", np.stack([galaxy(), 2 * galaxy()]))
    with pytest.raises(DataError, match="keep one plane, as fits of") as caught:
        read_image(cube)
    way = str(caught.value).rpartition(" does by ")[2]
    with contextlib.chdir(tmp_path):
        eval(way, {"fits": fits})
    assert read_image(tmp_path / "plane.fits").png


def test_floats_of_a_tiff_are_stretched_too(tmp_path: Path) -> None:
    image = saved(tmp_path / "a.tif", Image.fromarray(galaxy()))
    assert image.stretch == STRETCH
    np.testing.assert_array_equal(seen(image), stretched(galaxy().astype(float)))


def test_a_pixel_without_a_value_is_black() -> None:
    values = galaxy().astype(float)
    values[3, 4], values[5, 6] = np.nan, np.inf
    light = stretched(values)
    assert (light[3, 4], light[5, 6], light.max()) == (0, 0, 255)


def test_a_single_bright_pixel_is_still_seen() -> None:
    values = np.zeros((100, 100))
    values[50, 50] = 3
    assert stretched(values)[50, 50] == 255


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.full((5, 5), np.nan), "has no pixel with a finite value"),
        (np.full((5, 5), 3.0), "has one and the same value in all its pixels"),
        (np.zeros((3, 5, 5)), "has 5x5x3 values, and nothing says which planes are which colour"),
        (np.zeros(5), "is a FITS without an image"),
        (np.zeros((5_001, 1, 1, 5_001), np.uint8), "has more than 25,000,000 pixels"),
        (np.zeros((1, 9)), "has a single row of pixels"),
    ],
)
def test_a_fits_that_is_no_picture_is_refused(
    tmp_path: Path, values: npt.NDArray[Any], why: str
) -> None:
    with pytest.raises(DataError, match=why):
        read_image(written_fits(tmp_path / "a.fits", values))


def forms() -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for form in ("PNG", "JPEG", "TIFF", "WEBP", "GIF"):
        file = BytesIO()
        Image.fromarray(COLOUR).save(file, form)
        contents[form] = file.getvalue()
    file = BytesIO()
    fits.PrimaryHDU(galaxy()).writeto(file)
    return contents | {"FITS": file.getvalue()}


@pytest.mark.parametrize("form", forms())
@pytest.mark.parametrize("kept", [0.1, 0.6])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, form: str, kept: float) -> None:
    content = forms()[form]
    path = tmp_path / "a"
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(DataError, match="is cut off") as caught:
        read_image(path)
    assert "\n" not in str(caught.value)


def test_a_damaged_png_is_refused(tmp_path: Path) -> None:
    content = bytearray(forms()["PNG"])
    content[len(content) // 2] ^= 1
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged: a checksum is wrong"):
        read_image(path)


@pytest.mark.parametrize(
    "content", [b"", b"hello", gzip.compress(b"x", mtime=0), b"SIMPLE  =", b"II*\0"]
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match="can be read"):
        read_image(path)


def test_damage_anywhere_is_one_line_or_a_picture(tmp_path: Path) -> None:
    chance, path = np.random.default_rng(6), tmp_path / "a"
    for form, content in forms().items():
        refused = 0
        for _ in range(60):
            damaged = bytearray(content)
            for place in chance.integers(0, min(len(content), 4000), 4):
                damaged[place] = chance.integers(0, 256)
            path.write_bytes(damaged)
            try:
                seen(read_image(path))
            except DataError as error:
                refused += 1
                assert "\n" not in str(error), form  # noqa: PT017
        assert refused, form


def test_a_stretch_is_part_of_the_request_and_its_key(tmp_path: Path, prompt: Prompt) -> None:
    Image.fromarray(RAMP).save(tmp_path / "a.png")
    written_fits(tmp_path / "b.fits", galaxy())
    Image.fromarray(RAMP[::-1]).save(tmp_path / "c.png")
    dataset = load_folder(tmp_path)
    plan = make_plan(dataset, prompt, "sky-1")
    for place, sha in enumerate(dataset.table["image_sha256"]):
        image = Part(sha256=sha, stretch=STRETCH if place == 1 else None)
        asked = Request(
            model="sky-1",
            messages=(Message(role="user", content=(Text(text=prompt.text), image)),),
            sampling=plan.ask(place).request.sampling,
        )
        assert (plan.canonical(place), plan.keys[place]) == (asked.canonical(), asked.key)
        assert plan.ask(place).request == asked
    assert b"stretch" not in plan.canonical(0)
    assert IMAGE.encode() not in plan.canonical(1)

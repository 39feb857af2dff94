import struct
from dataclasses import replace

import numpy as np
import pytest

from secondsight.datasets.manifest import read_manifest
from secondsight.dtypes import Pixels
from secondsight.simulate.campaign import SKY, catalogue, scene
from secondsight.simulate.manifest import differences
from secondsight.simulate.panels import (
    BLANK,
    CMD_CORNER,
    CORNERS,
    LINE,
    MEMBER,
    SIDE,
    TALL,
    draw_panels,
)
from secondsight.simulate.scene import HALF, Scene, Stars
from secondsight.simulate.search import density_map, radial_profile, smoothing_kernel

TABLE = catalogue()


def one(kind: str, place: int = 0) -> str:
    return str(TABLE.loc[TABLE["kind"] == kind, "image_id"].iloc[place])


def panel(picture: Pixels, name: str) -> Pixels:
    top, left = CORNERS[name]
    return picture[top : top + SIDE, left : left + SIDE]


def is_colour(pixels: Pixels, colour: tuple[int, int, int]) -> np.ndarray:
    return (pixels == colour).all(axis=-1)


def made_stars(x: np.ndarray, y: np.ndarray) -> Stars:
    """Stars near the turn-off of an isochrone at a distance modulus of 18."""
    g = np.full(len(x), 22.2)
    return Stars(x, y, g, g - 0.25, np.full(len(x), 0.02), np.full(len(x), 0.02))


@pytest.mark.parametrize("kind", sorted(set(TABLE["kind"])))
def test_every_kind_is_drawn_in_the_same_form(kind: str) -> None:
    picture = SKY.draw(one(kind))
    assert picture.shape == (192, 320, 3)
    assert picture.dtype == np.uint8


def test_a_file_holds_the_picture_and_nothing_else() -> None:
    for kind in ("simulated dwarf", "random clump"):
        content = SKY.png(one(kind))
        at, kinds = 8, []
        while at < len(content):
            length, name = struct.unpack(">I4s", content[at : at + 8])
            kinds.append(name)
            at += length + 12
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]
        assert one(kind).encode() not in content


def test_border_and_file_size_tell_nothing() -> None:
    borders, sizes = set(), set()
    for kind in sorted(set(TABLE["kind"])):
        content, picture = SKY.png(one(kind)), SKY.draw(one(kind))
        edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        borders.add(edge.tobytes())
        sizes.add(len(content))
    assert len(borders) == len(sizes) == 1


def test_the_id_is_not_in_the_pixels() -> None:
    """All that differs between pictures lies within the panels; frames and paper are the same."""
    pictures = [SKY.draw(f"subject-{number:05d}") for number in (1, 22, 333, 4444)]
    outside = np.ones((192, 320), bool)
    for top, left in CORNERS.values():
        outside[top : top + SIDE, left : left + SIDE] = False
    top, left = CMD_CORNER
    outside[top : top + TALL, left : left + 124] = False
    assert len({picture[outside].tobytes() for picture in pictures}) == 1


def test_a_dwarf_stands_out_at_the_centre() -> None:
    bright = TABLE[(TABLE["kind"] == "simulated dwarf") & (TABLE["detectability"] > 0.995)]
    bright = bright[bright["half_light_arcmin"] < 3]
    for image_id in bright["image_id"].head(8):
        piece = scene(image_id)
        stars = panel(draw_panels(piece), "stars").astype(int).sum(axis=-1)
        row, column = np.unravel_index(np.argmax(stars), stars.shape)
        assert abs(row - 44.5) < 6
        assert abs(column - 44.5) < 6


def test_east_is_left_and_north_is_up() -> None:
    rng = np.random.default_rng(3)
    stars = made_stars(10 + 0.3 * rng.standard_normal(80), 5 + 0.3 * rng.standard_normal(80))
    shown = panel(draw_panels(Scene(stars, None, 18.0)), "stars").astype(int).sum(axis=-1)
    row, column = np.unravel_index(np.argmax(shown), shown.shape)
    assert column == pytest.approx((HALF - 10) * 3, abs=2)
    assert row == pytest.approx((HALF - 5) * 3, abs=2)


def test_what_is_not_covered_is_grey_in_every_map() -> None:
    piece = scene(one("survey edge"))
    picture = draw_panels(piece)
    for name in ("stars", "galaxies"):
        grey = is_colour(panel(picture, name), BLANK)
        assert (grey == ~piece.covered[::-1, ::-1]).all()
    assert is_colour(panel(picture, "image"), BLANK).any()


def test_unknown_galaxies_are_grey_throughout() -> None:
    piece = replace(scene(one("dwarf")), galaxies=None)
    assert is_colour(panel(draw_panels(piece), "galaxies"), BLANK).all()


def test_a_hole_around_a_bright_star_is_dark_in_the_density() -> None:
    holes = TABLE.loc[TABLE["kind"] == "bright star", "image_id"].head(200)
    piece = min((scene(image_id) for image_id in holes), key=lambda one: one.lights[0].r)
    star = piece.lights[0]
    density = density_map(piece.stars.x, piece.stars.y, piece.covered)
    row, column = (int((place + HALF) * 3) for place in (star.y, star.x))
    assert density[row, column] < 0.5 * np.nanmedian(density)


def test_the_isochrone_is_drawn_where_the_distance_puts_it() -> None:
    piece = scene(one("random clump"))
    top, left = CMD_CORNER
    rows = []
    for modulus in (17.0, 20.0):
        shown = draw_panels(replace(piece, distance_modulus=modulus))[top : top + TALL, left:]
        rows.append(int(np.flatnonzero(is_colour(shown, LINE).any(axis=1)).max()))
        assert is_colour(shown, LINE).sum() > 100
    bluest = [int(np.flatnonzero(is_colour(draw_panels(
        replace(piece, distance_modulus=modulus))[top : top + TALL, left:], LINE)[:, :16]
        .any(axis=1)).min()) for modulus in (17.0, 20.0)]  # fmt: skip
    assert bluest[1] - bluest[0] == pytest.approx(3 / 8.2 * TALL, abs=3)


def test_members_are_marked_in_the_diagram() -> None:
    bright = TABLE[(TABLE["kind"] == "simulated dwarf") & (TABLE["detectability"] > 0.99)]
    top, left = CMD_CORNER
    shown = SKY.draw(bright["image_id"].iloc[0])[top : top + TALL, left:]
    assert is_colour(shown, MEMBER).sum() > 30


def test_a_profile_counts_every_star_once() -> None:
    rng = np.random.default_rng(4)
    stars = made_stars(*rng.uniform(-15, 15, (2, 30_000)))
    profile = radial_profile(Scene(stars, None, 18.0), stars)
    assert profile.background == pytest.approx(30_000 / 900, rel=0.03)
    assert profile.density == pytest.approx(np.full(12, 30_000 / 900), rel=0.3)


def test_smoothing_keeps_whole_numbers_whole() -> None:
    kernel = smoothing_kernel(90, 2.4)
    assert (kernel == np.rint(kernel)).all()
    assert kernel.sum(axis=1).max() ** 2 * 1e4 < 2**53


def test_nobody_to_see_is_drawn_too() -> None:
    nothing = made_stars(np.empty(0), np.empty(0))
    assert draw_panels(Scene(nothing, None, 18.0)).shape == (192, 320, 3)
    blind = Scene(nothing, None, 18.0, np.zeros((90, 90), bool))
    assert is_colour(panel(draw_panels(blind), "stars"), BLANK).all()


def test_a_sample_of_the_manifest_is_drawn_as_recorded() -> None:
    manifest = read_manifest("dwarfs")
    assert manifest["image_id"].tolist() == TABLE["image_id"].tolist()
    assert manifest["label"].tolist() == TABLE["label"].tolist()
    assert manifest["image_sha256"].nunique() == len(manifest)
    assert differences("dwarfs", manifest.sample(60, random_state=0), workers=1) == []

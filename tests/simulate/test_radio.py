import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.simulate import radio
from secondsight.simulate.seed import generator

numbers = st.integers(0, 10_000)


def some_source(number: int) -> radio.Source:
    return radio.draw_source(generator(number, "test"))


@pytest.fixture(scope="module")
def catalogue() -> pd.DataFrame:
    return radio.SKY.catalogue()


def test_there_are_as_many_images_as_promised(catalogue: pd.DataFrame) -> None:
    training = radio.TRAINING_SKY.catalogue()
    assert (len(catalogue), len(training)) == (500, 3_000)
    assert set(catalogue["split"]) == {"test"}
    assert set(training["split"]) == {"train"}
    assert not set(catalogue["image_id"]) & set(training["image_id"])


def test_both_types_occur_about_as_often_as_in_mirabest(catalogue: pd.DataFrame) -> None:
    assert 0.38 < (catalogue["label"] == "0").mean() < 0.50


def test_the_ids_tell_nothing_of_the_type(catalogue: pd.DataFrame) -> None:
    first = (catalogue["label"] == "0").to_numpy()
    number = np.arange(len(first))
    for of_id in (number, number % 2, number % 10):
        assert abs(np.corrcoef(of_id, first)[0, 1]) < 0.12
    assert catalogue["image_id"].str.fullmatch(r"radio-\d{5}").all()


def test_the_catalogue_and_the_images_are_the_same_each_time(catalogue: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(catalogue, radio.SKY.catalogue())
    for image_id in catalogue["image_id"].head(3):
        assert radio.SKY.png(image_id) == radio.SKY.png(image_id)


def test_an_image_is_grey_and_of_the_size_of_mirabests(catalogue: pd.DataFrame) -> None:
    image = radio.SKY.draw(catalogue["image_id"][0])
    assert image.shape == (150, 150)
    assert image.dtype == np.uint8


def test_the_two_skies_differ() -> None:
    assert not np.array_equal(
        radio.SKY.draw("radio-00000"), radio.TRAINING_SKY.draw("radio-train-00000")
    )


@given(numbers)
def test_the_type_follows_from_where_the_brightness_peaks(number: int) -> None:
    source = some_source(number)
    peaks = []
    for arm in source.arms:
        along, brightness, _ = radio.profile(generator(number, "arm"), arm)
        peaks.append(along[brightness.argmax()] * arm.length)
    measured = sum(peaks) / sum(arm.length for arm in source.arms)
    assert measured == pytest.approx(source.separation, abs=0.02)
    if abs(measured - 0.5) > 0.02:
        assert (measured < 0.5) == (source.label == "0")


def test_the_type_can_be_measured_on_the_image_of_a_large_straight_source() -> None:
    right = [measured_type(number) for number in range(600)]
    measured = [one for one in right if one is not None]
    assert len(measured) > 40
    assert np.mean(measured) > 0.95


def measured_type(number: int) -> bool | None:
    """Return whether the type that the noiseless image gives is the true one."""
    source = some_source(number)
    straight = max(abs(arm.bend) + abs(arm.twist) + arm.wiggle for arm in source.arms) < 0.5
    if source.size < 90 or not straight or abs(source.separation - 0.5) < 0.1:
        return None
    image = radio.noiseless(source, generator(number, "sky"), side=201)
    rows, columns = np.indices(image.shape) - 100.0
    away = np.hypot(rows, columns)
    along = columns * np.cos(source.angle) + rows * np.sin(source.angle)
    outside_core = away > 1.2 * radio.BEAM * 2.355
    ends = [arm.length for arm in source.arms]
    apart = sum(
        away.flat[np.where(outside_core & (side * along > 0), image, -1).argmax()]
        for side in (1, -1)
    )
    return bool((apart / sum(ends) < 0.5) == (source.label == "0"))


@given(numbers)
def test_the_light_is_that_of_the_source(number: int) -> None:
    source = some_source(number)
    assert source.core + sum(arm.flux for arm in source.arms) == pytest.approx(source.flux)
    assert 40 <= source.flux <= 3_000
    assert 13.99 < source.size < 250.01
    image = radio.noiseless(source, generator(number, "sky"), side=401)
    beam_area = 2 * np.pi * radio.BEAM**2
    assert image.sum() / beam_area == pytest.approx(source.flux, rel=0.02)


def test_the_noise_is_that_of_the_survey() -> None:
    noise = np.stack([radio.beam_noise(generator(n, "noise")) for n in range(20)])
    assert noise.std() == pytest.approx(1, abs=0.03)
    beside = np.mean(noise[:, :, 1:] * noise[:, :, :-1])
    assert beside == pytest.approx(np.exp(-1 / (4 * radio.BEAM**2)), abs=0.03)


def test_a_point_source_peaks_at_its_flux() -> None:
    image = radio.through_beam([radio.light_of_core(7.0)], (0.0, 0.0), 151)
    assert image.max() == pytest.approx(7.0)
    assert (image[75] > 3.5).sum() == 3  # 5.4 arcsec in pixels of 1.8


def test_some_sources_are_ambiguous_and_some_are_not_resolved(catalogue: pd.DataFrame) -> None:
    near = catalogue["separation"].between(0.4, 0.6).mean()
    assert 0.03 < near < 0.2
    assert 0.05 < (catalogue["size"] < 25).mean() < 0.3


def test_most_of_an_image_is_black_and_its_brightest_point_white() -> None:
    images = [radio.SKY.draw(f"radio-{number:05d}") for number in range(40)]
    assert all((image == 0).mean() > 0.8 for image in images)
    assert np.mean([image.max() == 255 for image in images]) > 0.6

"""Augmentation changes training images within the range, each by itself, and nothing at inference."""

from typing import Any

import keras
import numpy as np
import pytest

from dermsplit_training.augmentation.layers import GREY, build_augmentation
from dermsplit_training.augmentation.presets import PRESETS, Augmentation

SIZE = 32
RNG = np.random.default_rng(0)
PIXELS = RNG.uniform(0, 255, (16, SIZE, SIZE, 3)).astype(np.float32)
ONE = np.repeat(PIXELS[:1], 16, axis=0)
CHANGES: list[tuple[str, Any]] = [
    ("flip", "horizontal"),
    ("flip", "both"),
    ("rotation", 0.5),
    ("zoom", 0.3),
    ("crop", 0.4),
    ("shift", 0.2),
    ("shear", 0.3),
    ("brightness", 0.2),
    ("contrast", 0.3),
    ("saturation", 0.3),
    ("hue", 0.1),
    ("blur", 2.0),
    ("cutout", 0.9),
    ("hair", 1.0),
    ("cast", 0.2),
    ("ink", 1.0),
    ("glare", 1.0),
    ("vignette", 1.0),
]


def changed(pixels: np.ndarray, training: bool = True, **changes: Any) -> np.ndarray:
    return np.asarray(build_augmentation(Augmentation(**changes), seed=1)(pixels, training=training))


@pytest.mark.parametrize(("key", "amount"), CHANGES)
def test_a_change_is_for_each_image_by_itself_and_within_the_range(key: str, amount: Any) -> None:
    after = changed(ONE, **{key: amount})
    assert after.shape == ONE.shape
    assert after.dtype == np.float32
    assert after.min() >= 0
    assert after.max() <= 255
    different = np.abs(after - ONE).mean(axis=(1, 2, 3)) > 0.1
    assert different.sum() >= 4
    kinds = {image.tobytes() for image in after}
    assert len(kinds) >= (2 if key == "flip" else 4)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_changes_in_training_and_nothing_at_inference(preset: str) -> None:
    augmentation = build_augmentation(PRESETS[preset], seed=1)
    np.testing.assert_array_equal(np.asarray(augmentation(PIXELS, training=False)), PIXELS)
    after = np.asarray(augmentation(PIXELS, training=True))
    assert 0 <= after.min() <= after.max() <= 255
    assert (np.abs(after - PIXELS).mean() > 5) == (preset != "none")


def test_zero_adds_no_layer() -> None:
    (layer,) = build_augmentation(Augmentation(contrast=0.2), seed=1).layers
    assert isinstance(layer, keras.layers.RandomContrast)
    assert build_augmentation(Augmentation(mixup=0.4), seed=1).variables == []


def test_every_random_layer_can_be_seeded_anew() -> None:
    """Training does so at every epoch, since a saved state holds no generator's."""
    augmentation = build_augmentation(PRESETS["strong"], seed=1)
    states = [state for state in augmentation.variables if state.path.endswith("seed_generator_state")]
    assert len(states) == len(augmentation.layers)

    def after_seeding() -> np.ndarray:
        for position, state in enumerate(states):
            state.assign(np.array([7, position], dtype=np.uint32))
        return np.asarray(augmentation(PIXELS, training=True))

    first, unseeded = after_seeding(), np.asarray(augmentation(PIXELS, training=True))
    assert np.abs(first - unseeded).mean() > 5
    np.testing.assert_array_equal(after_seeding(), first)


def test_layers_stay_in_single_precision_where_training_is_in_half() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        augmentation = build_augmentation(PRESETS["strong"], seed=1)
    finally:
        keras.config.set_dtype_policy(before)
    assert {layer.compute_dtype for layer in augmentation.layers} == {"float32"}


def test_both_flips_give_mirror_images_and_half_turns() -> None:
    kinds = {image.tobytes() for image in changed(np.repeat(ONE, 4, axis=0), flip="both")}
    assert kinds == {image.tobytes() for image in (ONE[0], ONE[0, ::-1], ONE[0, :, ::-1], ONE[0, ::-1, ::-1])}


def test_brightness_and_contrast_go_up_and_down_as_far_as_told() -> None:
    grey = np.full((256, 4, 4, 3), 127.0, dtype=np.float32)
    means = changed(grey, brightness=0.2).mean(axis=(1, 2, 3))
    assert 127 - 51 <= means.min() < 80
    assert 175 < means.max() <= 127 + 51
    halves = np.tile(np.array([100, 150], np.float32)[None, None, :, None], (256, 4, 1, 3))
    spans = np.ptp(changed(halves, contrast=0.4), axis=(1, 2, 3))
    assert 50 * 0.6 - 0.1 <= spans.min() < 33
    assert 67 < spans.max() <= 50 * 1.4 + 0.1


def test_saturation_and_hue_go_as_far_as_told() -> None:
    red = np.tile(np.array([200, 100, 100], np.float32), (256, 4, 4, 1))
    saturation = 1 - changed(red, saturation=0.2)[:, 0, 0, 1] / 200
    assert 0.4 - 1e-3 <= saturation.min() < 0.42
    assert 0.58 < saturation.max() <= 0.6 + 1e-3
    turned = changed(red, hue=0.05)[:, 0, 0]
    hue = (turned[:, 1] - turned[:, 2]) / (6 * (turned.max(axis=1) - turned.min(axis=1)))
    assert -0.05 - 1e-3 <= hue.min() < -0.045
    assert 0.045 < hue.max() <= 0.05 + 1e-3


def test_a_crop_shows_the_middle_larger() -> None:
    edge = np.zeros((64, SIZE, SIZE, 3), dtype=np.float32)
    edge[:, 8:24, 8:24] = 255.0
    shares = changed(edge, crop=0.4).mean(axis=(1, 2, 3)) / 255
    assert 0.25 - 0.01 <= shares.min() < 0.3
    assert 0.6 < shares.max() <= 0.25 / 0.6**2 + 0.01


def test_what_comes_in_at_the_edges_is_as_told() -> None:
    white = np.full((32, SIZE, SIZE, 3), 255.0, dtype=np.float32)
    assert changed(white, shift=0.2, fill="constant").min() == 0
    assert changed(white, shift=0.2, fill="nearest").min() > 254.9
    assert changed(white, shift=0.2, fill="reflect").min() > 254.9


def test_blur_is_of_another_width_for_each_image_and_keeps_the_light() -> None:
    after = changed(ONE, blur=2.0)
    roughness = np.abs(np.diff(after, axis=1)).mean(axis=(1, 2, 3))
    assert roughness.max() > 2 * roughness.min()
    assert np.abs(after.mean(axis=(1, 2, 3)) - ONE.mean()).max() < 3
    dot = np.zeros((1, SIZE, SIZE, 1), dtype=np.float32)
    dot[0, 16, 16] = 100.0
    spread = changed(dot, blur=2.0)[0, :, :, 0]
    np.testing.assert_allclose(spread, spread.T, atol=1e-4)
    assert spread.sum() == pytest.approx(100.0, rel=1e-3)


def test_cutouts_are_grey_and_come_as_often_as_told() -> None:
    white = np.full((256, SIZE, SIZE, 3), 255.0, dtype=np.float32)
    after = changed(white, cutout=0.4)
    shares = (after < 255).mean(axis=(1, 2, 3))
    assert 0.3 < (shares > 0).mean() < 0.5
    assert set(np.unique(after)) == {GREY, 255.0}
    assert shares[shares > 0].min() > 0.01
    assert shares.max() < 0.25


def test_hair_is_dark_and_thin_and_comes_as_often_as_told() -> None:
    skin = np.tile(np.array([205, 160, 140], np.float32), (64, 96, 96, 1))
    share = (changed(skin, hair=1.0)[..., 0] < 170).mean(axis=(1, 2))
    assert 0.01 < np.median(share) < 0.12
    assert share.max() < 0.25
    half = (changed(skin, hair=0.5)[..., 0] < 170).any(axis=(1, 2))
    assert 0.3 < half.mean() < 0.7
    hairy = changed(skin, hair=1.0)
    assert (hairy <= skin + 1e-3).all()


def test_hair_is_one_line_and_not_a_row_of_dots() -> None:
    """Along a hair nothing is left out: nearly every covered pixel has two covered neighbours."""
    skin = np.full((8, 128, 128, 3), 200.0, dtype=np.float32)
    covered = changed(skin, hair=1.0)[..., 0] < 180
    around = sum(
        np.roll(covered, (down, right), (1, 2))
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
        if (down, right) != (0, 0)
    )
    assert (np.asarray(around)[covered] >= 2).mean() > 0.95

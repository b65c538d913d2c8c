"""Changes of pictures: what each does to pixels that are known."""

import numpy as np
import pytest

from dermsplit_training.robustness.changes import (
    QUALITY,
    SHORTCUTS,
    Change,
    colour_cast,
    crop_shift,
    light,
    noise_like,
    pixel_change,
    scale,
    vignette,
)

GREY = np.full((4, 40, 40, 3), 128, dtype=np.uint8)
RAMP = np.repeat(np.linspace(20, 235, 40).astype(np.uint8)[None, None, :, None], 40, axis=1).repeat(3, axis=3)
PICTURES = np.random.default_rng(1).integers(60, 200, size=(6, 40, 40, 3), dtype=np.uint8)


@pytest.mark.parametrize("change", [*SHORTCUTS, *QUALITY], ids=lambda change: change.name)
def test_every_change_keeps_the_form_and_follows_from_the_seed(change: Change) -> None:
    for strength in change.strengths:
        made = change.apply(PICTURES, strength, 3)
        assert made.shape == PICTURES.shape
        assert made.dtype == np.uint8
        assert (made == change.apply(PICTURES, strength, 3)).all()
        assert pixel_change(PICTURES, made).mean() > 0


@pytest.mark.parametrize("name", ["ink", "ruler", "hair", "vignette", "colour_cast", "blur", "exposure"])
def test_a_stronger_change_changes_more(name: str) -> None:
    (change,) = [one for one in SHORTCUTS if one.name == name]
    changed = [pixel_change(PICTURES, change.apply(PICTURES, strength, 3)).mean() for strength in change.strengths]
    assert changed == sorted(changed)
    assert changed[0] < changed[-1]


def test_a_vignette_leaves_the_middle() -> None:
    made = vignette(GREY, 0.5, 0)[0].astype(int)
    assert (made[20, 20] == 128).all()
    assert made[0, 0, 0] == pytest.approx(64, abs=4)


def test_a_cast_moves_red_and_blue_apart() -> None:
    made = colour_cast(GREY, 0.1, 0).astype(int)
    assert (made[..., 1] == 128).all()
    assert {int(one) for one in np.abs(made[..., 0] - 128).ravel()} <= {12, 13}
    assert (np.sign(made[..., 0] - 128) == -np.sign(made[..., 2] - 128)).all()


def test_a_stop_doubles_the_light() -> None:
    made = light(GREY, -1, 0)
    assert made[0, 0, 0, 0] == round(255 * ((128 / 255) ** 2.2 / 2) ** (1 / 2.2))


def test_a_cut_out_shows_less() -> None:
    made = crop_shift(RAMP, 0.2, 0)
    assert np.ptp(made.astype(int)) < np.ptp(RAMP.astype(int))


def test_shrinking_takes_detail_away() -> None:
    stripes = np.zeros((1, 40, 40, 3), dtype=np.uint8)
    stripes[:, :, ::2] = 255
    assert scale(stripes, 0.25, 0).std() < stripes.std() / 5


def test_the_control_changes_pixels_as_much() -> None:
    changed = vignette(PICTURES, 0.6, 0)
    control = noise_like(PICTURES, changed, 5)
    assert pixel_change(PICTURES, control) == pytest.approx(pixel_change(PICTURES, changed), rel=0.06)

"""Pictures and features that show no lesion: their form, that seeds decide them, and what makes them what they are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dermsplit_training.gate.negatives import disturbed
from dermsplit_training.gate.negatives.features import LEARNED, draw_features
from dermsplit_training.gate.negatives.features import UNSEEN as UNSEEN_FEATURES
from dermsplit_training.gate.negatives.kinds import DRAWN, MADE, UNSEEN, draw, make, photographs
from dermsplit_training.gate.negatives.textures import spectral_plane

RNG = np.random.default_rng(6)
LESIONS = np.full((6, 48, 48, 3), (205, 160, 140), dtype=np.uint8)
LESIONS[:, 16:32, 16:32] = np.arange(50, 110, 10, dtype=np.uint8)[:, None, None, None]


@pytest.mark.parametrize("name", [*DRAWN, *UNSEEN])
def test_drawn_pictures_follow_from_the_seed(name: str) -> None:
    first, again, other = draw(name, 4, 1, 48), draw(name, 4, 1, 48), draw(name, 4, 2, 48)
    assert first.shape == (4, 48, 48, 3)
    assert first.dtype == np.uint8
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("name", MADE)
def test_made_pictures_are_not_those_they_are_made_of(name: str) -> None:
    made = make(name, 5, 1, LESIONS)
    assert made.shape == (5, 48, 48, 3)
    assert all((one != LESIONS[0]).any() for one in made)
    assert (made == make(name, 5, 1, LESIONS)).all()


def test_plain_skin_has_no_lesion_and_comes_only_from_even_corners() -> None:
    skin = make("plain_skin", 3, 1, LESIONS)
    assert np.abs(skin.astype(int) - (205, 160, 140)).max() == 0
    uneven = RNG.integers(0, 256, size=(3, 48, 48, 3), dtype=np.uint8)
    assert len(make("plain_skin", 3, 1, uneven)) == 0
    assert disturbed.plain_skin(np.random.default_rng(0), uneven[0]) is None


def test_shuffling_keeps_the_pixels() -> None:
    gradient = np.repeat(np.arange(48, dtype=np.uint8)[:, None, None], 48, axis=1).repeat(3, axis=2)
    mixed = disturbed.shuffled(np.random.default_rng(0), gradient)
    assert (np.sort(mixed.ravel()) == np.sort(gradient.ravel())).all()


def test_spectra_fall_as_asked() -> None:
    plane = spectral_plane(np.random.default_rng(0), 128, 2.0)
    assert plane.mean() == pytest.approx(0, abs=1e-9)
    assert plane.std() == pytest.approx(1)
    power = np.abs(np.fft.fft2(plane)) ** 2
    low, high = power[2, 2:6].mean(), power[16, 16:48].mean()
    assert low > 50 * high


@pytest.mark.parametrize("shape", [(40, 5, 5, 8), (40, 12)])
@pytest.mark.parametrize("name", [*LEARNED, *UNSEEN_FEATURES])
def test_features_stay_in_the_range_of_real_ones(name: str, shape: tuple[int, ...]) -> None:
    real = RNG.normal(size=shape).astype(np.float32)
    drawn = draw_features(name, 7, 1, real)
    assert drawn.shape == (7, *shape[1:])
    assert drawn.dtype == np.float32
    assert drawn.min() >= real.min()
    assert drawn.max() <= real.max()


def test_mixed_channels_come_each_from_a_real_picture() -> None:
    real = RNG.normal(size=(5, 3, 3, 4)).astype(np.float32)
    (drawn,) = draw_features("features_mixed_channels", 1, 1, real)
    for channel in range(4):
        assert any((drawn[..., channel] == real[picture, ..., channel]).all() for picture in range(5))


def test_photographs_of_a_folder_are_cut_up(tmp_path: Path) -> None:
    (tmp_path / "not_a_mole").mkdir()
    for index, colour in enumerate(["red", "blue"]):
        Image.new("RGB", (90, 60), colour).save(tmp_path / f"not_a_mole/{index}.png")
    found = photographs(tmp_path, 6, 1, 32)
    count, cut = found["other_photos"]
    assert count == 2
    assert cut.shape == (6, 32, 32, 3)
    assert (cut[0] == (255, 0, 0)).all()
    assert (cut[1] == (0, 0, 255)).all()
    assert "other_photos" not in photographs(None, 6, 1, 32)
    assert found["sample_photos"][1].std() > 20

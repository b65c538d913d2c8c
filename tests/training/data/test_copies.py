"""Copies of rarer classes, and what changes them."""

from collections import Counter

import numpy as np
import pytest

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.augmentation.presets import PRESETS, Augmentation
from dermsplit_training.data.copies import Changes, add_copies, changed
from dermsplit_training.data.picture import Picture

PICTURES = [Picture(f"{number}.jpg", "own", "phone", "nv", False, str(number)) for number in range(9)]
LABELS = np.array([0, 0, 0, 0, 0, 0, 1, 1, 2])


def pixels(size: int = 24) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (size, size, 3), dtype=np.uint8)


@pytest.mark.parametrize(("target", "counts"), [(0, (6, 6, 6)), (4, (6, 4, 4)), (8, (8, 8, 8)), (1, (6, 2, 1))])
def test_every_class_reaches_the_target_and_none_shrinks(target: int, counts: tuple[int, ...]) -> None:
    found = add_copies(PICTURES, LABELS, target, seed=1)
    assert found[:9] == PICTURES
    label_of = dict(zip((picture.path for picture in PICTURES), LABELS.tolist(), strict=True))
    assert Counter(label_of[picture.path] for picture in found) == dict(enumerate(counts))
    assert len({(picture.path, picture.copy) for picture in found}) == len(found)
    assert all(picture.copy > 0 for picture in found[9:])


def test_copies_go_round_the_images() -> None:
    copies = [picture for picture in add_copies(PICTURES, LABELS, 7, seed=1)[9:] if picture.path in ("6.jpg", "7.jpg")]
    assert sorted(picture.copy for picture in copies) == [1, 1, 2, 2, 3]
    orders = {tuple(picture.path for picture in add_copies(PICTURES, LABELS, 7, seed)) for seed in range(6)}
    assert len(orders) > 1


def test_nothing_to_change_leaves_every_byte() -> None:
    np.testing.assert_array_equal(changed(pixels(), Augmentation(), seed=5), pixels())


def test_a_flip_is_a_flip() -> None:
    found = {changed(pixels(), Augmentation(flip="both"), seed).tobytes() for seed in range(40)}
    whole = pixels()
    assert found == {one.tobytes() for one in (whole, whole[:, ::-1], whole[::-1], whole[::-1, ::-1])}
    found = {changed(pixels(), Augmentation(flip="horizontal"), seed).tobytes() for seed in range(40)}
    assert found == {whole.tobytes(), whole[:, ::-1].tobytes()}


def test_a_crop_shows_a_part_of_the_image_larger() -> None:
    ramp = np.repeat(np.arange(100, dtype=np.uint8)[:, None, None], 100, axis=1).repeat(3, axis=2)
    spans, middles = [], []
    for seed in range(60):
        rows = changed(ramp, Augmentation(crop=0.4), seed).astype(int)[:, 50, 0]
        spans.append(rows[-1] - rows[0])
        middles.append(rows[50])
        assert rows.min() >= 0
        assert rows.max() <= 99
    assert 58 <= min(spans) < 65
    assert 93 < max(spans) <= 99
    assert max(middles) - min(middles) > 10


def test_a_shift_and_a_zoom_keep_to_their_range() -> None:
    ramp = np.repeat(np.arange(100, dtype=np.uint8)[None, :, None], 100, axis=0).repeat(3, axis=2)
    middles = [int(changed(ramp, Augmentation(shift=0.1), seed)[50, 50, 0]) for seed in range(60)]
    assert (40 <= min(middles) < 43, 57 < max(middles) <= 60) == (True, True)
    slopes = [
        np.diff(changed(ramp, Augmentation(zoom=0.2), seed)[50, 20:80:59, 0].astype(int))[0] / 59 for seed in range(60)
    ]
    assert 0.78 < min(slopes) < 0.85
    assert 1.15 < max(slopes) < 1.22


@pytest.mark.parametrize("fill", ["reflect", "nearest", "constant"])
def test_what_comes_in_at_the_edges(fill: str) -> None:
    grey = np.full((20, 20, 3), 120, dtype=np.uint8)
    augmentation = Augmentation(shift=0.5, rotation=0.5, shear=0.3, zoom=0.5, fill=fill)  # type: ignore[arg-type]
    found = [changed(grey, augmentation, seed) for seed in range(20)]
    black = any((one == 0).any() for one in found)
    assert black == (fill == "constant")


def test_a_copy_depends_on_its_path_number_and_seed_alone() -> None:
    changes = Changes(PRESETS["rotate_zoom_flip"], seed=1)
    one, other, further = add_copies(PICTURES[6:8], np.array([0, 0]), 5, seed=1)[2:5]
    assert np.array_equal(changes.of(one, pixels()), changes.of(one, pixels()))
    assert not np.array_equal(changes.of(one, pixels()), changes.of(other, pixels()))
    assert not np.array_equal(changes.of(one, pixels()), changes.of(further, pixels()))
    again = Changes(changes.augmentation, seed=2)
    assert not np.array_equal(changes.of(one, pixels()), again.of(one, pixels()))
    assert changes.key != again.key
    np.testing.assert_array_equal(changes.of(PICTURES[0], pixels()), pixels())


def test_changes_of_colour_are_refused() -> None:
    with pytest.raises(RecipeInvalid, match=r"'balance\.preset' asks for brightness, contrast too"):
        changed(pixels(), PRESETS["light"], seed=1)
    for name in ("rotate_zoom_flip", "crop_rotate", "shift_shear_flip", "none"):
        assert changed(pixels(), PRESETS[name], seed=1).shape == (24, 24, 3)

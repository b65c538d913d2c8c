"""The cache holds what the contract's preprocessing gives, changed for copies, and notices a changed file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from dermsplit_contract.errors import DataInvalid
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_training.augmentation.presets import PRESETS
from dermsplit_training.data.cache import cached_inputs, inputs_key
from dermsplit_training.data.copies import Changes
from dermsplit_training.data.known import HAM10000
from tests.training.conftest import draw_data, draw_lesion

TURNED = Changes(PRESETS["rotate_zoom_flip"], seed=1)


def test_cache_is_the_contracts_preprocessing(drawn_data: Path, tmp_path: Path) -> None:
    pictures = HAM10000.read(drawn_data)[:5]
    with Progress(disable=True) as progress:
        inputs = cached_inputs(pictures, drawn_data, 48, tmp_path, progress)
        assert (inputs.shape, inputs.dtype) == ((5, 48, 48, 3), np.uint8)
        for picture, pixels in zip(pictures, inputs, strict=True):
            np.testing.assert_array_equal(pixels, to_input(load_photo(drawn_data / picture.path), 48))
        (file,) = tmp_path.iterdir()
        written = file.stat().st_mtime_ns
        cached_inputs(pictures, drawn_data, 48, tmp_path, progress)
        assert file.stat().st_mtime_ns == written


def test_copies_are_changed_and_their_images_are_not(drawn_data: Path, tmp_path: Path) -> None:
    picture = HAM10000.read(drawn_data)[0]
    pictures = [picture, replace(picture, copy=1), replace(picture, copy=2)]
    with Progress(disable=True) as progress:
        inputs = cached_inputs(pictures, drawn_data, 48, tmp_path, progress, TURNED)
    original = to_input(load_photo(drawn_data / picture.path), 48)
    np.testing.assert_array_equal(inputs[0], original)
    np.testing.assert_array_equal(inputs[1], TURNED.of(pictures[1], original))
    assert len({pixels.tobytes() for pixels in inputs}) == 3


def test_key_follows_size_order_and_content(tmp_path: Path) -> None:
    draw_data(tmp_path, lesions=4, patients=1)
    pictures = HAM10000.read(tmp_path)
    keys = [inputs_key(pictures, tmp_path, 32), inputs_key(pictures, tmp_path, 64)]
    keys.append(inputs_key(pictures[::-1], tmp_path, 32))
    draw_lesion(tmp_path / pictures[0].path, malignant=True, seed=99)
    keys.append(inputs_key(pictures, tmp_path, 32))
    assert len(set(keys)) == 4


def test_key_follows_copies_and_what_changes_them(tmp_path: Path) -> None:
    draw_data(tmp_path, lesions=4, patients=1)
    pictures = HAM10000.read(tmp_path)
    copied = [*pictures, replace(pictures[0], copy=1)]
    further = [*pictures, replace(pictures[0], copy=2)]
    cropped, reseeded = Changes(PRESETS["crop_rotate"], seed=1), Changes(TURNED.augmentation, seed=2)
    keys = [inputs_key(copied, tmp_path, 32, changes) for changes in (TURNED, cropped, reseeded)]
    assert len({*keys, inputs_key(further, tmp_path, 32, TURNED), inputs_key(pictures, tmp_path, 32)}) == 5
    assert inputs_key(pictures, tmp_path, 32, TURNED) == inputs_key(pictures, tmp_path, 32, cropped)


def test_an_unreadable_image_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    data = draw_data(tmp_path / "data", lesions=4, patients=1)
    pictures = HAM10000.read(data)
    whole = (data / pictures[2].path).read_bytes()
    (data / pictures[2].path).write_bytes(whole[: len(whole) // 2])
    with Progress(disable=True) as progress, pytest.raises(DataInvalid, match=r"ISIC_00010\.jpg.*cut short"):
        cached_inputs(pictures, data, 32, tmp_path / "cache", progress)
    assert list((tmp_path / "cache").iterdir()) == []

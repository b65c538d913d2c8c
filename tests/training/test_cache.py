"""The cache holds what the contract's preprocessing gives, and notices a changed file."""

from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from dermsplit_contract.errors import DataInvalid
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_training.cache import cached_inputs, inputs_key
from dermsplit_training.data import read_pictures

from .conftest import draw_data, draw_lesion


def test_cache_is_the_contracts_preprocessing(drawn_data: Path, tmp_path: Path) -> None:
    pictures = read_pictures(drawn_data, ["HAM10000"])[:5]
    with Progress(disable=True) as progress:
        inputs = cached_inputs(pictures, drawn_data, 48, tmp_path, progress)
        assert (inputs.shape, inputs.dtype) == ((5, 48, 48, 3), np.uint8)
        for picture, pixels in zip(pictures, inputs, strict=True):
            np.testing.assert_array_equal(pixels, to_input(load_photo(drawn_data / picture.path), 48))
        (file,) = tmp_path.iterdir()
        written = file.stat().st_mtime_ns
        cached_inputs(pictures, drawn_data, 48, tmp_path, progress)
        assert file.stat().st_mtime_ns == written


def test_key_follows_size_order_and_content(tmp_path: Path) -> None:
    draw_data(tmp_path, lesions=4, patients=1)
    pictures = read_pictures(tmp_path, ["HAM10000"])
    keys = [inputs_key(pictures, tmp_path, 32), inputs_key(pictures, tmp_path, 64)]
    keys.append(inputs_key(pictures[::-1], tmp_path, 32))
    draw_lesion(tmp_path / pictures[0].path, malignant=True, seed=99)
    keys.append(inputs_key(pictures, tmp_path, 32))
    assert len(set(keys)) == 4


def test_an_unreadable_image_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    data = draw_data(tmp_path / "data", lesions=4, patients=1)
    pictures = read_pictures(data, ["HAM10000"])
    whole = (data / pictures[2].path).read_bytes()
    (data / pictures[2].path).write_bytes(whole[: len(whole) // 2])
    with Progress(disable=True) as progress, pytest.raises(DataInvalid, match=r"ISIC_00010\.jpg.*cut short"):
        cached_inputs(pictures, data, 32, tmp_path / "cache", progress)
    assert list((tmp_path / "cache").iterdir()) == []

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dermsplit_convert.bench.coders import CODERS, channels_first, coded_sizes, count_values, order0_bytes, pack


def test_nibbles_are_packed_from_the_highest_bits_on() -> None:
    assert pack(np.array([1, 2, 15], np.uint8), 16) == bytes([0x12, 0xF0])
    assert pack(np.array([1, 0, 1, 1], np.uint8), 2) == bytes([0b10110000])
    assert pack(np.array([3, 0, 1, 2, 1], np.uint8), 4) == bytes([0b11000110, 0b01000000])
    assert pack(np.array([7, 200], np.uint8), 256) == bytes([7, 200])


@given(st.sampled_from([2, 4, 16, 256]), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_packed_bits_are_the_values(levels: int, count: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(levels, size=count).astype(np.uint8)
    bits = (levels - 1).bit_length()
    text = "".join(f"{byte:08b}" for byte in pack(values, levels))
    assert [int(text[place * bits : (place + 1) * bits], 2) for place in range(count)] == values.tolist()
    assert len(text) == -(-count * bits // 8) * 8


def test_sizes_are_what_gzip_gives() -> None:
    features = np.random.default_rng(0).integers(16, size=(3, 3, 5)).astype(np.uint8)
    sizes = coded_sizes(features, 16)
    turned = np.stack([features[..., channel] for channel in range(5)])
    assert set(sizes) == set(CODERS)
    assert sizes["raw"] == 45
    assert sizes["packed"] == 23
    assert sizes["gzip 6"] == len(gzip.compress(features.tobytes(), 6))
    assert sizes["gzip 9"] == len(gzip.compress(features.tobytes(), 9))
    assert channels_first(features).tobytes() == turned.tobytes()
    assert sizes["channels first, gzip 6"] == len(gzip.compress(turned.tobytes(), 6))
    assert sizes["packed, gzip 6"] == len(gzip.compress(pack(features, 16), 6))
    assert sizes["channels first, packed, gzip 6"] == len(gzip.compress(pack(turned, 16), 6))


def test_floats_are_not_packed() -> None:
    sizes = coded_sizes(np.zeros((2, 2, 3), np.float16), None)
    assert sizes["raw"] == 24
    assert "packed" not in sizes


def test_entropy_of_known_shares() -> None:
    # One channel of four equal values is 2 bits a value, one that never changes is none: 8 values of 2 bits an item.
    fair = np.tile(np.arange(4), 4).reshape(2, 8, 1)
    whole = np.concatenate([fair, np.full_like(fair, 3)], axis=-1).astype(np.uint8)
    counts = count_values(whole, 4)
    assert counts.tolist() == [[4, 4, 4, 4], [0, 0, 0, 16]]
    assert order0_bytes(counts, items=2) == pytest.approx(2.0)
    skewed = np.array([[3, 1]], np.int64)
    bits = 3 * np.log2(4 / 3) + np.log2(4)
    assert order0_bytes(skewed, items=1) == pytest.approx(bits / 8)

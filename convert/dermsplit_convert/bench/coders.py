"""How small quantised features become under coders that every browser has, and under the best order-0 one."""

import gzip

import numpy as np
from numpy.typing import NDArray

RAW, GZIP = "raw", "gzip 6"
CODERS = (
    RAW,
    GZIP,
    "gzip 9",
    "packed",
    "channels first, gzip 6",
    "packed, gzip 6",
    "channels first, packed, gzip 6",
)
"""From the simplest to the most involved. ``packed`` is whole numbers only, log2(levels) bits each."""


def pack(whole: NDArray[np.uint8], levels: int) -> bytes:
    """Whole numbers 0..levels-1 in log2(levels) bits each, row-major, the first in the highest bits of its byte.

    ``levels`` is 2, 4, 16 or 256; the last byte is filled up with zero bits.
    """
    bits = (levels - 1).bit_length()
    in_a_byte = 8 // bits
    flat = np.ascontiguousarray(whole).ravel()
    filled = np.zeros(-(-flat.size // in_a_byte) * in_a_byte, dtype=np.uint8)
    filled[: flat.size] = flat
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    packed: NDArray[np.uint8] = np.bitwise_or.reduce(filled.reshape(-1, in_a_byte) << shifts, axis=1)
    return packed.tobytes()


def channels_first(features: NDArray[np.generic]) -> NDArray[np.generic]:
    """Features [..., C] of one item as [C, ...]."""
    return np.ascontiguousarray(np.moveaxis(features, -1, 0))


def shrink(raw: bytes, level: int = 6) -> bytes:
    """Bytes as gzip; 6 is the level of a browser's CompressionStream."""
    return gzip.compress(raw, level, mtime=0)


def coded_sizes(features: NDArray[np.generic], levels: int | None) -> dict[str, int]:
    """Bytes of one item's features [..., C] in the wire's datatype, by coder; packed ones only where there are levels.

    Nothing is counted that tells the receiver which coder it was.
    """
    raw, turned = features.tobytes(), channels_first(features)
    sizes = {
        RAW: len(raw),
        GZIP: len(shrink(raw)),
        "gzip 9": len(shrink(raw, 9)),
        "channels first, gzip 6": len(shrink(turned.tobytes())),
    }
    if levels is not None:
        packed = pack(features.astype(np.uint8), levels)
        sizes["packed"] = len(packed)
        sizes["packed, gzip 6"] = len(shrink(packed))
        sizes["channels first, packed, gzip 6"] = len(shrink(pack(turned.astype(np.uint8), levels)))
    return sizes


def count_values(whole: NDArray[np.uint8], levels: int) -> NDArray[np.int64]:
    """How often each channel takes each value: whole numbers [N, ..., C] to int64 [C, levels]."""
    channels = whole.shape[-1]
    flat = whole.reshape(-1, channels).astype(np.int64) + np.arange(channels) * levels
    return np.bincount(flat.ravel(), minlength=channels * levels).reshape(channels, levels)


def order0_bytes(counts: NDArray[np.int64], items: int) -> float:
    """Mean bytes of an item under the best code that knows how often each channel takes each value, and no more.

    ``counts`` int64 [C, levels] are over all ``items``. This is the entropy of Shannon 1948, one distribution a
    channel, shared by all items; a table that the receiver would need is not counted.
    """
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    bits = -(counts * np.log2(np.where(shares > 0, shares, 1.0))).sum()
    return float(bits) / 8 / items

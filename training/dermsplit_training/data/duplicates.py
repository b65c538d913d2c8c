"""Images that are there twice: the same file, or a picture that looks the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.scan import PHASH_BITS, Scanned

NEAR = 4
"""Of a pHash's 64 bits so many may differ between near duplicates.

Scaling, recompression and a change of colour move 0 to 4 bits; other pictures mostly differ in over 20. Simple ones,
such as a round spot amid skin, can come as near without being the same: that is what ``likeness`` is for.
"""

BLOCK = 512


@dataclass(frozen=True)
class NearDuplicates:
    """Pairs of positions ``first`` and ``second``, int64 [P], the likest first.

    ``bits``: pHash bits that differ, int64 [P]. ``likeness``: correlation of the grey thumbnails, float32 [P] in -1..1;
    two files of one photograph have over 0.96.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    bits: NDArray[np.int64]
    likeness: NDArray[np.float32]


def exact_duplicates(scanned: Sequence[Scanned]) -> list[list[int]]:
    """Positions of images whose files are the same to the byte, a list for each file that is there more than once."""
    by_hash: dict[str, list[int]] = {}
    for position, one in enumerate(scanned):
        if not one.problem:
            by_hash.setdefault(one.sha256, []).append(position)
    return [positions for positions in by_hash.values() if len(positions) > 1]


def near_duplicates(scanned: Sequence[Scanned], most: int = NEAR) -> NearDuplicates:
    """Pairs of readable images that are not the same file, and whose pHashes differ in at most ``most`` bits."""
    readable = np.array([position for position, one in enumerate(scanned) if not one.problem], dtype=np.int64)
    _, files = np.unique([scanned[position].sha256 for position in readable], return_inverse=True)
    found = [np.zeros((0, 3), dtype=np.int64)]
    signs = np.array([scanned[position].phash for position in readable], dtype=np.float32).reshape(-1, PHASH_BITS)
    for start in range(0, len(readable), BLOCK):
        # Bits as signs: their product counts those that agree less those that do not, for all pairs at once.
        differ = np.rint((PHASH_BITS - signs[start : start + BLOCK] @ signs[start:].T) / 2).astype(np.int64)
        first, second = np.nonzero(differ <= most)
        kept = (first < second) & (files[first + start] != files[second + start])
        first, second = first[kept], second[kept]
        found.append(np.column_stack([first + start, second + start, differ[first, second]]))
    first, second, bits = np.concatenate(found).T
    likeness = _likeness(scanned, readable[first], readable[second])
    order = np.argsort(-likeness, kind="stable")
    return NearDuplicates(readable[first[order]], readable[second[order]], bits[order], likeness[order])


def _likeness(scanned: Sequence[Scanned], first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float32]:
    """Pearson's correlation of the thumbnails of each pair: float32 [P]."""
    likeness = np.zeros(len(first), dtype=np.float32)
    for pair, (one, other) in enumerate(zip(first, second, strict=True)):
        a, b = (scanned[position].thumbnail.astype(np.float32).ravel() for position in (one, other))
        a, b = a - a.mean(), b - b.mean()
        spread = np.linalg.norm(a) * np.linalg.norm(b)
        likeness[pair] = a @ b / spread if spread else 0.0
    return likeness

"""Every image read to its end: whether it can be, and what tells it from others."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.progress import Progress

from dermsplit_contract.errors import PhotoUnreadable
from dermsplit_contract.preprocess import load_photo
from dermsplit_training.data.picture import Picture

PHASH_BITS = 64
THUMBNAIL = (32, 32)


@dataclass(frozen=True)
class Scanned:
    """The SHA-256 of the file, the pHash as signs int8 [64] of -1 and 1, and a grey thumbnail uint8 [32, 32].

    Where the image cannot be decoded, ``problem`` says why, and there is nothing else.
    """

    sha256: str
    phash: NDArray[np.int8]
    thumbnail: NDArray[np.uint8]
    problem: str = ""


def scan(pictures: Sequence[Picture], data: Path, progress: Progress) -> list[Scanned]:
    """Read, decode and hash every picture, in order.

    pHash: which of the 8x8 lowest frequencies of the upright, grey picture at 32x32 are above their median (Zauner
    2010: Implementation and benchmarking of perceptual image hash functions), as imagehash computes it.
    """
    task = progress.add_task("Reading images", total=len(pictures))
    found = []
    with ThreadPoolExecutor() as pool:
        for one in pool.map(lambda picture: _scan(data / picture.path), pictures):
            progress.advance(task)
            found.append(one)
    return found


def _scan(path: Path) -> Scanned:
    try:
        photo = load_photo(path)
    except PhotoUnreadable as error:
        return Scanned("", np.zeros(0, np.int8), np.zeros((0, 0), np.uint8), error.detail)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    bits = np.asarray(imagehash.phash(photo).hash, dtype=bool).ravel()
    thumbnail = photo.convert("L").resize(THUMBNAIL, Image.Resampling.BILINEAR)
    return Scanned(sha256, np.where(bits, 1, -1).astype(np.int8), np.asarray(thumbnail, dtype=np.uint8))

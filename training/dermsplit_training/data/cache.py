"""Every image decoded and resized once, kept as whole bytes on disk, changed copies included."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from dermsplit_contract.errors import DataInvalid, PhotoUnreadable
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_training.augmentation.presets import Augmentation
from dermsplit_training.data.copies import Changes
from dermsplit_training.data.picture import Picture

PREPROCESSING = "centre square, Pillow BILINEAR, 1"
"""Part of every key: raise the number when the preprocessing changes."""

CHANGES = "affine, 1"
"""Part of the key where there are copies: raise the number when what changes them does."""

UNCHANGED = Changes(Augmentation(), seed=0)


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/dermsplit``, or ``~/.cache/dermsplit``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dermsplit"


def cached_inputs(
    pictures: Sequence[Picture],
    data: Path,
    size: int,
    cache: Path,
    progress: Progress,
    changes: Changes = UNCHANGED,
) -> NDArray[np.uint8]:
    """The pictures as the network takes them: uint8 [len(pictures), size, size, 3], RGB, mapped from the cache.

    Copies are decoded and resized as their images are, then changed. The first call does so; later ones with the same
    files, size and changes only open the file. Raises DataInvalid naming the first image that cannot be read.
    """
    path = cache / f"inputs-{size}-{inputs_key(pictures, data, size, changes)}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        _fill(path, pictures, data, size, progress, changes)
    inputs: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    return inputs


def inputs_key(pictures: Sequence[Picture], data: Path, size: int, changes: Changes = UNCHANGED) -> str:
    """Sixteen hexadecimal digits that change with any image's name, length or time of change, and with the size.

    Where there are copies, with their numbers and what changes them too.
    """
    digest = hashlib.sha256(f"{PREPROCESSING}\n{size}\n".encode())
    if any(picture.copy for picture in pictures):
        digest.update(f"{CHANGES}\n{changes.key}\n".encode())
    for picture in pictures:
        found = (data / picture.path).stat()
        copy = f"\t{picture.copy}" if picture.copy else ""
        digest.update(f"{picture.path}\t{found.st_size}\t{found.st_mtime_ns}{copy}\n".encode())
    return digest.hexdigest()[:16]


def _fill(path: Path, pictures: Sequence[Picture], data: Path, size: int, progress: Progress, changes: Changes) -> None:
    def decode(picture: Picture) -> NDArray[np.uint8]:
        try:
            return changes.of(picture, to_input(load_photo(data / picture.path), size))
        except PhotoUnreadable as error:
            raise DataInvalid(f"An image of {picture.data_set} cannot be used. {error.detail}") from error

    unfinished = path.with_suffix(f".{os.getpid()}.part")
    shape = (len(pictures), size, size, 3)
    task = progress.add_task(f"Reading images at {size} px", total=len(pictures))
    try:
        inputs = np.lib.format.open_memmap(  # type: ignore[no-untyped-call]
            unfinished, mode="w+", dtype=np.uint8, shape=shape
        )
        with ThreadPoolExecutor() as pool:  # Pillow lets go of the GIL while it decodes and resizes
            for index, pixels in enumerate(pool.map(decode, pictures)):
                inputs[index] = pixels
                progress.advance(task)
        inputs.flush()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)

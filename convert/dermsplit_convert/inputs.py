"""Pictures as the head takes them: float32 [N, S, S, 3], RGB, 0..255."""

import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_contract.preprocess import load_photo, to_input

FOLDERS = {"HAM10000": "ham10000/images_200x150", "PAD-UFES-20": "pad_ufes_20/images"}
"""Where the images of a data set lie below --data."""

SEED = 20


def load_inputs(data: Path, names: list[str], size: int) -> NDArray[np.float32]:
    """Read images by their paths relative to ``data``. Raises PhotoUnreadable for one that is no picture."""
    return np.stack([to_input(load_photo(data / name), size) for name in names]).astype(np.float32)


def choose_images(data: Path, count: int) -> dict[str, list[str]]:
    """Draw ``count`` images by a fixed seed, as evenly as can be over the data sets: their paths relative to ``data``.

    Raises DataInvalid where there are fewer.
    """
    found = {name: _images_in(data, folder) for name, folder in FOLDERS.items()}
    present = sorted((len(images), name) for name, images in found.items() if images)
    if sum(size for size, _ in present) < count:
        raise DataInvalid(
            f"Expected at least {count} images in {' and '.join(FOLDERS.values())} below --data, "
            f"found {sum(size for size, _ in present)}. Check the path, or ask for fewer with --images."
        )
    chosen: dict[str, list[str]] = {}
    generator = random.Random(SEED)
    for place, (size, name) in enumerate(present):
        share = min(size, (count - sum(map(len, chosen.values()))) // (len(present) - place))
        chosen[name] = sorted(generator.sample(found[name], share))
    return chosen


def _images_in(data: Path, folder: str) -> list[str]:
    return sorted(path.relative_to(data).as_posix() for path in (data / folder).glob("*.jpg"))

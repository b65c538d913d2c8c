"""The same image turned and mirrored: what a lesion is does not hang on how the camera was held."""

from types import ModuleType
from typing import Any

from keras import ops


def views_of(images: Any, count: int, library: ModuleType = ops) -> list[Any]:
    """Images [N, S, S, ...] in 1, 2, 4 or 8 views, the images themselves first.

    2 is a quarter turn beside them, 4 all quarter turns, 8 their mirror images as well. ``library`` computes them:
    ``keras.ops`` for tensors, symbolic ones too, or ``numpy``.
    """
    turned = [library.rot90(images, turns, axes=(1, 2)) for turns in range(min(count, 4))]
    return turned if count < 8 else [*turned, *(library.flip(view, axis=2) for view in turned)]

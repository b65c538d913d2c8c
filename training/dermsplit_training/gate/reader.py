"""From pictures to what crosses the cut, which is all that the gate looks at, kept on disk."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.learning.infer import predictor
from dermsplit_training.networks.network import POOLED
from dermsplit_training.progress_bar import console

Tensors = NDArray[np.float32]

BATCH = 64
VERSION = 4
"""Part of every key: raise it when a kind of picture changes."""


class Reader:
    """Reads what crosses a trained network's cut: maps float32 [n, H, W, C], or pooled features [n, F] without a cut.

    Whatever is cut before, the gate goes with the tail. ``cut`` is the name of a layer, or empty. ``cache`` is a
    folder, or None to keep nothing; what is kept goes by the weights up to the cut.
    """

    def __init__(self, network: keras.Model, cut: str, cache: Path | None) -> None:
        self.crossing = network.get_layer(cut or POOLED).output
        """The network's own, symbolic [N, ...]."""
        head = keras.Model(network.inputs[0], self.crossing)
        self._head = predictor(head)
        self._folder = None if cache is None else cache / f"gate-{_fingerprint(head)}"

    def of_pictures(self, name: str, make: Callable[[], NDArray[Any]]) -> Tensors:
        """The tensors of the pictures [n, S, S, 3] in 0..255 that ``make`` gives; name and what is kept go together."""
        if self._folder is None:
            return self._read(make())
        path = self._folder / f"{name}.npy"
        if path.is_file():
            stored: Tensors = np.load(path, allow_pickle=False)
            return stored
        console.print(f"Gate: {name}")
        found = self._read(make())
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, found)
        unfinished.replace(path)
        return found

    def _read(self, pictures: NDArray[Any]) -> Tensors:
        # A few at a time as float32: the whole would be four times the pictures.
        parts = [pictures[start : start + BATCH].astype(np.float32) for start in range(0, len(pictures), BATCH)]
        return np.concatenate([np.asarray(self._head.predict_on_batch(part), dtype=np.float32) for part in parts])


def _fingerprint(head: keras.Model) -> str:
    digest = hashlib.sha256(f"{VERSION}\n".encode())
    for weights in head.get_weights():
        digest.update(np.ascontiguousarray(weights).tobytes())
    return digest.hexdigest()[:16]

"""From pictures, or from features that someone sent, to the vectors that the gate looks at, kept on disk."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.gate.distances import Vectors
from dermsplit_training.gate.inputs import crossing, gate_inputs
from dermsplit_training.gate.surface import fit_surface
from dermsplit_training.learning.infer import predictor
from dermsplit_training.networks.network import LOGITS
from dermsplit_training.progress_bar import console

BATCH = 64
VERSION = 3
"""Part of every key: raise it when a kind of picture, or what is looked at, changes."""


class Reader:
    """Reads vectors float32 [n, G] with one trained network, at its cut.

    ``real`` are some training pictures uint8 [n, S, S, 3], for what features look like at the cut. ``cache`` is a
    folder, or None to keep nothing; what is kept goes by the network's weights.
    """

    def __init__(self, network: keras.Model, cut: str, real: NDArray[np.uint8], cache: Path | None) -> None:
        picture, sent = network.inputs[0], crossing(network, cut)
        self._crossing = predictor(keras.Model(picture, sent))
        self.real = self.sent(real)
        """The features at the cut of the training pictures: float32 [n, ...]."""
        vectors = gate_inputs(network, cut, fit_surface(self.real))
        self.symbolic = vectors
        """The network's vectors, symbolic [N, G]."""
        self._of_pictures = predictor(keras.Model(picture, vectors))
        self._of_features = predictor(keras.Model(sent, vectors))
        self._folder = None if cache is None else cache / f"gate-{_fingerprint(network, cut)}"

    def of_pictures(self, name: str, make: Callable[[], NDArray[Any]]) -> Vectors:
        """Vectors of the pictures [n, S, S, 3] in 0..255 that ``make`` gives; the name and what is kept go together."""
        return self._kept(name, lambda: _predict(self._of_pictures, make()))

    def of_features(self, name: str, make: Callable[[], NDArray[np.float32]]) -> Vectors:
        """Vectors of the features [n, ...] that ``make`` gives, as sent at the cut."""
        return self._kept(name, lambda: _predict(self._of_features, make()))

    def sent(self, pictures: NDArray[Any]) -> NDArray[np.float32]:
        """The features at the cut, float32 [n, ...], of pictures [n, S, S, 3] in 0..255."""
        return _predict(self._crossing, pictures)

    def _kept(self, name: str, compute: Callable[[], Vectors]) -> Vectors:
        if self._folder is None:
            return compute()
        path = self._folder / f"{name}.npy"
        if path.is_file():
            stored: Vectors = np.load(path, allow_pickle=False)
            return stored
        console.print(f"Gate: {name}")
        found = compute()
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, found)
        unfinished.replace(path)
        return found


def _predict(model: keras.Model, values: NDArray[Any]) -> NDArray[np.float32]:
    # A few at a time as float32: the whole would be four times the pictures.
    parts = [values[start : start + BATCH].astype(np.float32) for start in range(0, len(values), BATCH)]
    return np.concatenate([np.asarray(model.predict_on_batch(part), dtype=np.float32) for part in parts])


def _fingerprint(network: keras.Model, cut: str) -> str:
    digest = hashlib.sha256(f"{VERSION}\n{cut}\n".encode())
    before = keras.Model(network.inputs[0], network.get_layer(LOGITS).output) if len(network.inputs) == 1 else network
    for weights in before.get_weights():
        digest.update(np.ascontiguousarray(weights).tobytes())
    return digest.hexdigest()[:16]

"""How far a vector is from those of real pictures: Gaussians of the two domains, and what they leave over."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

DERMOSCOPIC, PHONE, NEITHER = 0, 1, 2
"""The order of the domains, as in ``DomainSpec.labels``."""
DIRECTIONS = 128
"""Principal directions in which distances are taken; what is left over counts as one distance more."""
SHARE_OF_RESERVE = 1e-3


@dataclass(frozen=True)
class Distances:
    """Gaussians of both domains in the principal directions of real vectors [n, G], with one covariance.

    ``mean`` and ``deviation`` [G] standardise; ``directions`` is [G, K], ``whitening`` [K, K], ``centres`` [2, K].
    ``middle`` and ``furthest`` [2] are the median and the largest of the squared distances of the real vectors: that to
    the nearer domain (Mahalanobis's; Lee et al. 2018), and that to the principal directions (Wang et al. 2022).
    """

    mean: Vectors
    deviation: Vectors
    directions: Vectors
    whitening: Vectors
    centres: Vectors
    middle: Vectors
    furthest: Vectors

    @property
    def shape(self) -> tuple[int, ...]:
        """A vector's."""
        return (len(self.mean),)

    def lay(self, vectors: Any) -> tuple[Any, list[Any]]:
        """Lay them on symbolic vectors [N, G]: standardised [N, G], and three squared distances [N, 1] in a list.

        They are those to the dermoscopic and to the phone pictures, and that to the principal directions.
        """
        standard = keras.layers.BatchNormalization(
            center=False, scale=False, epsilon=0.0, trainable=False, name="gate_standard"
        )
        scaled = standard(vectors)
        standard.set_weights([self.mean, self.deviation**2])
        inside = fixed_dense(scaled, self.directions, None, "gate_directions")
        # Outside = what is left of the vector when the directions are taken out of it.
        taken_out = fixed_dense(inside, self.directions.T, None, "gate_taken_out")
        rest = keras.layers.Subtract(name="gate_rest")([scaled, taken_out])
        outside = _squared_length(rest, "gate_outside")
        away = []
        for name, centre in zip(("dermoscopic", "phone"), self.centres, strict=True):
            whitened = fixed_dense(inside, self.whitening, -centre @ self.whitening, f"gate_to_{name}")
            away.append(_squared_length(whitened, f"gate_from_{name}"))
        return scaled, [*away, outside]


def fit_distances(vectors: Vectors, kinds: NDArray[np.int64]) -> Distances:
    """Fit to vectors float32 [n, G] of real pictures; ``kinds`` [n] are DERMOSCOPIC or PHONE, and there are both.

    The covariance is shrunk as by Ledoit and Wolf 2004.
    """
    from sklearn.covariance import LedoitWolf
    from sklearn.decomposition import PCA

    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    # A value that hardly ever changes must not become the loudest of all.
    deviation = np.maximum(deviation, np.median(deviation) * SHARE_OF_RESERVE + 1e-6)
    scaled = (vectors - mean) / deviation
    count = max(1, min(DIRECTIONS, *(extent // 2 for extent in scaled.shape)))
    directions = PCA(count, svd_solver="randomized", random_state=0).fit(scaled).components_.T
    inside = scaled @ directions
    centres = np.stack([inside[kinds == kind].mean(axis=0) for kind in (DERMOSCOPIC, PHONE)])
    covariance = LedoitWolf(assume_centered=True).fit(inside - centres[kinds]).covariance_
    values, turns = np.linalg.eigh(covariance)
    whitening = turns / np.sqrt(np.maximum(values, 1e-9))
    to_each = [(((inside - centre) @ whitening) ** 2).sum(axis=1) for centre in centres]
    outside = ((scaled - inside @ directions.T) ** 2).sum(axis=1)
    squares = np.stack([np.minimum(*to_each), outside])
    found = (mean, deviation, directions, whitening, centres, np.median(squares, axis=1), squares.max(axis=1))
    return Distances(*(np.asarray(one, dtype=np.float32) for one in found))


def fixed_dense(tensor: Any, kernel: Vectors, bias: Vectors | None, name: str) -> Any:
    """A dense layer on a symbolic tensor [N, A] with this kernel [A, B] and bias [B], that no training changes."""
    layer = keras.layers.Dense(kernel.shape[1], use_bias=bias is not None, trainable=False, dtype="float32", name=name)
    made = layer(tensor)
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return made


def _squared_length(tensor: Any, name: str) -> Any:
    squares = keras.layers.Multiply(dtype="float32", name=f"{name}_squares")([tensor, tensor])
    ones = np.ones((tensor.shape[-1], 1), dtype=np.float32)
    return fixed_dense(squares, ones, None, name)

"""What a network takes of each picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.metadata import encode
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.recipe import Recipe

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Pictures in one order: ``inputs`` uint8 [N, S, S, 3] in 0..255, or the frozen backbone's features float32 [N, F].

    ``metadata`` is float32 [N, M] as ``data.metadata.encode`` lays it out, or None where the network takes none.
    """

    inputs: NDArray[Any]
    metadata: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    def of(self, rows: Rows) -> NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What the model is called with for these rows."""
        inputs = self.inputs[rows].astype(np.float32)
        return inputs if self.metadata is None else (inputs, self.metadata[rows])


def examples_of(prepared: Prepared, recipe: Recipe) -> Examples:
    """The prepared pixels, with the metadata that the recipe asks for."""
    fields = recipe.learned_fields
    return Examples(prepared.inputs, encode(prepared.pictures, fields) if fields else None)

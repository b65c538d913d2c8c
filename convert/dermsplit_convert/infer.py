"""Running a Keras model or the LiteRT head over many inputs in small batches."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.quiet import quiet

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

BATCH = 32


def infer(model: "keras.Model", inputs: NDArray[np.generic]) -> Floats:
    """Run a Keras model in inference mode: [N, ...] to float32 [N, ...]."""
    from keras import ops

    floats = inputs.astype(np.float32)
    starts = range(0, len(floats), BATCH)
    parts = [ops.convert_to_numpy(model(floats[start : start + BATCH], training=False)) for start in starts]
    joined: Floats = np.concatenate(parts).astype(np.float32)
    return joined


class LiteHead:
    """The head as Python clients run it."""

    def __init__(self, path: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with quiet():
            self._interpreter: Any = Interpreter(model_path=str(path), num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def __call__(self, inputs: Floats) -> Floats:
        """Inputs float32 [N, S, S, 3] in 0..255 to features float32 [N, ...]; one at a time, its batch is fixed."""
        features = []
        for one in inputs:
            self._interpreter.set_tensor(self._input, one[None])
            self._interpreter.invoke()
            features.append(self._interpreter.get_tensor(self._output)[0])
        return np.stack(features)

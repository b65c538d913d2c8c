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
    """Run a Keras model in inference mode: [N, ...] to its first output float32 [N, ...], no metadata told."""
    return infer_all(model, inputs)[0]


def infer_all(model: "keras.Model", inputs: NDArray[np.generic], metadata: Floats | None = None) -> list[Floats]:
    """Run a Keras model in inference mode: [N, ...] to every output, float32 [N, ...] each.

    ``metadata`` float32 [N, M] counts for a model that takes it; None is zeros, which is nothing told.
    """
    from keras import ops

    taken = [inputs.astype(np.float32)]
    if len(model.inputs) > 1:
        taken.append(np.zeros((len(inputs), model.inputs[1].shape[1]), np.float32) if metadata is None else metadata)
    parts: list[list[Floats]] = []
    for start in range(0, len(inputs), BATCH):
        batch = [values[start : start + BATCH] for values in taken]
        answers = model(batch if len(batch) > 1 else batch[0], training=False)
        parts.append([ops.convert_to_numpy(one) for one in (answers if isinstance(answers, list) else [answers])])
    return [np.concatenate(columns).astype(np.float32) for columns in zip(*parts, strict=True)]


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

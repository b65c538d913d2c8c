"""A network over examples, in order."""

import keras
import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from dermsplit_training.learning.batches import InferenceBatches
from dermsplit_training.learning.examples import Examples, Rows
from dermsplit_training.learning.precision import on_processors
from dermsplit_training.progress import KerasProgress


def jit_compile() -> bool | str:
    """What to give to ``compile``: "auto", but no XLA for TensorFlow on a processor, where it was five times slower."""
    return False if keras.backend.backend() == "tensorflow" and on_processors() else "auto"


def predictor(model: keras.Model) -> keras.Model:
    """A compiled model round the same layers, so that a network is saved without any setting of its training."""
    runner = keras.Model(model.inputs, model.outputs)
    runner.compile(jit_compile=jit_compile())
    return runner


def outputs_for(
    model: keras.Model, examples: Examples, chosen: Rows, progress: Progress, description: str
) -> NDArray[np.float32]:
    """The model's outputs float32 [len(chosen), ...] for the chosen examples.

    Give a ``predictor`` where it is called often: another model is compiled for every call.
    """
    runner = model if model.compiled else predictor(model)
    batches = InferenceBatches(examples, chosen)
    callback = KerasProgress(progress, description, total=len(batches))
    outputs = runner.predict(batches, verbose=0, callbacks=[callback])
    return np.asarray(outputs[0] if isinstance(outputs, list) else outputs, dtype=np.float32)

"""The head for Python clients: a LiteRT (TensorFlow Lite) model in float32."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_contract.quiet import quiet

if TYPE_CHECKING:
    import keras


def export_tflite(head: "keras.Model", path: Path) -> None:
    """Write a flatbuffer that maps float32 [1, S, S, 3] in 0..255 to features float32 [1, ...]."""
    with tempfile.TemporaryDirectory() as scratch, quiet():
        import keras
        import tensorflow as tf

        one = keras.InputSpec(shape=(1, *head.inputs[0].shape[1:]), dtype="float32", name="input")
        # By way of a SavedModel: from the model's own function the weights stay variables that nothing sets, and the
        # flatbuffer answers NaN.
        head.export(scratch, verbose=False, input_signature=[one])
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(scratch).convert())

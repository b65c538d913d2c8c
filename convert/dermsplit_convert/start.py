"""Keras on TensorFlow, started without what it writes to a person's terminal."""

import os

from dermsplit_contract.quiet import quiet


def start_keras() -> None:
    """Import TensorFlow and find its devices, which is when it writes its notices; later imports are free."""
    # The converters read TensorFlow graphs only, whatever backend a network was trained with.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with quiet():
        import tensorflow as tf

        tf.config.list_physical_devices()

"""Mixed precision: half-width arithmetic on float32 weights, asked for by a flag, never by a recipe."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def precision(mixed: bool, replicas: int = 1) -> Iterator[None]:
    """Build and train in mixed precision while it lasts: float16 on one GPU, bfloat16 elsewhere.

    Several devices in float16 would wait for each other for ever, since Keras asks one alone whether it overflowed.
    """
    before = keras.config.dtype_policy()
    if mixed:
        one_gpu = bool(keras.distribution.list_devices("gpu")) and replicas == 1
        keras.config.set_dtype_policy("mixed_float16" if one_gpu else "mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(trained: keras.Model, built: keras.Model) -> keras.Model:
    """The weights of a network trained in mixed precision, in the same network built in float32: what is measured."""
    built.set_weights(trained.get_weights())
    return built

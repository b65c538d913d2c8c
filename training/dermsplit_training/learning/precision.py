"""Mixed precision: half-width arithmetic on float32 weights, asked for by a flag, never by a recipe."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def precision(mixed: bool) -> Iterator[None]:
    """Build and train in mixed precision while it lasts: float16 where there is a GPU, bfloat16 elsewhere."""
    before = keras.config.dtype_policy()
    if mixed:
        keras.config.set_dtype_policy("mixed_float16" if keras.distribution.list_devices("gpu") else "mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(trained: keras.Model, built: keras.Model) -> keras.Model:
    """The weights of a network trained in mixed precision, in the same network built in float32: what is measured."""
    built.set_weights(trained.get_weights())
    return built

"""Mixed precision: half-width arithmetic on float32 weights, asked for by a flag, never by a recipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops


@contextmanager
def precision(mixed: bool, replicas: int = 1) -> Iterator[None]:
    """Build and train in mixed precision while it lasts: float16 on one GPU, bfloat16 on several and on a TPU.

    Several devices in float16 would wait for each other for ever, since Keras asks one alone whether it overflowed. On
    processors only ``halve_products`` pays, so that is left to it.
    """
    before = keras.config.dtype_policy()
    if mixed and not on_processors():
        one_gpu = bool(keras.distribution.list_devices("gpu")) and replicas == 1
        keras.config.set_dtype_policy("mixed_float16" if one_gpu else "mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def halve_products(network: keras.Model) -> None:
    """On processors, let the network's 1 x 1 convolutions multiply in bfloat16; what they take and give is float32.

    Half of MobileNet's time goes into them, and processors with AMX have instructions for just that. Everything else
    is as fast in float32, or faster. The network is saved as if nothing had been done.
    """
    if not on_processors():
        return
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D) and _is_pointwise(layer):
            layer.convolution_op = _pointwise_product


def in_float32(trained: keras.Model, built: keras.Model) -> keras.Model:
    """The weights of a network trained in mixed precision, in the same network built in float32: what is measured."""
    built.set_weights(trained.get_weights())
    return built


def on_processors() -> bool:
    """Whether there is nothing but processors to compute on."""
    return not (keras.distribution.list_devices("gpu") or keras.distribution.list_devices("tpu"))


def _is_pointwise(layer: keras.layers.Conv2D) -> bool:
    alone = layer.groups == 1 and layer.data_format == "channels_last"
    return bool(alone and layer.kernel_size == (1, 1) and layer.strides == (1, 1))


def _pointwise_product(inputs: Any, kernel: Any) -> Any:
    channels, filters = kernel.shape[-2:]
    rows = ops.cast(ops.reshape(inputs, (-1, channels)), "bfloat16")
    product = ops.matmul(rows, ops.cast(ops.reshape(kernel, (channels, filters)), "bfloat16"))
    return ops.reshape(ops.cast(product, "float32"), (-1, *inputs.shape[1:3], filters))

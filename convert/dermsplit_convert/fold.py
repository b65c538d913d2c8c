"""A head with its batch norms folded into the convolutions before them, in weights that float16 holds exactly.

A browser's head is stored so anyway: the converter folds, and rounds what it folded. Done here first, the head that
the golden case and the tail's ranges come from has the very weights that the browser loads, and half the download costs
no agreement.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.graph import Graph, Step, read_graph

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]
Stored = Callable[[Floats], Floats]


def half(values: Floats) -> Floats:
    """The nearest float16 numbers, as float32."""
    return values.astype(np.float16).astype(np.float32)


def fold_to_float16(head: "keras.Model") -> "keras.Model":
    """The head [N, S, S, 3] -> features again, of convolutions with a bias; their weights are float16 numbers.

    A batch norm that does not follow a convolution stays as it is, and so does any other layer.
    """
    return fold(head, half)


def fold(head: "keras.Model", stored: Stored = np.asarray) -> "keras.Model":
    """The same with the weights that ``stored`` makes of folded ones, the folded ones themselves by default.

    Each convolution of the result is a copy of its own, with a layer's old name.
    """
    import keras

    graph = read_graph(head)
    norms = _norms_to_fold(graph)
    taken = keras.Input(graph.input.shape[1:], name=head.inputs[0].name)
    made: dict[int, Any] = {id(graph.input): taken}
    for step in graph.steps:
        if id(step.outputs[0]) in made:
            continue
        if not _is_convolution(step.operation):
            made.update(zip(map(id, step.outputs), step.again(made), strict=True))
            continue
        norm = norms.get(id(step.outputs[0]))
        flowing = _folded(step.operation, made[id(step.inputs[0])], norm.operation if norm else None, stored)
        made[id(norm.outputs[0] if norm else step.outputs[0])] = flowing
    return keras.Model(taken, made[id(graph.output)], name=head.name)


def _norms_to_fold(graph: Graph) -> dict[int, Step]:
    """By ``id`` of a convolution's output: the batch norm that alone takes it."""
    import keras

    takers: dict[int, list[Step]] = {}
    for step in graph.steps:
        for tensor in step.inputs:
            takers.setdefault(id(tensor), []).append(step)
    given = {id(tensor) for tensor in graph.outputs}
    found = {}
    for step in graph.steps:
        after = takers.get(id(step.outputs[0]), [])
        alone = len(after) == 1 and id(step.outputs[0]) not in given
        if _is_convolution(step.operation) and alone and type(after[0].operation) is keras.layers.BatchNormalization:
            found[id(step.outputs[0])] = after[0]
    return found


def _is_convolution(operation: Any) -> bool:
    import keras

    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    return type(operation) in kinds and operation.activation is keras.activations.linear


def _folded(convolution: Any, tensor: Any, norm: Any, stored: Stored) -> Any:
    """Call a copy of the convolution, with the norm in its weights, on a symbolic tensor."""
    import keras

    kernel, *bias = convolution.get_weights()
    scale, shift = _scale_and_shift(norm) if norm else (np.float32(1), np.float32(0))
    by_channel = type(convolution) is keras.layers.DepthwiseConv2D and norm is not None
    folded = kernel * (scale.reshape(kernel.shape[2:]) if by_channel else scale)
    offset = shift + (bias[0] * scale if bias else 0)
    copy = type(convolution).from_config({**convolution.get_config(), "use_bias": True})
    made = copy(tensor)
    copy.set_weights([stored(folded), stored(np.broadcast_to(offset, copy.bias.shape))])
    return made


def _scale_and_shift(norm: Any) -> tuple[Floats, Floats]:
    """What a batch norm does at inference: float32 [C] to multiply by, float32 [C] to add."""
    mean, variance = (np.asarray(value) for value in (norm.moving_mean, norm.moving_variance))
    scale = (np.asarray(norm.gamma) if norm.scale else 1) / np.sqrt(variance + norm.epsilon)
    return scale, (np.asarray(norm.beta) if norm.center else 0) - mean * scale

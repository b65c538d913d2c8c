"""What the gate looks at: tensors of the network that come after the cut, each as a vector.

Layers alone are used, each with a name of its own: operations get names by themselves, which may collide with those of
a network that was loaded.
"""

from typing import Any

import keras

from dermsplit_training.gate.surface import Surface
from dermsplit_training.networks.network import POOLED

BETWEEN = 1
"""How many further maps between the cut and the pooling are looked at, evenly spaced."""


def gate_inputs(network: keras.Model, cut: str, surface: Surface | None) -> Any:
    """Symbolic float32 [N, G]: the pooled features; the mean, largest and mean square of each map from the cut on.

    And of the cut's own map what its ``surface`` tells, if it has one. Without a ``cut``, the name of a layer of the
    network, the pooled features alone: whatever is cut before them, the gate goes with the tail.
    """
    vectors = [keras.layers.Flatten(dtype="float32", name="gate_pooled")(network.get_layer(POOLED).output)]
    for number, tensor in enumerate(maps_from(network, cut), start=1):
        square = keras.layers.Multiply(dtype="float32", name=f"gate_square_{number}")([tensor, tensor])
        vectors += [
            keras.layers.GlobalAveragePooling2D(dtype="float32", name=f"gate_mean_{number}")(tensor),
            keras.layers.GlobalMaxPooling2D(dtype="float32", name=f"gate_largest_{number}")(tensor),
            keras.layers.GlobalAveragePooling2D(dtype="float32", name=f"gate_power_{number}")(square),
        ]
    if surface is not None:
        vectors += surface.lay(crossing(network, cut))
    if len(vectors) == 1:
        return vectors[0]
    return keras.layers.Concatenate(dtype="float32", name="gate_vectors")(vectors)


def crossing(network: keras.Model, cut: str) -> Any:
    """The symbolic tensor that is sent: the cut layer's output, or the pooled features where no cut is named."""
    return network.get_layer(cut or POOLED).output


def maps_from(network: keras.Model, cut: str) -> list[Any]:
    """The cut's output, the last map before the pooling and ``BETWEEN`` between them: symbolic [N, H, W, C] each."""
    if not cut:
        return []
    names = [layer.name for layer in network.layers]
    first, last = names.index(cut), names.index(POOLED)
    maps = [layer.output for layer in network.layers[first:last] if len(layer.output.shape) == 4]
    if not maps:
        return []
    steps = min(BETWEEN + 2, len(maps))
    chosen = [maps[round(step * (len(maps) - 1) / max(1, steps - 1))] for step in range(steps)]
    return list({id(tensor): tensor for tensor in chosen}.values())

"""Following a network's graph from one of its tensors on, with something else in that tensor's place."""

from typing import Any

import keras

from dermsplit_contract.errors import RecipeInvalid


def run_on(network: keras.Model, replaced: Any, by: Any) -> Any:
    """The network's first output where ``by`` stands for the symbolic tensor ``replaced``; layers are shared.

    Other inputs of the network stay its inputs. Raises RecipeInvalid where a path from its picture to the output goes
    round the tensor.
    """
    made = {id(replaced): by} | {id(tensor): tensor for tensor in network.inputs[1:]}
    target = network.outputs[0]
    waiting = [target]
    while waiting:
        node = _node_of(waiting[-1])
        if id(waiting[-1]) in made:
            waiting.pop()
        elif not node.input_tensors:
            raise RecipeInvalid(
                f"Paths of the network go round '{_node_of(replaced).operation.name}', so nothing can stand in for it "
                "alone. `dermsplit cuts` lists the layers that every path goes through."
            )
        elif missing := [own for own in node.input_tensors if id(own) not in made]:
            waiting.extend(missing)
        else:
            made.update(zip(map(id, node.outputs), _again(node, made), strict=True))
    return made[id(target)]


def rest_of(network: keras.Model, layer: str) -> keras.Model:
    """The network from a layer's output [N, ...] on, of the same layers. Raises RecipeInvalid like ``run_on``."""
    crossing = network.get_layer(layer).output
    start = keras.Input(crossing.shape[1:], dtype=crossing.dtype)
    inputs = [start, *network.inputs[1:]] if len(network.inputs) > 1 else start
    return keras.Model(inputs, run_on(network, crossing, start), name=f"{network.name}_rest")


def _again(node: Any, made: dict[int, Any]) -> list[Any]:
    args, kwargs = node.arguments.fill_in(made)
    results = node.operation(*args, **kwargs)
    return list(results) if isinstance(results, (list, tuple)) else [results]


def _node_of(tensor: Any) -> Any:
    # Keras keeps the call that made a symbolic tensor here, and has no public name for it.
    operation, call, _ = tensor._keras_history
    return operation._inbound_nodes[call]

from typing import Any

import numpy as np
import pytest

from dermsplit_contract.errors import UnsupportedModel
from dermsplit_convert.graph import count_paths, read_graph
from dermsplit_convert.start import start_keras


@pytest.fixture(autouse=True, scope="module")
def _keras() -> None:
    start_keras()


def random_network(seed: int) -> Any:
    """A network of dense layers and sums of earlier layers, wired by chance."""
    import keras

    random = np.random.default_rng(seed)
    made = [keras.Input((3,))]
    for place in range(10):
        few = random.choice(len(made), size=min(len(made), int(random.integers(1, 3))), replace=False)
        chosen = [made[index] for index in few] if place < 9 else made[-3:]
        layer = keras.layers.Add if len(chosen) > 1 else None
        made.append(layer()(chosen) if layer else keras.layers.Dense(3)(chosen[0]))
    return keras.Model(made[0], made[-1])


def walks(steps: list[Any], tensor: Any, goal: Any) -> int:
    """Count the ways from ``tensor`` to ``goal`` by walking every one of them."""
    if tensor is goal:
        return 1
    return sum(
        walks(steps, made, goal) for step in steps for taken in step.inputs if taken is tensor for made in step.outputs
    )


@pytest.mark.parametrize("seed", range(6))
def test_paths_are_those_that_can_be_walked(seed: int) -> None:
    graph = read_graph(random_network(seed))
    paths = count_paths(graph)
    for step in graph.steps:
        (made,) = step.outputs
        expected = walks(graph.steps, graph.input, made), walks(graph.steps, made, graph.output)
        assert paths[id(made)] == expected


def test_steps_come_in_an_order_that_can_be_computed() -> None:
    graph = read_graph(random_network(1))
    ready = {id(graph.input)}
    for step in graph.steps:
        assert all(id(tensor) in ready for tensor in step.inputs)
        ready.update(map(id, step.outputs))
    assert id(graph.output) in ready


def test_paths_are_counted_beyond_what_a_float_holds() -> None:
    import keras

    tensor = taken = keras.Input((1,))
    for _ in range(110):
        tensor = keras.layers.Add()([tensor] * 1024)
    graph = read_graph(keras.Model(taken, tensor))
    assert count_paths(graph)[id(graph.input)] == (1, 2**1100)


def test_two_inputs_are_refused_with_what_to_expect() -> None:
    import keras

    inputs = [keras.Input((4,)), keras.Input((4,))]
    model = keras.Model(inputs, keras.layers.Add()(inputs))
    with pytest.raises(UnsupportedModel, match="one input and one output, got 2 and 1"):
        read_graph(model)


def test_a_model_that_is_only_code_is_refused() -> None:
    import keras

    class Coded(keras.Model):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs

    with pytest.raises(UnsupportedModel, match="functional graph"):
        read_graph(Coded())

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


def test_two_pictures_are_refused_with_what_to_expect() -> None:
    import keras

    inputs = [keras.Input((8, 8, 3)), keras.Input((8, 8, 3))]
    model = keras.Model(inputs, keras.layers.Add()(inputs))
    with pytest.raises(UnsupportedModel, match=r"one picture as its input, and at most 'metadata' .* got 2 inputs"):
        read_graph(model)


def test_no_path_leads_to_what_metadata_has_a_part_in() -> None:
    import keras

    # The picture's two ways and metadata's one, times one way out, are as many as all ways of the picture: only that
    # metadata has a part in it tells that "joined" is not where a head may end.
    picture, told = keras.Input((3,), name="input"), keras.Input((3,), name="metadata")
    left, right = keras.layers.Dense(3, name="left")(picture), keras.layers.Dense(3, name="right")(picture)
    joined = keras.layers.Add(name="joined")([left, told])
    graph = read_graph(keras.Model([told, picture], keras.layers.Add(name="end")([joined, right])))
    assert (graph.input.name, graph.metadata.name) == ("input", "metadata")
    assert graph.steps[0].operation.name == "input"
    paths = {step.operation.name: count_paths(graph)[id(step.outputs[0])] for step in graph.steps}
    assert paths["input"] == (1, 2)
    assert paths["left"] == paths["right"] == (1, 1)
    assert paths["metadata"][0] == paths["joined"][0] == paths["end"][0] == 0


def test_paths_lead_to_every_output() -> None:
    import keras

    taken = keras.Input((3,), name="input")
    stem = keras.layers.Dense(3, name="stem")(taken)
    first, second = keras.layers.Dense(2, name="first")(stem), keras.layers.Dense(3, name="second")(stem)
    graph = read_graph(keras.Model(taken, [first, second]))
    assert [tensor.shape[1] for tensor in graph.outputs] == [2, 3]
    assert graph.output is graph.outputs[0]
    assert count_paths(graph)[id(stem)] == (1, 2)
    assert count_paths(graph)[id(second)] == (1, 1)


def test_a_model_that_is_only_code_is_refused() -> None:
    import keras

    class Coded(keras.Model):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs

    with pytest.raises(UnsupportedModel, match="functional graph"):
        read_graph(Coded())

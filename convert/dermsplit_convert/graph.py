"""The graph of a functional Keras model as plain lists, and how many paths run through each of its tensors."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dermsplit_contract.errors import UnsupportedModel

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Step:
    """One call of one operation. ``operation`` is a Keras layer or operation, the tensors are symbolic."""

    operation: Any
    inputs: list[Any]
    outputs: list[Any]
    arguments: Any

    def again(self, replaced: dict[int, Any]) -> list[Any]:
        """Call the operation as it was called, its symbolic inputs replaced by ``id``. Its weights are shared."""
        args, kwargs = self.arguments.fill_in(replaced)
        results = self.operation(*args, **kwargs)
        return list(results) if isinstance(results, (list, tuple)) else [results]


@dataclass(frozen=True)
class Graph:
    """Every step between the model's input and its output, in an order in which it can be computed."""

    steps: list[Step]
    input: Any
    output: Any


def read_graph(model: "keras.Model") -> Graph:
    """Walk a model from its output back to its input.

    Raises UnsupportedModel for anything but a functional graph of one input and one output.
    """
    inputs, outputs = getattr(model, "inputs", None), getattr(model, "outputs", None)
    if not inputs or not outputs:
        raise UnsupportedModel("Expected a model with a functional graph, got one that only code describes.")
    if len(inputs) != 1 or len(outputs) != 1:
        raise UnsupportedModel(
            f"Expected a model with one input and one output, got {len(inputs)} and {len(outputs)}: "
            "a cut sends one tensor, so a model with more cannot be cut."
        )
    return Graph(_steps_towards(outputs[0]), inputs[0], outputs[0])


def count_paths(graph: Graph) -> dict[int, tuple[int, int]]:
    """For every tensor, by ``id``: how many paths lead from the input to it, and from it to the output.

    A path is a way along the arrows of the graph. The counts are exact Python integers: a network of many branches
    has more paths than a float can count.
    """
    before: dict[int, int] = defaultdict(int, {id(graph.input): 1})
    for step in graph.steps:
        arriving = sum(before[id(tensor)] for tensor in step.inputs)
        for tensor in step.outputs:
            before[id(tensor)] += arriving
    after: dict[int, int] = defaultdict(int, {id(graph.output): 1})
    for step in reversed(graph.steps):
        leaving = sum(after[id(tensor)] for tensor in step.outputs)
        for tensor in step.inputs:
            after[id(tensor)] += leaving
    return {id(tensor): (before[id(tensor)], after[id(tensor)]) for step in graph.steps for tensor in step.outputs}


def _steps_towards(output: Any) -> list[Step]:
    steps: list[Step] = []
    done: set[int] = set()
    # Depth first with a stack of our own: InceptionResNetV2 is deeper than Python's recursion may be.
    stack = [(_node_of(output), False)]
    while stack:
        node, ready = stack.pop()
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            steps.append(Step(node.operation, list(node.input_tensors), list(node.outputs), node.arguments))
            continue
        stack.append((node, True))
        stack.extend((_node_of(tensor), False) for tensor in reversed(node.input_tensors))
    return steps


def _node_of(tensor: Any) -> Any:
    # Keras keeps the call that made a symbolic tensor here, and has no public name for it.
    operation, call, _ = tensor._keras_history
    return operation._inbound_nodes[call]

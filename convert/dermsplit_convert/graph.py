"""The graph of a functional Keras model as plain lists, and how many paths run through each of its tensors.

It starts from one picture. What is known beside it, the input named ``metadata``, may join on the way, and there may be
several outputs: probabilities of labels, probabilities of domains.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dermsplit_contract.errors import UnsupportedModel

if TYPE_CHECKING:
    import keras

METADATA = "metadata"
"""Name of the one input that may stand beside the picture."""


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
    """Every step between the model's inputs and its outputs, in an order in which it can be computed.

    ``input`` is the picture's symbolic tensor, the first step its layer; ``metadata`` is that of the second input, or
    None. Steps that the picture has no part in come right before the first that joins both.
    """

    steps: list[Step]
    input: Any
    outputs: list[Any]
    metadata: Any = None

    @property
    def output(self) -> Any:
        """The first output: the logits."""
        return self.outputs[0]


def read_graph(model: "keras.Model") -> Graph:
    """Walk a model from its outputs back to its inputs.

    Raises UnsupportedModel for anything but a functional graph of one picture, with or without metadata.
    """
    inputs, outputs = getattr(model, "inputs", None), getattr(model, "outputs", None)
    if not inputs or not outputs:
        raise UnsupportedModel("Expected a model with a functional graph, got one that only code describes.")
    metadata = [tensor for tensor in inputs if _is_metadata(tensor)] if len(inputs) > 1 else []
    pictures = [tensor for tensor in inputs if not any(tensor is told for told in metadata)]
    if len(pictures) != 1 or len(metadata) > 1:
        raise UnsupportedModel(
            f"Expected a model with one picture as its input, and at most '{METADATA}' [N, M] beside it, "
            f"got {len(inputs)} inputs: a cut sends one tensor, so a model with more cannot be cut."
        )
    steps = _steps_towards(outputs)
    if metadata:
        steps = _metadata_late(steps, pictures[0], metadata[0])
    return Graph(steps, pictures[0], list(outputs), metadata[0] if metadata else None)


def count_paths(graph: Graph) -> dict[int, tuple[int, int]]:
    """For every tensor, by ``id``: how many paths lead from the picture to it, and from it to any output.

    A path is a way along the arrows of the graph. No path is counted to a tensor that metadata has a part in: a head
    has the picture alone, so none can be cut there. The counts are exact Python integers: a network of many branches
    has more paths than a float can count.
    """
    before: dict[int, int] = defaultdict(int, {id(graph.input): 1})
    told = _made_from(graph.steps, graph.metadata)
    for step in graph.steps:
        arriving = sum(before[id(tensor)] for tensor in step.inputs)
        for tensor in step.outputs:
            before[id(tensor)] += 0 if id(tensor) in told else arriving
    after: dict[int, int] = defaultdict(int)
    for tensor in graph.outputs:
        after[id(tensor)] += 1
    for step in reversed(graph.steps):
        leaving = sum(after[id(tensor)] for tensor in step.outputs)
        for tensor in step.inputs:
            after[id(tensor)] += leaving
    return {id(tensor): (before[id(tensor)], after[id(tensor)]) for step in graph.steps for tensor in step.outputs}


def _is_metadata(tensor: Any) -> bool:
    return tensor.name == METADATA and len(tensor.shape) == 2


def _made_from(steps: list[Step], source: Any) -> set[int]:
    """By ``id``: the tensors that ``source``, if there is one, has a part in."""
    made = {id(source)}
    for step in steps:
        if any(id(tensor) in made for tensor in step.inputs):
            made.update(map(id, step.outputs))
    return made if source is not None else set()


def _metadata_late(steps: list[Step], picture: Any, metadata: Any) -> list[Step]:
    """The same steps, those that come from metadata alone right before the first that joins it with the picture."""
    told = _made_from(steps, metadata)
    alone = told - _made_from(steps, picture)
    late = [step for step in steps if id(step.outputs[0]) in alone]
    rest = [step for step in steps if id(step.outputs[0]) not in alone]
    joins = (place for place, step in enumerate(rest) if id(step.outputs[0]) in told)
    place = next(joins, len(rest))
    return [*rest[:place], *late, *rest[place:]]


def _steps_towards(outputs: list[Any]) -> list[Step]:
    steps: list[Step] = []
    done: set[int] = set()
    # Depth first with a stack of our own: InceptionResNetV2 is deeper than Python's recursion may be.
    stack = [(_node_of(output), False) for output in reversed(outputs)]
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

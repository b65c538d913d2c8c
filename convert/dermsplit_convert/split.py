"""The cut itself: one network becomes a head and a tail that share its layers, and so its weights by name."""

from typing import TYPE_CHECKING, Any

from dermsplit_convert.cuts import check_cut
from dermsplit_convert.graph import METADATA, Graph, read_graph

if TYPE_CHECKING:
    import keras

    from dermsplit_convert.quantise import Quantiser


def make_head(whole: "keras.Model", cut: str, quantiser: "Quantiser | None" = None) -> "keras.Model":
    """The network from its input [N, S, S, 3] to the features [N, ...], float32.

    With a quantiser its operations come last, and the features are whole numbers 0..levels-1.
    Raises UnknownLayer and IllegalCut like :func:`check_cut`.
    """
    import keras

    features = check_cut(whole, cut)
    if quantiser is not None:
        features = quantiser.quantise_symbolic(features)
    return keras.Model(read_graph(whole).input, features, name="head")


def make_tail(
    whole: "keras.Model", cut: str, temperature: float, quantiser: "Quantiser | None" = None
) -> "keras.Model":
    """The network from the features float32 [N, ...] to calibrated probabilities float32 [N, C].

    With a quantiser the first layer turns whole numbers back. Calibration divides the logits by ``temperature``
    (Guo et al. 2017) before the softmax, which is the last layer. Where the network takes metadata, the tail takes a
    list of features and metadata float32 [N, M]; where it tells domains apart, the tail gives a list of probabilities
    and domain probabilities float32 [N, 3].
    """
    import keras

    crossing = check_cut(whole, cut)
    graph = read_graph(whole)
    features = keras.Input(crossing.shape[1:], name="features")
    resumed = features if quantiser is None else quantiser.dequantise_symbolic(features)
    made, inputs = {id(crossing): resumed}, [features]
    if graph.metadata is not None:
        inputs.append(keras.Input(graph.metadata.shape[1:], name=METADATA))
        made[id(graph.metadata)] = inputs[1]
    outputs = _with_probabilities(_continue(graph, made), temperature)
    return keras.Model(_alone(inputs), _alone(outputs), name="tail")


def with_probabilities(whole: "keras.Model", temperature: float) -> "keras.Model":
    """The uncut network from its inputs to calibrated probabilities [N, C], to compare with tail(head).

    Inputs, picture first, and outputs are lists where there are several, as :func:`make_tail` has them.
    """
    import keras

    graph = read_graph(whole)
    inputs = [graph.input] if graph.metadata is None else [graph.input, graph.metadata]
    return keras.Model(_alone(inputs), _alone(_with_probabilities(graph.outputs, temperature)), name="whole")


def _alone(tensors: list[Any]) -> Any:
    return tensors if len(tensors) > 1 else tensors[0]


def _continue(graph: Graph, made: dict[int, Any]) -> list[Any]:
    """Call everything after the tensors ``made`` again: layer by layer, so that the tail stays flat."""
    for step in graph.steps:
        # At a legal cut a step needs nothing from before the crossing, or it comes before the crossing itself.
        if step.inputs and all(id(tensor) in made for tensor in step.inputs):
            made.update(zip(map(id, step.outputs), step.again(made), strict=True))
    return [made[id(output)] for output in graph.outputs]


def _with_probabilities(outputs: list[Any], temperature: float) -> list[Any]:
    """The logits as calibrated probabilities; the other outputs are probabilities already."""
    import keras

    logits, *others = outputs
    calm = keras.layers.Rescaling(1.0 / temperature, name="calibrate")(logits)
    return [keras.layers.Softmax(name="probabilities")(calm), *others]

"""The cut itself: one network becomes a head and a tail that share its layers, and so its weights by name."""

from typing import TYPE_CHECKING, Any

from dermsplit_convert.cuts import check_cut
from dermsplit_convert.graph import read_graph

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
    return keras.Model(whole.input, features, name="head")


def make_tail(
    whole: "keras.Model", cut: str, temperature: float, quantiser: "Quantiser | None" = None
) -> "keras.Model":
    """The network from the features float32 [N, ...] to calibrated probabilities float32 [N, C].

    With a quantiser the first layer turns whole numbers back. Calibration divides the logits by ``temperature``
    (Guo et al. 2017) before the softmax, which is the last layer.
    """
    import keras

    crossing = check_cut(whole, cut)
    features = keras.Input(crossing.shape[1:], name="features")
    resumed = features if quantiser is None else quantiser.dequantise_symbolic(features)
    logits = _continue(whole, crossing, resumed)
    return keras.Model(features, _probabilities(logits, temperature), name="tail")


def with_probabilities(whole: "keras.Model", temperature: float) -> "keras.Model":
    """The uncut network from input to calibrated probabilities [N, C], to compare with tail(head)."""
    import keras

    return keras.Model(whole.input, _probabilities(whole.output, temperature), name="whole")


def _continue(whole: "keras.Model", crossing: Any, resumed: Any) -> Any:
    """Call everything after ``crossing`` again, from ``resumed`` on: layer by layer, so that the tail stays flat."""
    graph = read_graph(whole)
    made = {id(crossing): resumed}
    for step in graph.steps:
        # At a legal cut a step needs nothing from before the crossing, or it comes before the crossing itself.
        if step.inputs and all(id(tensor) in made for tensor in step.inputs):
            made.update(zip(map(id, step.outputs), step.again(made), strict=True))
    return made[id(graph.output)]


def _probabilities(logits: Any, temperature: float) -> Any:
    import keras

    calm = keras.layers.Rescaling(1.0 / temperature, name="calibrate")(logits)
    return keras.layers.Softmax(name="probabilities")(calm)

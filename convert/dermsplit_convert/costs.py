"""What a part of a network costs: multiply-accumulates, weights, and bytes to download as a graph model."""

from dataclasses import dataclass
from math import prod

from dermsplit_convert.graph import Step

FLOAT32_BYTES = 4


@dataclass(frozen=True)
class Cost:
    """``macs`` are multiply-accumulates of convolutions and dense layers for one input, the rest is not counted.

    ``parameters`` are all weights. ``download_bytes`` are the weights of the TF.js graph model in float32, in which
    each batch norm counts as one number a channel, as if folded; the description of the graph (JSON) is extra.
    """

    macs: int = 0
    parameters: int = 0
    download_bytes: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.macs + other.macs,
            self.parameters + other.parameters,
            self.download_bytes + other.download_bytes,
        )

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.macs - other.macs,
            self.parameters - other.parameters,
            self.download_bytes - other.download_bytes,
        )


def cost_of(step: Step) -> Cost:
    """The cost of one step of a graph, channels last. A weight shared by two steps counts in both."""
    operation = step.operation
    weights = [tuple(weight.shape) for weight in getattr(operation, "weights", [])]
    parameters = sum(prod(shape) for shape in weights)
    if type(operation).__name__ == "BatchNormalization":
        return Cost(0, parameters, FLOAT32_BYTES * int(weights[0][0]))
    return Cost(_macs(step, weights), parameters, FLOAT32_BYTES * parameters)


def _macs(step: Step, weights: list[tuple[int, ...]]) -> int:
    nested = getattr(step.operation, "layers", None)
    if nested is not None:
        from dermsplit_convert.graph import read_graph

        return sum(cost_of(inner).macs for inner in read_graph(step.operation).steps)
    # A kernel has more than one axis, a bias one. Each kernel is applied once at every place of the output; of the
    # transposed convolution, once at every place of the input.
    transposed = "Transpose" in type(step.operation).__name__
    places = prod((step.inputs if transposed else step.outputs)[0].shape[1:-1]) if step.inputs else 0
    return int(sum(places * prod(shape) for shape in weights if len(shape) > 1))

"""Where a network may be cut: at a layer whose output alone crosses, so that every path goes through it."""

from dataclasses import dataclass
from difflib import get_close_matches
from math import prod
from typing import TYPE_CHECKING, Any

from dermsplit_contract.errors import IllegalCut, UnknownLayer
from dermsplit_contract.manifest import ITEM_SIZE
from dermsplit_convert.costs import Cost, cost_of
from dermsplit_convert.graph import Graph, Step, count_paths, read_graph

if TYPE_CHECKING:
    import keras

BITS = (32, 16, 8, 4, 2, 1)
"""Of one value that crosses: FP32, FP16, and whole numbers of 256, 16, 4 and 2 levels."""


@dataclass(frozen=True)
class Cut:
    """One legal cut. Shapes are without the batch axis; costs are for one input; the layer itself is the head's."""

    layer: str
    shape: tuple[int, ...]
    head: Cost
    tail: Cost

    @property
    def values(self) -> int:
        """Numbers that cross."""
        return prod(self.shape)

    @property
    def sends_photo(self) -> bool:
        """Whether the head does nothing but scale and pad, so that what crosses is still the photo."""
        return self.head.macs == 0

    def packed_bytes(self, bits: int) -> int:
        """Bytes that the values take at so many bits each, packed without gaps.

        The wire gives a whole number a byte however few its levels; gzip then brings it near this.
        """
        return -(-self.values * bits // 8)

    def as_json(self) -> dict[str, object]:
        """Plain JSON: sizes in bytes, costs in multiply-accumulates and in numbers of weights."""
        return {
            "layer": self.layer,
            "shape": list(self.shape),
            "values": self.values,
            "bytes": {datatype: self.values * size for datatype, size in ITEM_SIZE.items()},
            "packed_bytes": {str(bits): self.packed_bytes(bits) for bits in BITS},
            "head_macs": self.head.macs,
            "tail_macs": self.tail.macs,
            "head_parameters": self.head.parameters,
            "tail_parameters": self.tail.parameters,
            "head_download_bytes": self.head.download_bytes,
        }


def find_cuts(model: "keras.Model") -> list[Cut]:
    """Every legal cut of a model, from input to output. Raises UnsupportedModel like :func:`read_graph`."""
    graph = read_graph(model)
    legal = {step.operation.name for step in _legal_steps(graph)}
    total = sum((cost_of(step) for step in graph.steps), Cost())
    head = Cost()
    cuts: list[Cut] = []
    for step in graph.steps:
        # Everything that comes before a legal cut in this order is an ancestor of it: a step beside it would be on a
        # path that goes round it, and what metadata alone makes comes later.
        head += cost_of(step)
        if step.operation.name in legal:
            shape = tuple(int(extent) for extent in step.outputs[0].shape[1:])
            cuts.append(Cut(step.operation.name, shape, head, total - head))
    return cuts


def check_cut(model: "keras.Model", layer: str) -> Any:
    """Return the symbolic tensor [N, ...] that crosses at a layer.

    Raises UnknownLayer for a name the model has not, IllegalCut where more than that one tensor crosses.
    """
    graph = read_graph(model)
    names = [step.operation.name for step in graph.steps]
    if layer not in names:
        raise UnknownLayer(_no_such_layer(layer, names))
    legal = {step.operation.name: step for step in _legal_steps(graph)}
    if layer not in legal:
        raise IllegalCut(_why_illegal(layer, names, list(legal), graph))
    return legal[layer].outputs[0]


def _legal_steps(graph: Graph) -> list[Step]:
    paths = count_paths(graph)
    total = paths[id(graph.input)][1]
    calls = [step.operation.name for step in graph.steps]
    return [
        step
        for step in graph.steps
        if len(step.outputs) == 1
        and step.outputs[0] is not graph.input
        and not any(step.outputs[0] is output for output in graph.outputs)
        and calls.count(step.operation.name) == 1
        and prod(paths[id(step.outputs[0])]) == total
    ]


def _no_such_layer(layer: str, names: list[str]) -> str:
    near = get_close_matches(layer, names, n=3, cutoff=0.5)
    guess = f" Did you mean {', '.join(near)}?" if near else ""
    return f"The network has no layer '{layer}'.{guess} `dermsplit cuts` lists every layer where it can be cut."


def _why_illegal(layer: str, names: list[str], legal: list[str], graph: Graph) -> str:
    if layer == graph.steps[0].operation.name:
        why = f"'{layer}' is the network's input: cutting there would send the photo itself."
    elif layer == names[-1]:
        why = f"'{layer}' is the network's output: nothing would be left for the server."
    elif names.count(layer) > 1:
        why = f"'{layer}' is used {names.count(layer)} times, so its name means no one tensor."
    else:
        why = f"More than one tensor crosses at '{layer}': some paths of the network go round it."
    place = names.index(layer)
    before = [name for name in legal if names.index(name) < place]
    after = [name for name in legal if names.index(name) > place]
    near = [f"before it {before[-1]}" if before else "", f"after it {after[0]}" if after else ""]
    nearest = " and ".join(text for text in near if text)
    advice = f"The nearest legal cuts are {nearest}." if nearest else "The network has no legal cut."
    return f"{why} {advice}"

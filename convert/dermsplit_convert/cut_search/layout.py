"""Where each step of a graph stands in a drawing: its depth to the right, branches above each other."""

from collections import defaultdict
from dataclasses import dataclass

from dermsplit_convert.graph import Graph, Step


@dataclass(frozen=True)
class Place:
    """``x`` is the longest way from an input in steps, ``y`` the branch, 0 in the middle."""

    x: int
    y: float


def lay_out(graph: Graph) -> list[Place]:
    """The place of each step of a graph, in the order of its steps."""
    depth: dict[int, int] = {}
    columns: dict[int, list[int]] = defaultdict(list)
    for number, step in enumerate(graph.steps):
        x = 1 + max((depth[id(tensor)] for tensor in step.inputs), default=-1)
        depth.update((id(tensor), x) for tensor in step.outputs)
        columns[x].append(number)
    places = {
        number: Place(x, row - (len(numbers) - 1) / 2)
        for x, numbers in columns.items()
        for row, number in enumerate(numbers)
    }
    return [places[number] for number in range(len(graph.steps))]


def lines(graph: Graph, places: list[Place]) -> list[tuple[Place, Place, Step]]:
    """Every arrow of the graph: where it starts, where it ends, and the step that it ends at."""
    made = {id(tensor): place for step, place in zip(graph.steps, places, strict=True) for tensor in step.outputs}
    return [
        (made[id(tensor)], place, step)
        for step, place in zip(graph.steps, places, strict=True)
        for tensor in step.inputs
    ]

"""A network from left to right: its graph, what would cross at each legal cut, and where the arithmetic is."""

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_convert.costs import cost_of
from dermsplit_convert.cut_search.candidate import Candidate
from dermsplit_convert.cut_search.figure import CUT, FONT, GREY, HEAD, TAIL, new_figure, save
from dermsplit_convert.cut_search.layout import Place, lay_out, lines
from dermsplit_convert.cut_search.sizes import show_size
from dermsplit_convert.graph import Graph, read_graph

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes

WIDE, HIGH = 14.0, 8.0
LARGEST_DOT = 40.0
CURVE = 12
"""Pieces of a bent line."""

ARC = 0.4
"""Height of a bent line, in shares of the drawing's."""


def draw_network(
    model: "keras.Model", candidates: Sequence[Candidate], network: str, at: str | None, path: Path
) -> None:
    """Write a PNG. Head and tail are coloured where ``at`` names a legal cut; green strokes mark all legal cuts."""
    graph = read_graph(model)
    places = lay_out(graph)
    names = [step.operation.name for step in graph.steps]
    colours = _colours(graph, at)
    depths = {one.layer: places[names.index(one.layer)].x for one in candidates}

    figure = new_figure(WIDE, HIGH)
    top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=[2, 2, 1.4])
    _draw_graph(top, graph, places, colours, [places[names.index(one.layer)] for one in candidates])
    _draw_bytes(middle, candidates, depths, prod(model.inputs[0].shape[1:]))
    _draw_macs(bottom, graph, places, colours)
    if at:
        for axes in (top, middle, bottom):
            axes.axvline(depths[at] + 0.5, color="black", linewidth=0.8, linestyle="--")
        (chosen,) = [one for one in candidates if one.layer == at]
        top.set_title(_caption(network, chosen), fontsize=FONT + 2)
    else:
        top.set_title(f"{network}: {len(candidates)} legal cuts", fontsize=FONT + 2)
    save(figure, path)


def _caption(network: str, one: Candidate) -> str:
    head, tail = one.cut.head, one.cut.tail
    return (
        f"{network} cut at {one.layer}: head {head.macs / 1e6:,.1f} M MACs, {show_size(head.download_bytes)}; "
        f"{show_size(one.wire_bytes)} cross at {one.bits} bits; tail {tail.macs / 1e6:,.1f} M MACs"
    )


def _colours(graph: Graph, at: str | None) -> list[str]:
    """One a step, in their order."""
    if at is None:
        return [GREY] * len(graph.steps)
    # All that comes before a legal cut in this order is the head's.
    last = [step.operation.name for step in graph.steps].index(at)
    return [HEAD if place <= last else TAIL for place in range(len(graph.steps))]


def _draw_graph(axes: "Axes", graph: Graph, places: list[Place], colours: list[str], legal: list[Place]) -> None:
    from matplotlib.collections import LineCollection

    widest = max(abs(place.y) for place in places)
    arrows = [_bent(start, end, ARC * (widest + 1)) for start, end, _ in lines(graph, places)]
    axes.add_collection(LineCollection(arrows, colors=GREY, linewidths=0.5, alpha=0.6, zorder=1))
    deepest = max(place.x for place in places) + 1
    size = min(LARGEST_DOT, (WIDE * 72 / deepest) ** 2 * 0.6)
    axes.scatter([place.x for place in places], [place.y for place in places], s=size, c=colours, zorder=2)
    # On a line of their own: rings around hundreds of dots would hide the colours of head and tail.
    bottom = -widest - 1
    axes.plot([place.x for place in legal], [bottom] * len(legal), "|", color=CUT, markersize=9)
    axes.set_ylim(bottom - 0.3 * (widest + 1), widest + 1)
    axes.set_yticks([])
    axes.set_ylabel("layers\n(green: legal cuts)", fontsize=FONT)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _bent(start: Place, end: Place, height: float) -> list[tuple[float, float]]:
    """An arrow as points: straight to the next depth, bent away from the middle where it passes other layers."""
    bend = 0.0 if end.x - start.x == 1 else height if start.y >= 0 else -height
    parts = [part / CURVE for part in range(CURVE + 1)]
    return [(start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t + 4 * bend * t * (1 - t)) for t in parts]


def _draw_bytes(axes: "Axes", candidates: Sequence[Candidate], depths: dict[str, int], photo: int) -> None:
    x = [depths[one.layer] for one in candidates]
    axes.step(x, [one.wire_bytes for one in candidates], where="mid", color=CUT, linewidth=0.8, alpha=0.5)
    axes.scatter(x, [one.wire_bytes for one in candidates], s=14, color=CUT, zorder=3)
    axes.axhline(photo, color=GREY, linewidth=0.8, linestyle=":")
    axes.annotate(
        f"the picture itself, {show_size(photo)}",
        (1.0, photo),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        fontsize=FONT,
    )
    axes.set_yscale("log")
    axes.set_ylabel(f"bytes that cross\nat {candidates[0].bits} bits" if candidates else "bytes", fontsize=FONT)
    _bare(axes)


def _draw_macs(axes: "Axes", graph: Graph, places: list[Place], colours: list[str]) -> None:
    macs = [cost_of(step).macs / 1e6 for step in graph.steps]
    axes.bar([place.x for place in places], macs, width=0.9, color=colours)
    axes.set_ylabel("M MACs\nof a layer", fontsize=FONT)
    axes.set_xlabel("depth, in layers from the input", fontsize=FONT)
    _bare(axes)


def _bare(axes: "Axes") -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=FONT)

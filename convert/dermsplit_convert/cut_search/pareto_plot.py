"""Bytes on the wire against what the head costs: download on the left, arithmetic on the right."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_convert.cut_search.candidate import Candidate
from dermsplit_convert.cut_search.figure import CUT, FONT, GREY, new_figure, save
from dermsplit_convert.cut_search.limits import fits
from dermsplit_convert.cut_search.pareto import compared_figures, undominated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Cost = Callable[[Candidate], float]

LINE = 1.35
"""Of text, in heights of its letters."""


def draw_pareto(candidates: Sequence[Candidate], limits: Mapping[str, float], network: str, path: Path) -> None:
    """Write a PNG of all cuts behind a layer that computes; those that fit and that no other dominates have names.

    Those that break a limit are hollow.
    """
    shown = [one for one in candidates if not one.cut.sends_photo]
    fitting = [one for one in shown if fits(one, limits)]
    best = undominated(fitting, compared_figures(fitting))
    figure = new_figure(14, 6)
    left, right = figure.subplots(1, 2, sharey=True)
    costs: tuple[Cost, Cost] = (_download, _macs)
    for axes, cost in zip((left, right), costs, strict=True):
        _draw_points(axes, shown, fitting, best, cost)
    left.set_xlabel("head download, MB of float32 weights", fontsize=FONT)
    right.set_xlabel("head, millions of multiply-accumulates", fontsize=FONT)
    left.set_ylabel(f"bytes of the features at {candidates[0].bits if candidates else 8} bits", fontsize=FONT)
    for axes, cost in zip((left, right), costs, strict=True):
        _name(axes, best, cost)
    figure.suptitle(
        f"{network}: {len(best)} of the {len(fitting)} cuts that fit are dominated by no other", fontsize=FONT + 2
    )
    save(figure, path)


def _download(one: Candidate) -> float:
    return one.cut.head.download_bytes / 1e6


def _macs(one: Candidate) -> float:
    return one.cut.head.macs / 1e6


def _draw_points(
    axes: "Axes", shown: Sequence[Candidate], fitting: Sequence[Candidate], best: Sequence[Candidate], cost: Cost
) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    out = [one for one in shown if one not in fitting]
    axes.scatter([cost(one) for one in out], [one.wire_bytes for one in out], s=14, facecolors="none", edgecolors=GREY)
    axes.scatter([cost(one) for one in fitting], [one.wire_bytes for one in fitting], s=14, color=GREY, alpha=0.7)
    ranked = sorted(best, key=lambda one: (cost(one), -one.wire_bytes))
    axes.plot([cost(one) for one in ranked], [one.wire_bytes for one in ranked], "o-", color=CUT, markersize=5, lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, which="both", linewidth=0.4)
    axes.tick_params(which="both", labelsize=FONT)


def _name(axes: "Axes", best: Sequence[Candidate], cost: Cost) -> None:
    """Write names to the right of all points, one below the other, each joined to its point by a line.

    The limits of the axes have to be final.
    """
    gap = LINE * FONT / (axes.bbox.height / axes.figure.dpi * 72)
    free = 1.0
    for left, one in enumerate(sorted(best, key=lambda one: -one.wire_bytes)):
        wished = float(axes.transAxes.inverted().transform(axes.transData.transform((cost(one), one.wire_bytes)))[1])
        free = min(max(wished, gap * (len(best) - 1 - left)), free)
        axes.annotate(
            one.layer,
            (cost(one), one.wire_bytes),
            xytext=(1.02, free),
            textcoords="axes fraction",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": CUT, "linewidth": 0.4, "shrinkA": 0, "shrinkB": 3},
            fontsize=FONT - 1,
            va="center",
        )
        free -= gap

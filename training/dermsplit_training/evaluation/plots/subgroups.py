"""Where the network does better and worse than on the whole: a forest plot."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_contract.measures import Interval
from dermsplit_training.evaluation.metrics import PartMetrics, SubgroupMetrics
from dermsplit_training.evaluation.plots.figure import FONT, GREY, bare, colour, new_figure, plain, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLES = {"age": "age in years", "sex": "sex", "site": "body site", "skin_type": "skin type (Fitzpatrick)"}

Line = str | SubgroupMetrics
"""A row of the plot: a heading or a subgroup."""


def plot_subgroups(subgroups: Sequence[SubgroupMetrics], tests: Sequence[PartMetrics], path: Path) -> None:
    """AUC with its 95% interval of each subgroup, a panel a data set; at least one subgroup.

    Those that have too few images for an AUC are named too. ``tests`` are the network's measurements of the test part:
    a dashed line shows the AUC of the whole data set.
    """
    whole = {test.data_set: test for test in tests}
    panels = {found.data_set: _lines(subgroups, found.data_set) for found in subgroups}
    heights = [len(lines) for lines in panels.values()]
    figure = new_figure(width=7.5, height=1 + 0.22 * sum(heights) + 0.3 * len(heights))
    axes = figure.subplots(len(panels), 1, squeeze=False, sharex=True, height_ratios=heights)[:, 0]
    for position, ((name, lines), own) in enumerate(zip(panels.items(), axes, strict=True)):
        _panel(own, lines, whole[name], colour(position))
    axes[-1].set_xlabel("AUC with its 95% interval")
    save(figure, path)


def _lines(subgroups: Sequence[SubgroupMetrics], data_set: str) -> list[Line]:
    own = [found for found in subgroups if found.data_set == data_set]
    lines: list[Line] = []
    for field in dict.fromkeys(found.field for found in own):
        lines += [TITLES[field], *(found for found in own if found.field == field)]
    return lines


def _panel(axes: "Axes", lines: Sequence[Line], test: PartMetrics, own: str) -> None:
    for row, line in enumerate(lines):
        if not isinstance(line, str):
            _estimate(axes, row, line.auc, own)
    axes.set_yticks(range(len(lines)), [_label(line) for line in lines], fontsize=FONT)
    for tick, line in zip(axes.get_yticklabels(), lines, strict=True):
        tick.set_fontweight("bold" if isinstance(line, str) else "normal")
    axes.set_ylim(len(lines) - 0.4, -0.6)
    auc = ""
    if test.malignancy:
        auc = f", AUC {test.malignancy.auc.value:.3f}"
        axes.axvline(test.malignancy.auc.value, color=own, linestyle="--", linewidth=0.8, zorder=1)
    axes.set_title(f"{plain(test.data_set)}, test part (n = {test.images:,}{auc})", loc="left", fontsize=10)
    bare(axes)
    axes.tick_params(axis="y", length=0)


def _estimate(axes: "Axes", row: int, found: Interval | None, own: str) -> None:
    if found is None:
        beside = axes.get_yaxis_transform()
        axes.text(0.01, row, "too few images to tell", transform=beside, va="center", color=GREY, fontsize=FONT)
        return
    axes.plot([found.low, found.high], [row, row], color=own, linewidth=1.5)
    axes.plot(found.value, row, "o", color=own, markersize=5)


def _label(line: Line) -> str:
    if isinstance(line, str):
        return line
    return f"{plain(line.value)}  (n = {line.images:,}, {line.malignant_images:,} malignant)"

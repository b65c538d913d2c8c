"""What was answered instead of what."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dermsplit_training.evaluation.plots.figure import new_figure, plain, save

LETTER = 0.09
"""Width in inches of a letter of the axes' names, with some air."""


def plot_confusion(table: Sequence[Sequence[int]], classes: Sequence[str], path: Path) -> None:
    """The confusion table twice, as counts and as shares of each row; both are coloured by the share.

    ``table`` has a row a true class and a column an answer, in the order of ``classes``.
    """
    counts = np.array(table)
    size = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, size, out=np.zeros(counts.shape), where=size > 0)
    side = max(2.6, 0.5 * len(classes))
    names = [plain(name, longest=18) for name in classes]
    wide = max(map(len, names)) * LETTER > side / len(names)
    slanted = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if wide else {}
    figure = new_figure(width=2 * (side + 1.4), height=side + (1.8 if wide else 1.3))
    left, right = figure.subplots(1, 2)
    rows = [f"{name} ({count:,})" for name, count in zip(names, size[:, 0], strict=True)]
    for axes, values, title in (
        (left, [[f"{value:,}" for value in row] for row in counts], "images"),
        (right, [[_percent(value) for value in row] for row in shares], "share of the true class"),
    ):
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), share in np.ndenumerate(shares):
            ink = "white" if share > 0.55 else "black" if counts[row, column] else "#aaaaaa"
            font = 9 if len(classes) <= 4 else 7
            axes.text(column, row, values[row][column], ha="center", va="center", color=ink, fontsize=font)
        axes.set_xticks(range(len(names)), names, fontsize=8, **slanted)
        axes.set_yticks(range(len(names)), rows if axes is left else names, fontsize=8)
        axes.set(xlabel="answer", ylabel="true class (images)" if axes is left else "true class", title=title)
    figure.suptitle(f"Confusion, test part (n = {counts.sum():,})")
    save(figure, path)


def _percent(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"

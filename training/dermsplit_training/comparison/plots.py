"""The pictures of a comparison."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_training.comparison.rows import Figure, Row
from dermsplit_training.evaluation.plots.figure import BLUE, VERMILION, colour, new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 24
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def plot_accuracies(rows: Sequence[Row], path: Path) -> None:
    """Test accuracy of each row as a dot with its interval or range, and its majority rate as an upright line."""
    figure = new_figure(9, 1.6 + 0.45 * len(rows))
    axes = figure.subplots()
    places = range(len(rows))
    accuracies = [row.test.accuracy for row in rows]
    rates = [row.test.majority_rate for row in rows]
    values = [one.value for one in accuracies]
    axes.errorbar(values, places, xerr=_reach(accuracies), fmt="o", color=BLUE, capsize=4, label="test accuracy")
    axes.plot(rates, places, "|", markersize=20, markeredgewidth=3, color=VERMILION, label="majority rate")
    axes.set_yticks(list(places), [row.label for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    low = min([*rates, *(one.low for one in accuracies)])
    axes.set_xlim(max(0.0, low - 0.05), 1.005)
    axes.set(xlabel=f"test accuracy, {_what(accuracies)}")
    axes.grid(axis="x", alpha=0.3)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    save(figure, path)


def plot_curve(curve: Mapping[str, Sequence[Row]], auc_name: str, path: Path) -> None:
    """Test accuracy and AUC against the most train images of a class, one line a recipe, majority rates dashed."""
    figure = new_figure(11, 5)
    left, right = figure.subplots(1, 2)
    for place, (series, rows) in enumerate(curve.items()):
        sizes = [row.train_per_class for row in rows]
        _line(left, sizes, [row.test.accuracy for row in rows], series, place)
        known = [(size, row.test.auc) for size, row in zip(sizes, rows, strict=True) if row.test.auc is not None]
        if known:
            _line(right, [size for size, _ in known], [auc for _, auc in known], series, place)
    for rate in sorted({round(row.test.majority_rate, 4) for rows in curve.values() for row in rows}):
        left.axhline(rate, linestyle="--", color="black", linewidth=1, label=f"majority rate {rate:.3f}")
    right.axhline(0.5, linestyle=":", color="black", linewidth=1, label="chance 0.500")
    sizes = sorted({row.train_per_class for rows in curve.values() for row in rows})
    spread = _what([row.test.accuracy for rows in curve.values() for row in rows])
    for axes, title in ((left, "test accuracy"), (right, f"test {auc_name}")):
        axes.set_xscale("log")
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
        axes.set(xlabel="train images a class, at most", ylabel=f"{title}, {spread}")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    save(figure, path)


def plot_losses(histories: Mapping[str, Sequence[Mapping[str, float]]], path: Path) -> None:
    """Training loss and validation loss over the epochs, a panel a run, all on one scale. At most 24 runs are drawn."""
    drawn = dict(list(histories.items())[:MOST_PANELS])
    columns = min(4, len(drawn))
    lines = -(-len(drawn) // columns)
    figure = new_figure(1 + 3 * columns, 0.8 + 2.4 * lines)
    panels = figure.subplots(lines, columns, sharey=True, squeeze=False).ravel()
    for axes in panels[len(drawn) :]:
        axes.set_axis_off()
    for axes, (name, rows) in zip(panels, drawn.items(), strict=False):
        epochs = [row["epoch"] for row in rows]
        axes.plot(epochs, [row["loss"] for row in rows], marker=".", color=BLUE, label="train")
        axes.plot(epochs, [row["validation_loss"] for row in rows], marker=".", color=VERMILION, label="validation")
        axes.set_title(name, fontsize="small")
        axes.grid(alpha=0.3)
        axes.xaxis.get_major_locator().set_params(integer=True)
    figure.axes[0].legend(fontsize="small")
    figure.supxlabel("epoch")
    figure.supylabel("loss")
    save(figure, path)


def _line(axes: "Axes", sizes: Sequence[int], figures: Sequence[Figure], label: str, place: int) -> None:
    marker = MARKERS[place % len(MARKERS)]
    values = [one.value for one in figures]
    axes.errorbar(sizes, values, yerr=_reach(figures), capsize=4, label=label, color=colour(place), marker=marker)


def _reach(figures: Sequence[Figure]) -> list[list[float]]:
    """How far interval or range go below and above each value."""
    return [
        [max(0.0, one.value - one.low) for one in figures],
        [max(0.0, one.high - one.value) for one in figures],
    ]


def _what(figures: Sequence[Figure]) -> str:
    several = {one.runs > 1 for one in figures}
    words = {frozenset({False}): "95% interval", frozenset({True}): "mean and range over seeds"}
    return words.get(frozenset(several), "95% interval or range over seeds")

"""What a model's scores are worth at every threshold: ROC and precision-recall curves of the test part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.part_metrics import data_sets, of_data_set
from dermsplit_training.evaluation.plots.figure import COLOURS, FONT, GREY, bare, colour, new_figure, plain, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^Dv"
WIDTH = 1.2
MOST_CHANCES = 4


@dataclass(frozen=True)
class Curve:
    """One curve to draw: bool labels [n] with their scores [n], and what it is called.

    ``marks`` are what is suspicious at each operating point that is to be marked, bool [n] by its name.
    """

    name: str
    labels: NDArray[np.bool_]
    scores: NDArray[np.float64]
    colour: str
    line: str
    marks: Mapping[str, NDArray[np.bool_]]


def curves_of(tests: Sequence[Outcome]) -> list[Curve]:
    """Malignant against benign for each model and data set; each class against the rest where that is not known.

    ``tests`` hold the test part only, the network's first. What has images of one label only is left out.
    """
    if tests[0].classes.malignant:
        found = [curve for test, line in zip(tests, ("-", "--"), strict=False) for curve in _by_data_set(test, line)]
    else:
        found = _by_class(tests[0])
    return [curve for curve in found if 0 < curve.labels.sum() < len(curve.labels)]


def plot_roc(curves: Sequence[Curve], images: int, path: Path) -> None:
    """ROC curves of so many images, their areas in the legend and operating points marked. At least one curve."""
    from sklearn.metrics import roc_auc_score, roc_curve

    figure = new_figure(width=7.3, height=4.8)
    axes = figure.subplots()
    for curve in curves:
        alarms, sensitivity, _ = roc_curve(curve.labels, curve.scores)
        area = float(roc_auc_score(curve.labels, curve.scores))
        label = f"{area:.3f}  {curve.name}"
        axes.plot(alarms, sensitivity, curve.line, color=curve.colour, linewidth=WIDTH, label=label)
        for said, marker in zip(curve.marks.values(), MARKERS, strict=False):
            place = (said[~curve.labels].mean(), said[curve.labels].mean())
            axes.plot(*place, marker, color=curve.colour, markeredgecolor="white", markersize=8, zorder=3)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.7, zorder=1)
    axes.set(xlabel="1 - specificity", ylabel="sensitivity")
    _finish(axes, curves, "AUC", f"ROC, test part (n = {images:,})")
    save(figure, path)


def plot_precision_recall(curves: Sequence[Curve], images: int, path: Path) -> None:
    """Precision-recall curves of so many images with their average precision. At least one curve.

    A dotted line is the precision of chance; there is none where the curves are many.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    figure = new_figure(width=7.3, height=4.8)
    axes = figure.subplots()
    for curve in curves:
        precision, recall, _ = precision_recall_curve(curve.labels, curve.scores)
        area = float(average_precision_score(curve.labels, curve.scores))
        label = f"{area:.3f}  {curve.name}"
        axes.step(recall, precision, curve.line, color=curve.colour, linewidth=WIDTH, where="post", label=label)
        for said, marker in zip(curve.marks.values(), MARKERS, strict=False):
            if said.any():
                place = (said[curve.labels].mean(), curve.labels[said].mean())
                axes.plot(*place, marker, color=curve.colour, markeredgecolor="white", markersize=8, zorder=3)
    chance = {(float(curve.labels.mean()), curve.colour) for curve in curves}
    for share, own in chance if len(chance) <= MOST_CHANCES else ():
        axes.axhline(share, color=own, linewidth=0.7, linestyle=":", zorder=1)
    axes.set(xlabel="recall (sensitivity)", ylabel="precision")
    _finish(axes, curves, "average precision", f"Precision and recall, test part (n = {images:,})")
    save(figure, path)


def _finish(axes: "Axes", curves: Sequence[Curve], measure: str, title: str) -> None:
    """Beside the axes the curves in falling order of what they are worth, and below them what the marks stand for."""
    from matplotlib.lines import Line2D

    axes.set(title=title, aspect="equal", anchor="W", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    bare(axes)
    handles, labels = axes.get_legend_handles_labels()
    ordered = sorted(zip(labels, handles, strict=True), key=lambda entry: entry[0], reverse=True)
    marks = next((curve.marks for curve in curves if curve.marks), {})
    entries = [handle for _, handle in ordered] + [
        Line2D([], [], marker=marker, linestyle="", color=GREY, label=plain(name))
        for name, marker in zip(marks, MARKERS, strict=False)
    ]
    axes.figure.legend(
        handles=entries,
        title=measure,
        loc="outside right upper",
        alignment="left",
        fontsize=FONT,
        title_fontsize=FONT + 1,
        frameon=False,
    )


def _by_data_set(test: Outcome, line: str) -> list[Curve]:
    found = []
    for position, name in enumerate(data_sets(test)):
        own = test.where(of_data_set(test, name))
        about = f"{plain(name)}, {test.model}\n(n = {len(own.labels):,}, {own.malignant.sum():,} malignant)"
        marks = {point.name: own.suspicious(point) for point in own.points} if line == "-" else {}
        found.append(Curve(about, own.malignant, own.malignant_probabilities, colour(position), line, marks))
    return found


def _by_class(test: Outcome) -> list[Curve]:
    found = []
    for column, name in enumerate(test.classes.names):
        labels = test.labels == column
        line = ("-", "--", ":", "-.")[column // len(COLOURS) % 4]
        about = f"{plain(name)} (n = {labels.sum():,})"
        found.append(Curve(about, labels, test.probabilities[:, column], colour(column), line, {}))
    return found

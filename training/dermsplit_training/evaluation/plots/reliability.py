"""How far probabilities can be taken at their word, before and after calibration."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.part_metrics import data_sets, of_data_set
from dermsplit_training.evaluation.plots.figure import FONT, GREY, bare, colour, new_figure, plain, save
from dermsplit_training.evaluation.resampled import BINS, bin_of, calibration_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_reliability(test: Outcome, path: Path) -> None:
    """Reliability diagrams of the test part, one curve a data set: what came true against what was said, bin by bin.

    Of the malignant probability; where malignancy is not known, of the highest probability being right (Guo et al.
    2017). The area of a disc is the bin's share of the images.
    """
    known = bool(test.classes.malignant)
    figure = new_figure(width=9.6, height=5.9)
    before, after = figure.subplots(1, 2, sharey=True)
    errors = [
        _panel(axes, test, probabilities)
        for axes, probabilities in ((before, test.own_probabilities), (after, test.probabilities))
    ]
    before.set(title="before calibration", ylabel=f"share of {'malignant images' if known else 'right answers'}")
    after.set(title="after calibration")
    labels = [
        f"{plain(name)} (n = {of_data_set(test, name).sum():,}): calibration error {was:.3f} before, {now:.3f} after"
        for name, was, now in zip(data_sets(test), *errors, strict=True)
    ]
    curves = [line for line in after.lines if line.get_marker() == "o"]
    figure.legend(curves, labels, loc="outside lower center", fontsize=FONT + 1, frameon=False)
    figure.suptitle(f"Reliability, test part (n = {len(test.labels):,})")
    save(figure, path)


def _panel(axes: "Axes", test: Outcome, probabilities: NDArray[np.float64]) -> list[float]:
    """Draw each data set's curve and return their calibration errors."""
    said, true = _said_and_true(test, probabilities)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.7)
    errors = []
    for position, name in enumerate(data_sets(test)):
        own = of_data_set(test, name)
        _curve(axes, said[own], true[own], colour(position))
        errors.append(float(calibration_error(true[own], said[own])(np.ones((1, int(own.sum()))))[0]))
    of_what = "malignant" if test.classes.malignant else "the answer being right"
    axes.set(xlabel=f"probability of {of_what}", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    bare(axes)
    return errors


def _said_and_true(test: Outcome, probabilities: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    if test.classes.malignant:
        said = probabilities[:, test.classes.malignant_indices].sum(axis=1)
        return np.clip(said, 0, 1), test.malignant
    return np.clip(probabilities.max(axis=1), 0, 1), probabilities.argmax(axis=1) == test.labels


def _curve(axes: "Axes", said: NDArray[np.float64], true: NDArray[np.bool_], own: str) -> None:
    which = bin_of(said)
    count = np.bincount(which, minlength=BINS)
    filled = count > 0
    mean = np.bincount(which, weights=said, minlength=BINS)[filled] / count[filled]
    share = np.bincount(which, weights=true, minlength=BINS)[filled] / count[filled]
    axes.plot(mean, share, marker="o", markersize=3, color=own, linewidth=0.9)
    axes.scatter(mean, share, s=250 * count[filled] / len(said), color=own, alpha=0.7, linewidths=0)

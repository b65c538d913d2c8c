"""The pictures of a run: how it learned, and how far its probabilities can be trusted."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data import Picture
from dermsplit_training.evaluate import BINS
from dermsplit_training.state import EpochRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_history(rows: Sequence[EpochRow], path: Path) -> None:
    """Training and validation loss, and validation AUC overall and by domain, over the epochs."""
    figure = _figure(width=10)
    loss, auc = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in rows]
    for key, name in (("loss", "train, weighted by class"), ("validation_loss", "validation")):
        loss.plot(epochs, [row[key] for row in rows], marker="o", label=name)
    for key in [key for key in rows[0] if key.startswith("validation_auc")]:
        name = key.removeprefix("validation_auc").removeprefix("_") or "both, the figure chosen by"
        auc.plot(epochs, [row[key] for row in rows], marker="o", label=name)
    loss.set(xlabel="epoch", ylabel="loss", title="Loss")
    auc.set(xlabel="epoch", ylabel="AUC", title="Validation AUC")
    for axes in (loss, auc):
        axes.legend()
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def plot_roc(pictures: Sequence[Picture], by_model: dict[str, NDArray[np.float64]], path: Path) -> None:
    """ROC curves of malignant probabilities [N] of the same pictures, one curve a model and data set."""
    from sklearn.metrics import roc_auc_score, roc_curve

    figure = _figure(width=6)
    axes = figure.subplots()
    for mask, labels, name in _by_data_set(pictures):
        for model, probabilities in by_model.items():
            false, true, _ = roc_curve(labels, probabilities[mask])
            area = roc_auc_score(labels, probabilities[mask])
            style = "-" if model == "network" else "--"
            axes.plot(false, true, style, label=f"{name}, {model}: AUC {area:.3f}")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.5)
    axes.set(xlabel="1 - specificity", ylabel="sensitivity", title="ROC, test part", aspect="equal")
    axes.legend(loc="lower right", fontsize="small")
    figure.savefig(path, dpi=120)


def plot_reliability(pictures: Sequence[Picture], probabilities: NDArray[np.float64], path: Path) -> None:
    """Observed share of malignant images against the calibrated probability [N], bin by bin."""
    figure = _figure(width=6)
    axes = figure.subplots()
    for mask, labels, name in _by_data_set(pictures):
        which = np.minimum((probabilities[mask] * BINS).astype(int), BINS - 1)
        count = np.bincount(which, minlength=BINS)
        filled = count > 0
        predicted = np.bincount(which, weights=probabilities[mask], minlength=BINS)[filled] / count[filled]
        observed = np.bincount(which, weights=labels, minlength=BINS)[filled] / count[filled]
        axes.plot(predicted, observed, marker="o", label=name)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.5)
    axes.set(xlabel="probability of malignant", ylabel="share of malignant", title="Reliability, test part")
    axes.legend()
    figure.savefig(path, dpi=120)


def _by_data_set(pictures: Sequence[Picture]) -> list[tuple[NDArray[np.bool_], NDArray[np.int64], str]]:
    """Data sets with both labels: where they are, their labels, their name."""
    found = []
    for name in dict.fromkeys(picture.data_set for picture in pictures):
        mask = np.array([picture.data_set == name for picture in pictures])
        labels = np.array([picture.label for picture in pictures if picture.data_set == name])
        if 0 < labels.sum() < len(labels):
            found.append((mask, labels, name))
    return found


def _figure(width: float) -> "Figure":
    from matplotlib.figure import Figure  # without pyplot: no window system, no figure left open

    return Figure(figsize=(width, 5), layout="constrained")

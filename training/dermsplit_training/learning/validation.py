"""How good the network is on the validation part after an epoch, and which epoch is the best so far."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.evaluation.measures import auc, balanced_accuracy, macro_auc
from dermsplit_training.learning.state import EpochRow
from dermsplit_training.recipe import Recipe

MEASURES = {
    "auc": "validation_auc",
    "accuracy": "validation_accuracy",
    "balanced_accuracy": "validation_balanced_accuracy",
    "loss": "validation_loss",
    "last": "epoch",
}
"""What a row of the history calls the figure that an epoch is chosen by."""


def validation_row(logits: NDArray[np.float32], prepared: Prepared) -> EpochRow:
    """Loss, accuracies and AUC of the network's logits [n, C] on the validation pictures.

    The AUC is that of malignant against benign, or where every diagnosis is a class the mean over the classes of one
    against the rest; over several domains as ``over_domains`` weighs them.
    """
    chosen = prepared.indices("validation")
    labels, domains, probabilities = prepared.labels[chosen], prepared.domains[chosen], softmax(logits)
    answers = probabilities.argmax(axis=1)

    def area(mask: NDArray[np.bool_]) -> float:
        if prepared.classes.by_diagnosis:
            return macro_auc(labels[mask], probabilities[mask])
        return auc(labels[mask], probabilities[mask, 1])

    row = {
        "validation_loss": float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12)).mean()),
        "validation_accuracy": float((answers == labels).mean()),
        "validation_balanced_accuracy": balanced_accuracy(labels, answers),
        "validation_auc": over_domains(area, domains),
    }
    names = np.unique(prepared.domains)
    return row | ({f"validation_auc_{name}": area(domains == name) for name in names} if len(names) > 1 else {})


def over_domains(area: Callable[[NDArray[np.bool_]], float], domains: NDArray[np.str_]) -> float:
    """One figure over the domains, [N]: each one's area, weighted by the square root of its images.

    The standard error of an AUC falls with that root, so each domain brings about as much chance into the figure as
    any other. A domain without an area (NaN) is left out; NaN where none has one.
    """
    total = weight = 0.0
    for domain in np.unique(domains):
        mine = domains == domain
        found = area(mine)
        if math.isfinite(found):
            total += found * math.sqrt(mine.sum())
            weight += math.sqrt(mine.sum())
    return total / weight if weight else math.nan


def best_epoch(rows: Sequence[EpochRow], recipe: Recipe) -> int:
    """The number, from 1, of the first epoch that is best by what the recipe keeps."""
    return int(max(rows, key=lambda row: _worth(row, recipe))["epoch"])


def is_best(rows: Sequence[EpochRow], recipe: Recipe) -> bool:
    """Whether the last row is better than all before it."""
    return best_epoch(rows, recipe) == rows[-1]["epoch"]


def out_of_patience(rows: Sequence[EpochRow], recipe: Recipe) -> bool:
    """Whether so many epochs without a better one have gone by that the training should stop."""
    patience = recipe.train.patience
    return bool(patience and rows and rows[-1]["epoch"] - best_epoch(rows, recipe) >= patience)


def _worth(row: EpochRow, recipe: Recipe) -> float:
    found = row[MEASURES[recipe.train.keep]]
    if not math.isfinite(found):
        return -math.inf
    return -found if recipe.train.keep == "loss" else found

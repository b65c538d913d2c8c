"""What an epoch shows, and how much each picture counts, where there are few of a class or of a domain."""

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.prepare import Prepared
from dermsplit_training.learning.batches import Shown
from dermsplit_training.learning.examples import Rows
from dermsplit_training.recipe import Recipe

PHONE = "phone"


def shown_in_an_epoch(prepared: Prepared, recipe: Recipe, mixup: float = 0.0) -> Shown:
    """The training pictures as often as the recipe's balance wants them, with labels and weights."""
    rows = prepared.indices("train")
    on_phone = rows[prepared.domains[rows] == PHONE]
    rows = np.concatenate([rows, *[on_phone] * (recipe.balance.phone_repeats - 1)])
    if recipe.balance.method == "oversample":
        rows = oversampled(rows, prepared.labels)
    count = len(prepared.classes.names)
    weights = np.ones(len(prepared.pictures), dtype=np.float32)
    if recipe.balance.method == "class_weights":
        weights = class_weights(prepared.labels, rows, count)
    return Shown(
        rows=rows,
        labels=_one_hot(prepared, recipe),
        weights=weights,
        batch_size=recipe.train.batch_size,
        mixup=mixup,
        metadata_fields=recipe.learned_fields,
        omit=recipe.metadata.omit,
    )


def _one_hot(prepared: Prepared, recipe: Recipe) -> NDArray[np.float32]:
    if recipe.top.diagnoses:
        return np.eye(len(prepared.diagnoses.names), dtype=np.float32)[prepared.diagnoses.labels]
    return np.eye(len(prepared.classes.names), dtype=np.float32)[prepared.labels]


def class_weights(labels: NDArray[np.int64], rows: Rows, classes: int) -> NDArray[np.float32]:
    """A weight for every picture, float32 [len(labels)], with which all classes count alike among the rows shown."""
    counts = np.bincount(labels[rows], minlength=classes)
    by_label = len(rows) / (classes * np.maximum(counts, 1))
    return by_label[labels].astype(np.float32)


def oversampled(rows: Rows, labels: NDArray[np.int64]) -> Rows:
    """The rows with those of rarer classes repeated, in turn, until each class is shown as often as the commonest."""
    by_class = [rows[labels[rows] == label] for label in np.unique(labels[rows])]
    most = max(map(len, by_class))
    return np.concatenate([np.resize(own, most) for own in by_class])

"""How much a split decides by itself: the frozen baseline on the test parts of many divisions of the same images.

To train a network on each would take hours a split; a linear head on frozen features takes seconds. What is hard for it
is not always hard for a network, but it tells whether the split that all figures hang on is among the hard ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import UsageError
from dermsplit_training.data.prepare import Prepared, prepare
from dermsplit_training.data.split import divide
from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.evaluation.measures import auc
from dermsplit_training.evaluation.wording import NONE, decimals, markdown_table
from dermsplit_training.learning.baseline import fit_baseline
from dermsplit_training.learning.features import frozen_features
from dermsplit_training.networks.network import build_network
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import BalanceRecipe, Recipe


@dataclass(frozen=True)
class SplitAreas:
    """One division: its ``split.seed``, and the baseline's AUC on the test part of each data set."""

    seed: int
    areas: dict[str, float]


def measure_splits(recipe: Recipe, data: Path, weights: Path | None, cache: Path, count: int) -> list[SplitAreas]:
    """Fit the frozen baseline on ``count`` >= 2 divisions of the recipe's images, its own first, then the seeds after.

    Only the split changes: the features are the backbone's before any training, the strength of the regularisation is
    chosen on each validation part. An AUC is NaN where a test part has one label only. Raises UsageError where the
    recipe's split cannot be drawn anew or malignancy is not known, and what ``prepare`` raises.
    """
    if recipe.split.file:
        raise UsageError(f"Expected a split that is drawn, the recipe's is the file '{recipe.split.file}'. Set a seed.")
    # Neither copies nor a thinned train part, so that the splits differ in nothing but who is in which part.
    split = recipe.split.model_copy(update={"train_per_class": 0})
    recipe = recipe.model_copy(update={"balance": BalanceRecipe(), "split": split})
    keras.utils.set_random_seed(recipe.train.seed)  # a backbone without weights is then the training's
    prepared = prepare(recipe, data, cache)
    if not prepared.classes.malignant:
        raise UsageError("Expected images of which it is known whether they are malignant; of these it is not.")
    network = build_network(recipe.network, recipe.top, 0, len(prepared.classes.names), weights)
    features = frozen_features(network, prepared, recipe, data, cache)
    found = []
    with progress_bar() as progress:
        for seed in progress.track(range(split.seed, split.seed + count), description="Splits"):
            drawn = split.model_copy(update={"seed": seed})
            again = replace(prepared, parts=divide(prepared.pictures, drawn))
            found.append(SplitAreas(seed, _areas(again, fit_baseline(features, again).logits)))
    return found


def splits_table(found: Sequence[SplitAreas]) -> str:
    """In Markdown: a row a split, then their mean, their standard deviation and the first one's place among them.

    A dash stands where a split has no AUC, and so below it.
    """
    names = list(found[0].areas)
    areas = np.array([[one.areas[name] for name in names] for one in found])
    # The first is the recipe's own.
    place = [
        f"{1 + int((column < column[0]).sum())} of {len(column)}" if np.isfinite(column).all() else NONE
        for column in areas.T
    ]
    rows = [
        *([str(one.seed), *map(_figure, one.areas.values())] for one in found),
        ["mean", *map(_figure, areas.mean(axis=0))],
        ["standard deviation", *map(_figure, areas.std(axis=0, ddof=1))],
        [f"place of {found[0].seed}, the hardest first", *place],
    ]
    return markdown_table(["split.seed", *(f"AUC, {name}" for name in names)], rows)


def _figure(value: float) -> str:
    return decimals(value if np.isfinite(value) else None)


def _areas(prepared: Prepared, logits: NDArray[np.float32]) -> dict[str, float]:
    test = prepared.indices("test")
    scores = softmax(logits[test])[:, prepared.classes.malignant_indices].sum(axis=1)
    pictures = prepared.pictures_of("test")
    malignant = np.array([int(bool(picture.malignant)) for picture in pictures])
    sets = np.array([picture.data_set for picture in pictures])
    names = dict.fromkeys(picture.data_set for picture in prepared.pictures)
    return {name: auc(malignant[sets == name], scores[sets == name]) for name in names}

"""What telling age, sex and site is worth, whether it was learned with the network or is fitted behind it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval, MetadataField, MetadataSpec
from dermsplit_training.data.metadata import SEXES, SITES, encode
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.data.split import Part
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import draw_groups, interval
from dermsplit_training.evaluation.measures import auc
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.part_metrics import group_names
from dermsplit_training.learning.examples import Examples
from dermsplit_training.learning.told import attach_told, fit_told
from dermsplit_training.recipe import Recipe

if TYPE_CHECKING:
    import keras

LogOdds = NDArray[np.float64]
Field = Literal["age", "sex", "site"]
VALUES: dict[Field, list[str]] = {"age": [], "sex": list(SEXES), "site": list(SITES)}


def tell_behind(
    network: "keras.Model", outcome: Outcome, temperature: float, prepared: Prepared, recipe: Recipe
) -> tuple["keras.Model", MetadataSpec]:
    """The network with a metadata input fitted behind its calibrated answers, and what that is worth.

    The network's logits are still to be divided by ``temperature``, which what is told must survive.
    """
    fields, settings = recipe.metadata.fields, recipe.metadata
    encoded = encode(prepared.pictures, fields)
    log_odds = _log_odds(outcome.malignant_probabilities)
    held = prepared.indices("validation")
    groups = group_names(prepared.pictures_of("validation"))
    seed = recipe.train.seed
    told = fit_told(log_odds[held], outcome.malignant[held], encoded[held], fields, settings.omit, groups, seed)
    with_told = log_odds + encoded @ told.kernel
    spec = _spec(fields, told.helps, log_odds, with_told, prepared, outcome)
    return attach_told(network, temperature * told.kernel), spec


def tell_within(
    network: "keras.Model", outcome: Outcome, examples: Examples, prepared: Prepared, recipe: Recipe
) -> MetadataSpec:
    """What metadata is worth to a network that learned with it; ``outcome`` is told all that is known."""
    from dermsplit_training.evaluation.finish import run_network

    assert examples.metadata is not None
    silent = replace(examples, metadata=np.zeros_like(examples.metadata))
    without = _difference(run_network(network, silent, np.arange(len(examples)))[0])
    told = _difference(outcome.logits)
    held = prepared.indices("validation")
    malignant = outcome.malignant[held].astype(np.int64)
    helps = auc(malignant, told[held]) > auc(malignant, without[held])
    return _spec(recipe.metadata.fields, helps, without, told, prepared, outcome)


def is_told(recipe: Recipe, outcome: Outcome) -> bool:
    """Whether a run has metadata that a bundle may ask for: benign against malignant, two logits."""
    return bool(recipe.metadata.fields) and recipe.data.task == "malignancy" and bool(outcome.classes.malignant)


def _spec(
    fields: Sequence[Field], helps: bool, without: LogOdds, told: LogOdds, prepared: Prepared, outcome: Outcome
) -> MetadataSpec:
    return MetadataSpec(
        fields=[MetadataField(name=name, values=VALUES[name]) for name in fields],
        helps=helps,
        auc_without=_area(without, prepared, outcome, "test"),
        auc_with=_area(told, prepared, outcome, "test"),
    )


def _area(scores: LogOdds, prepared: Prepared, outcome: Outcome, part: Part) -> Interval:
    chosen = prepared.indices(part)
    draws = draw_groups(group_names(prepared.pictures_of(part)))
    return interval(resampled.auc(outcome.malignant[chosen], scores[chosen]), draws)


def _log_odds(probabilities: NDArray[np.float64]) -> LogOdds:
    certain = np.clip(probabilities, 1e-7, 1 - 1e-7)
    odds: LogOdds = np.log(certain / (1 - certain))
    return odds


def _difference(logits: NDArray[np.float32]) -> LogOdds:
    difference: LogOdds = logits[:, 1].astype(np.float64) - logits[:, 0]
    return difference

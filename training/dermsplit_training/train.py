"""A training from top to bottom: from a recipe and a folder of images to a run directory."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import UsageError
from dermsplit_contract.run import MODEL_FILE, Run
from dermsplit_training.data.metadata import width
from dermsplit_training.data.prepare import Prepared, prepare
from dermsplit_training.evaluation.finish import finish_run
from dermsplit_training.learning.baseline import Baseline, fit_baseline, start_from
from dermsplit_training.learning.devices import Strategy, open_devices
from dermsplit_training.learning.distillation import (
    NO_TEACHERS,
    Teachers,
    identity_of,
    open_teachers,
    start_from_teacher,
)
from dermsplit_training.learning.examples import examples_of
from dermsplit_training.learning.features import frozen_features
from dermsplit_training.learning.fit import learn
from dermsplit_training.learning.precision import halve_products, in_float32, precision
from dermsplit_training.learning.state import begin_run, check_run, owned, remove_state
from dermsplit_training.networks.network import build_network
from dermsplit_training.progress_bar import console
from dermsplit_training.recipe import Recipe


@dataclass(frozen=True)
class Options:
    """How a training is run, none of which decides what it is of."""

    strategy: Strategy = "none"
    mixed_precision: bool = False
    tensorboard: bool = False


PLAIN = Options()


def train(
    recipe: Recipe,
    data: Path,
    weights: Path | None,
    out: Path,
    cache: Path,
    resume: bool = False,
    options: Options = PLAIN,
    teachers: Sequence[Path] = (),
) -> Run | None:
    """Train the recipe on the images below ``data`` and leave a complete run in ``out``.

    ``weights`` is a folder that is looked in first for weight files, ``cache`` one for decoded images and frozen
    features, ``teachers`` are finished runs that the recipe's distillation learns from. Returns the run, or None on a
    worker that is not the chief. Raises DataInvalid, RecipeInvalid, RunInvalid, TrainingDiverged or UsageError.
    """
    began = time.monotonic()
    if recipe.train.weight_average and options.strategy != "none":
        raise UsageError(
            f"The recipe's 'train.weight_average' needs a single device, and strategy '{options.strategy}' takes "
            "several. Set it to 0 or leave the strategy out."
        )
    devices = open_devices(options.strategy)
    if devices.chief:
        check_run(out, recipe, resume)
    keras.utils.set_random_seed(recipe.train.seed)
    prepared = prepare(recipe, data, cache)
    console.print(f"{len(prepared.pictures)} images, split {prepared.sha256[:12]}")
    with owned(out, devices.chief):
        with precision(options.mixed_precision, devices.replicas), devices.scope():
            network, taught_by = _begin(recipe, prepared, weights, teachers, options.mixed_precision)
        if devices.chief:
            begin_run(out, recipe)
        features = _features(network, prepared, recipe, data, cache)
        baseline = _baseline(network, features, prepared) if recipe.train.baseline and features is not None else None
        examples = learned = examples_of(prepared, recipe)
        if recipe.trains_on_features and features is not None:
            learned = replace(examples, inputs=features)
        with precision(options.mixed_precision, devices.replicas):
            rows = learn(network, learned, prepared, recipe, out, devices, options.tensorboard, taught_by)
        if not devices.chief:
            return None
        best = keras.saving.load_model(out / MODEL_FILE, compile=False)
        if options.mixed_precision:
            best = in_float32(best, _build(recipe, prepared, weights))
        seconds, names = time.monotonic() - began, [identity_of(teacher) for teacher in teachers]
        run = finish_run(best, baseline, examples, prepared, recipe, rows, seconds, out, data, cache, names)
        remove_state(out)
    return run


def _begin(
    recipe: Recipe, prepared: Prepared, weights: Path | None, runs: Sequence[Path], mixed_precision: bool
) -> tuple[keras.Model, Teachers]:
    """The network as its learning begins, and those whose answers it learns from."""
    network = _build(recipe, prepared, weights)
    teachers = open_teachers(runs, network, recipe)
    if mixed_precision:
        for computed in (network, *teachers.networks):
            halve_products(computed)
    if recipe.distillation.start:
        start_from_teacher(network, teachers.networks[0])
    return network, teachers if recipe.distillation.weight else NO_TEACHERS


def _build(recipe: Recipe, prepared: Prepared, weights: Path | None) -> keras.Model:
    classes = len(prepared.classes.names)
    diagnoses = prepared.diagnoses.belongs_to if recipe.top.diagnoses else ()
    fields = width(recipe.learned_fields)
    return build_network(recipe.network, recipe.top, fields, classes, weights, diagnoses, recipe.bottleneck)


def _features(
    network: keras.Model, prepared: Prepared, recipe: Recipe, data: Path, cache: Path
) -> NDArray[np.float32] | None:
    if not recipe.train.baseline and not recipe.trains_on_features:
        return None
    return frozen_features(network, prepared, recipe, data, cache)


def _baseline(network: keras.Model, features: NDArray[np.float32], prepared: Prepared) -> Baseline:
    baseline = fit_baseline(features, prepared)
    console.print(f"Frozen baseline: C {baseline.strength:g}")
    start_from(network, baseline)
    return baseline

"""A training from top to bottom: from a recipe and a folder of images to a run directory."""

import time
from pathlib import Path

import keras

from dermsplit_contract.run import MODEL_FILE, Run
from dermsplit_training.backbones import build_network
from dermsplit_training.baseline import Baseline, fit_baseline, frozen_features, start_from
from dermsplit_training.cache import inputs_key
from dermsplit_training.finish import finish_run
from dermsplit_training.fit import fine_tune
from dermsplit_training.prepare import Prepared, prepare
from dermsplit_training.progress_bar import console, progress_bar
from dermsplit_training.recipe import Recipe
from dermsplit_training.state import begin_run, check_run, remove_state


def train(recipe: Recipe, data: Path, weights: Path | None, out: Path, cache: Path, resume: bool = False) -> Run:
    """Train the recipe on the images below ``data`` and leave a complete run in ``out``.

    ``weights`` is a folder that is looked in for ImageNet weights first, ``cache`` one for decoded images. Raises
    DataInvalid, RunInvalid or TrainingDiverged.
    """
    began = time.monotonic()
    check_run(out, recipe, resume)
    keras.utils.set_random_seed(recipe.train.seed)
    prepared = prepare(recipe, data, cache)
    console.print(f"{len(prepared.pictures)} images, split {prepared.sha256[:12]}")

    network = build_network(recipe.network, weights)
    begin_run(out, recipe)
    baseline = _baseline(network, prepared, recipe, data, cache)
    start_from(network, baseline)
    rows = fine_tune(network, prepared, recipe, out)

    best = keras.saving.load_model(out / MODEL_FILE, compile=False)
    run = finish_run(best, baseline, prepared, recipe, rows, time.monotonic() - began, out)
    remove_state(out)
    return run


def _baseline(network: keras.Model, prepared: Prepared, recipe: Recipe, data: Path, cache: Path) -> Baseline:
    cached = None
    if recipe.network.weights == "imagenet":
        key = inputs_key(prepared.pictures, data, recipe.network.input_size)
        cached = cache / f"features-{recipe.network.backbone}-{recipe.network.alpha}-{key}.npy"
    with progress_bar() as progress:
        features = frozen_features(network, prepared.inputs, cached, progress)
    train, validation = prepared.indices("train"), prepared.indices("validation")
    baseline = fit_baseline(features, prepared.labels, prepared.domains, train, validation)
    console.print(f"Frozen baseline: C {baseline.strength:g}")
    return baseline

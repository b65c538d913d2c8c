"""The frozen backbone's features: it runs once an image, and once for all trainings on the same images."""

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.cache import inputs_key
from dermsplit_training.data.prepare import Prepared, changes_of
from dermsplit_training.learning.examples import Examples
from dermsplit_training.learning.infer import outputs_for
from dermsplit_training.networks.network import pooled_features
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe


def frozen_features(
    network: keras.Model, prepared: Prepared, recipe: Recipe, data: Path, cache: Path
) -> NDArray[np.float32]:
    """Pooled features float32 [N, F] of every picture, before any training; read from the cache where they lie there.

    A backbone with random weights has features of its own each time, which are not kept.
    """
    settings = recipe.network
    kept = None
    if settings.weights != "none":
        names = (settings.backbone, f"{settings.alpha:g}", settings.scaling, settings.last_layer, recipe.top.pooling)
        weights = Path(settings.weights).stem
        key = inputs_key(prepared.pictures, data, settings.input_size, changes_of(recipe))
        kept = cache / f"features-{'-'.join(filter(None, names))}-{weights}-{key}.npy"
        if kept.is_file():
            stored: NDArray[np.float32] = np.load(kept, allow_pickle=False)
            return stored
    with progress_bar() as progress:
        everything = np.arange(len(prepared.pictures))
        features = outputs_for(
            pooled_features(network), Examples(prepared.inputs), everything, progress, "Frozen features"
        )
    if kept is not None:
        unfinished = kept.with_suffix(".part.npy")
        np.save(unfinished, features)
        unfinished.replace(kept)
    return features
